#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `regexToReplace` is applied to each part of a file as it is read (64 KiB, cut at the last line end), never to the
# whole text: a match that spans two lines is missed where a part ends between them.
# Seen: of 900 equal permissions in one profile 899 are replaced and 1 is deployed as it was.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const name = 'profiles/Large.profile';
const permission = (number) =>
  `    <userPermissions>\n        <enabled>true</enabled>\n        <name>Permission${number}</name>\n    </userPermissions>\n`;
const permissions = Array.from({ length: 900 }, (_, number) => permission(number)).join('');
convert(
  { [`${name}-meta.xml`]: `<Profile ${ns}>\n${permissions}</Profile>\n` },
  { replacements: [{ filename: `force-app/main/default/${name}-meta.xml`, regexToReplace: '<enabled>true</enabled>\\s*<name>', replaceWithEnv: 'SWITCHED_OFF' }] },
).then((files) => {
  const count = (text) => files[name].split(text).length - 1;
  console.log(`${count('<enabled>false')} replaced, ${count('<enabled>true')} not`);
});
JS
seen=$(SWITCHED_OFF='<enabled>false</enabled><name>' NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '899 replaced, 1 not' ]
