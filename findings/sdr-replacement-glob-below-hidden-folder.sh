#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `glob` in `replacements` is matched against the absolute path, and no `**` in it takes a folder whose name begins with
# a dot: where the project lies below one (`~/.jenkins/workspace/crm`), no entry with a glob is applied, without a
# warning, and place holders are deployed as they stand.
# Seen: below `plain/` the value is replaced, below `.jenkins/` it is not.
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
const fs = require('node:fs');
const { convert, ns } = require('./convert.js');
const text = `<NamedCredential ${ns}>\n    <endpoint>https://HOST</endpoint>\n</NamedCredential>\n`;
const base = process.cwd();
const below = async (folder) => {
  fs.mkdirSync(`${base}/${folder}`);
  process.chdir(`${base}/${folder}`);
  const files = await convert(
    { 'namedCredentials/Billing.namedCredential-meta.xml': text },
    { replacements: [{ glob: 'force-app/**/*.namedCredential-meta.xml', stringToReplace: 'HOST', replaceWithEnv: 'BILLING' }] },
  );
  return /new\.example/.test(files['namedCredentials/Billing.namedCredential']);
};
below('plain').then(async (plain) => console.log(plain, await below('.jenkins')));
JS
seen=$(BILLING=new.example NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'true false' ]
