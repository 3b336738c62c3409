#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `replacements` are not applied to permission sets that `decomposePermissionSetBeta2` decomposed, neither in the parts
# nor in the file of the set: place holders are deployed as they stand, without a warning.
# Seen: an entry for all files changes a whole permission set and leaves a decomposed one as it is written.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

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
