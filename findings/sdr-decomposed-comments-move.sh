#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# Parts of a decomposed permission set are parsed and written again: comments that stand before
# single grants are gathered at the top of the whole set, away from what they explain. A set in one file is passed on byte for byte.
# Seen: both comments follow the root's opening tag at once, before the first grant.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
convert(
  {
    'permissionsets/Sync/Sync.permissionset-meta.xml': `<PermissionSet ${ns}>\n    <label>Sync</label>\n</PermissionSet>\n`,
    'permissionsets/Sync/Sync.userPermission-meta.xml':
      '<PermissionSet>\n    <!-- for the nightly job -->\n    <userPermissions>\n        <enabled>true</enabled>\n' +
      '        <name>ApiEnabled</name>\n    </userPermissions>\n    <!-- for the report -->\n' +
      '    <userPermissions>\n        <enabled>true</enabled>\n        <name>RunReports</name>\n    </userPermissions>\n</PermissionSet>\n',
  },
  { sourceBehaviorOptions: ['decomposePermissionSetBeta2'] },
).then((files) => console.log(files['permissionsets/Sync.permissionset']));
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
case "$seen" in *'metadata"><!-- for the nightly job --><!-- for the report -->'*) ;; *) exit 1 ;; esac
