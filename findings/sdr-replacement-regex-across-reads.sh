#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `regexToReplace` is applied to each part of a file as it is read (64 KiB, cut at the last line end), never to the
# whole text: a match that spans two lines is missed where a part ends between them.
# Seen: of 900 equal permissions in one profile 899 are replaced and 1 is deployed as it was.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/source-deploy-retrieve@13.7.0 node@24.21.0 >/dev/null

cat >convert.js <<'JS'
// Writes a project, converts it as a deployment does, and gives the text of each file in the archive.
const fs = require('node:fs');
const path = require('node:path');
const JSZip = require('jszip');
const { ComponentSet, MetadataConverter } = require('@salesforce/source-deploy-retrieve');
exports.ns = 'xmlns="http://soap.sforce.com/2006/04/metadata"';
exports.convert = async (files, settings = {}) => {
  const root = fs.mkdtempSync(path.join(process.cwd(), 'project-'));
  const project = { packageDirectories: [{ path: 'force-app', default: true }], sourceApiVersion: '66.0', ...settings };
  const write = (name, text) => {
    const file = path.join(root, name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  };
  write('sfdx-project.json', JSON.stringify(project));
  for (const [name, text] of Object.entries(files)) write(path.join('force-app/main/default', name), text);
  process.chdir(root);
  const components = ComponentSet.fromSource(path.join(root, 'force-app'));
  components.projectDirectory = root;
  const { zipBuffer } = await new MetadataConverter().convert(components, 'metadata', { type: 'zip' });
  const zip = await JSZip.loadAsync(zipBuffer);
  const names = Object.keys(zip.files).filter((name) => !zip.files[name].dir && name !== 'package.xml');
  return Object.fromEntries(await Promise.all(names.map(async (name) => [name, await zip.files[name].async('string')])));
};
JS

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
