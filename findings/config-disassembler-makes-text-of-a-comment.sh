#!/usr/bin/env bash
# config-disassembler 0.11.2 (crate)
# The tool cuts a metadata file into parts for version control and puts them together again; by its read-me that gives
# back the original file. A comment between the elements of the file, as teams write one above the login hours of a
# profile, goes to the end, and with it comes text that was in no file: brackets, quotes and the letters of an escaped
# line end, on both sides of the comment, inside of the root element. The metadata type has no text there. Neither step
# reports anything and both end with status 0. A comment inside of a part goes to the end of its part and stays one.
# Seen: after both steps the line of the end tag of a profile with a comment begins with `[&quot;\n    &quot;]<!--["`;
# without the comment the profile comes back byte for byte.
# Fails when the text is not there. Run by hand, outside CI; it needs Rust.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
CARGO_TARGET_DIR=$work/target cargo install --quiet --debug --locked --root tool config-disassembler@0.11.2 2>/dev/null
comment='    <!-- agreed with the works council -->'
cat >with.xml <<X
<?xml version="1.0" encoding="UTF-8"?>
<Profile xmlns="http://soap.sforce.com/2006/04/metadata">
    <custom>true</custom>
$comment
    <loginHours>
        <mondayEnd>1080</mondayEnd>
        <mondayStart>480</mondayStart>
    </loginHours>
    <userPermissions>
        <enabled>true</enabled>
        <name>ApiEnabled</name>
    </userPermissions>
</Profile>
X
grep -vF -- "$comment" with.xml >without.xml
seen=$(
    for name in with without; do
        mkdir "$name"
        cp "$name.xml" "$name/Sales.profile-meta.xml"
        tool/bin/config-disassembler xml disassemble "$name/Sales.profile-meta.xml" --unique-id-elements name
        rm "$name/Sales.profile-meta.xml"
        tool/bin/config-disassembler xml reassemble "$name/Sales" profile-meta.xml
        if cmp --silent "$name.xml" "$name/Sales.profile-meta.xml"; then
            echo "$name: as it was"
        else
            echo "$name: $(grep -F '</Profile>' "$name/Sales.profile-meta.xml")"
        fi
    done
)
printf '%s\n' "$seen"
[ "$seen" = 'with: [&quot;\n    &quot;]<!--[" agreed with the works council "]-->[&quot;\n    &quot;]</Profile>
without: as it was' ]
