#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A retrieve replaces the file of a permission set. Where `decomposePermissionSetBeta2` has cut the set into parts, it
# replaces only the parts that the org still has something for: when the last grant of a kind has been revoked in the
# org, the part with it stays in the project, nothing warns, and the next deployment grants it again. Of a part with
# several grants, one that was revoked goes away. Components inside an object are deleted by source tracking; a part of
# a set is no component of its own.
# Seen: with two user permissions and a class before, and the class and one permission revoked, both ways give one user
# permission, and the decomposed set still has the class; with all revoked, it gives back the permission and the class.
# Fails when the revoked grants are gone. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet, MetadataConverter, RegistryAccess } = require('@salesforce/source-deploy-retrieve');
const { ns } = require('./convert.js');
const JSZip = require('jszip');
const base = process.cwd();
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));

const permission = (name) => `<userPermissions><enabled>true</enabled><name>${name}</name></userPermissions>`;
const apex = '<classAccesses><apexClass>Token</apexClass><enabled>true</enabled></classAccesses>';
const states = [
  apex + permission('ApiEnabled') + permission('ModifyAllData'),
  permission('ApiEnabled'),
  '',
];
const run = async (about, settings) => {
  const root = path.join(base, about);
  const source = path.join(root, 'force-app');
  fs.mkdirSync(source, { recursive: true });
  const project = { packageDirectories: [{ path: 'force-app', default: true }], sourceApiVersion: '66.0', ...settings };
  fs.writeFileSync(path.join(root, 'sfdx-project.json'), JSON.stringify(project));
  process.chdir(root);
  const registry = new RegistryAccess(undefined, root);
  const converter = new MetadataConverter(registry);
  const read = (folder) => {
    const components = ComponentSet.fromSource({ fsPaths: [folder], registry });
    components.projectDirectory = root;
    return components;
  };
  for (const [number, state] of states.entries()) {
    const org = path.join(root, `org${number}`, 'permissionsets');
    fs.mkdirSync(org, { recursive: true });
    fs.writeFileSync(
      path.join(org, 'Sync.permissionset'),
      `<?xml version="1.0" encoding="UTF-8"?>\n<PermissionSet ${ns}>${state}<label>Sync</label></PermissionSet>\n`,
    );
    await converter.convert(read(path.dirname(org)), 'source', {
      type: 'merge',
      mergeWith: read(source).getSourceComponents(),
      defaultDirectory: source,
      forceIgnoredPaths: new Set(),
    });
    const { zipBuffer } = await converter.convert(read(source), 'metadata', { type: 'zip' });
    const text = await (await JSZip.loadAsync(zipBuffer)).file('permissionsets/Sync.permissionset').async('string');
    const grants = [...text.matchAll(/<(?:apexClass|name)>(\w+)/g)].map(([, name]) => name);
    console.log(`${about}, retrieve ${number + 1}: ${grants.join(' ') || 'nothing'}`);
  }
};
(async () => {
  await run('one file', {});
  await run('decomposed', { sourceBehaviorOptions: ['decomposePermissionSetBeta2'] });
  console.log(`${warnings} warnings`);
})();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "one file, retrieve 1: Token ApiEnabled ModifyAllData
one file, retrieve 2: ApiEnabled
one file, retrieve 3: nothing
decomposed, retrieve 1: Token ApiEnabled ModifyAllData
decomposed, retrieve 2: Token ApiEnabled
decomposed, retrieve 3: Token ApiEnabled
0 warnings" ]
