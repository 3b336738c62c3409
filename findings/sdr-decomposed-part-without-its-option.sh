#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# Files of a decomposed permission set in a project that no longer names `decomposePermissionSetBeta2` do not fail
# alone: one such part stops the conversion of everything else, with an error about its type. A decomposed outbound
# message in the same position is packed as a component of its own, in a folder that no type has by default.
# Seen: `Could not infer a metadata type` for the set; `workflowOutboundMessages/Notify.workflowOutboundMessage` for the workflow.
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
(async () => {
  const other = { 'profiles/Sales.profile-meta.xml': `<Profile ${ns}/>` };
  const set = {
    ...other,
    'permissionsets/Sync/Sync.permissionset-meta.xml': `<PermissionSet ${ns}><label>Sync</label></PermissionSet>`,
    'permissionsets/Sync/Sync.userPermission-meta.xml':
      '<PermissionSet><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions></PermissionSet>',
  };
  await convert(set).then(
    (files) => console.log(Object.keys(files)),
    (error) => console.log(error.message.replace(/.*: /, '')),
  );
  const flow = {
    ...other,
    'workflows/Case/Case.workflow-meta.xml': `<Workflow ${ns}/>`,
    'workflows/Case/workflowOutboundMessages/Notify.workflowOutboundMessage-meta.xml':
      '<WorkflowOutboundMessage><fullName>Notify</fullName></WorkflowOutboundMessage>',
  };
  console.log(Object.keys(await convert(flow)).sort().join(' '));
})();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "Could not infer a metadata type
profiles/Sales.profile workflowOutboundMessages/Notify.workflowOutboundMessage workflows/Case.workflow" ]
