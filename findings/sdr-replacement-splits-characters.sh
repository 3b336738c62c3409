#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A file that an entry of `replacements` names is turned into text in the parts in which it is read (64 KiB), each for
# itself: a character of several bytes that two parts share is deployed as two or more U+FFFD, without a warning, wherever
# in the file the text to be replaced stands.
# Seen: `é` at byte 65,535 of a profile arrives as two U+FFFD where an entry names the profile, and whole where none does.
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
