#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A value that `replacements` takes from the environment is used as the pattern of String.replace: `$$` in it becomes
# `$`, and `$&` becomes the text that was to be replaced. A host, a password or a formula with a dollar sign is deployed
# altered, without a warning.
# Seen: `price$$list-$&` in the environment is deployed as `price$list-HOST`.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const name = 'namedCredentials/Billing.namedCredential';
convert(
  { [`${name}-meta.xml`]: `<NamedCredential ${ns}>\n    <label>HOST</label>\n</NamedCredential>\n` },
  { replacements: [{ filename: `force-app/main/default/${name}-meta.xml`, stringToReplace: 'HOST', replaceWithEnv: 'BILLING' }] },
).then((files) => console.log(files[name].match(/<label>(.*)<\/label>/)[1]));
JS
seen=$(BILLING='price$$list-$&' NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'price$list-HOST' ]
