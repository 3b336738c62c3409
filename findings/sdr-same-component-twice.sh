#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# Two files of one component in two folders of a package directory are no conflict: the archive holds one of them,
# the one that is met last, and nothing warns. The session timeout that is deployed depends on a folder's name.
# Seen: only the file below `b/` is packed.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const setting = (minutes) =>
  `<ProfileSessionSetting ${ns}>\n    <profile>Sales</profile>\n    <sessionTimeout>${minutes}</sessionTimeout>\n</ProfileSessionSetting>\n`;
const warned = [];
process.on('warning', (warning) => warned.push(warning.message));
convert({
  'a/profileSessionSettings/Sales.profileSessionSetting-meta.xml': setting(480),
  'b/profileSessionSettings/Sales.profileSessionSetting-meta.xml': setting(30),
}).then((files) =>
  console.log(Object.values(files).map((text) => text.match(/<sessionTimeout>(\d+)/)[1]).join(' '), warned.length),
);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '30 0' ]
