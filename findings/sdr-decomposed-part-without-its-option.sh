#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# Files of a decomposed permission set in a project that no longer names `decomposePermissionSetBeta2` do not fail
# alone: one such part stops the conversion of everything else, with an error about its type. A decomposed outbound
# message in the same position is packed as a component of its own, in a folder that no type has by default.
# Seen: `Could not infer a metadata type` for the set; `workflowOutboundMessages/Notify.workflowOutboundMessage` for the workflow.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

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
