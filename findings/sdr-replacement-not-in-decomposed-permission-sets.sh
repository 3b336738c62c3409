#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `replacements` are not applied to permission sets that `decomposePermissionSetBeta2` decomposed, neither in the parts
# nor in the file of the set: place holders are deployed as they stand, without a warning.
# Seen: an entry for all files changes a whole permission set and leaves a decomposed one as it is written.
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
const set = `<PermissionSet ${ns}>\n    <label>LABEL</label>\n</PermissionSet>\n`;
const part = '<PermissionSet>\n    <userPermissions>\n        <enabled>true</enabled>\n        <name>LABEL</name>\n    </userPermissions>\n</PermissionSet>\n';
const replacements = [{ glob: 'force-app/**', stringToReplace: 'LABEL', replaceWithEnv: 'SET_LABEL' }];
const root = process.cwd();
convert({ 'permissionsets/Whole.permissionset-meta.xml': set }, { replacements }).then(async (whole) => {
  process.chdir(root);
  const parts = await convert(
    { 'permissionsets/Parts/Parts.permissionset-meta.xml': set, 'permissionsets/Parts/Parts.userPermission-meta.xml': part },
    { replacements, sourceBehaviorOptions: ['decomposePermissionSetBeta2'] },
  );
  const count = (files, name) => files[`permissionsets/${name}.permissionset`].split('LABEL').length - 1;
  console.log(count(whole, 'Whole'), count(parts, 'Parts'));
});
JS
seen=$(SET_LABEL=new NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '0 2' ]
