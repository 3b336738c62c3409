#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A file that an entry of `replacements` names is turned into text in the parts in which it is read (64 KiB), each for
# itself: a character of several bytes that two parts share is deployed as two or more U+FFFD, without a warning, wherever
# in the file the text to be replaced stands.
# Seen: `é` at byte 65,535 of a profile arrives as two U+FFFD where an entry names the profile, and whole where none does.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const start = `<Profile ${ns}>\n    <description>`;
const text = `${start}${'x'.repeat(65535 - start.length)}é</description>\n    <custom>CUSTOM</custom>\n</Profile>\n`;
const seen = async (filename) => {
  const files = await convert(
    { 'profiles/Large.profile-meta.xml': text },
    { replacements: [{ filename, stringToReplace: 'CUSTOM', replaceWithEnv: 'IS_CUSTOM' }] },
  );
  return files['profiles/Large.profile'].match(/x(\P{ASCII}+)</u)[1];
};
const root = process.cwd();
seen('profiles/Large.profile-meta.xml').then(async (named) => {
  process.chdir(root);
  console.log(`${named === '\ufffd\ufffd'} ${(await seen('profiles/Other.profile-meta.xml')) === 'é'}`);
});
JS
seen=$(IS_CUSTOM=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'true true' ]
