#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A component of one file is packed for deployment without being parsed: a file that ends in the middle of a tag, and
# one whose root element belongs to another type, go into the archive byte for byte, and the manifest lists them as what
# their names promise. Only the org finds out.
# Seen: both files are packed, no error and no warning.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const cut = `<ProfileSessionSetting ${ns}>\n    <sessionTimeo`;
const other = `<ConnectedApp ${ns}/>`;
convert({
  'profileSessionSettings/Cut.profileSessionSetting-meta.xml': cut,
  'profiles/Other.profile-meta.xml': other,
}).then((files) =>
  console.log(files['profileSessionSettings/Cut.profileSessionSetting'] === cut && files['profiles/Other.profile'] === other),
);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = true ]
