#!/usr/bin/env bash
# @salesforce/plugin-deploy-retrieve 4.2.18 (with @salesforce/core 9.4.0)
# Where `decomposePermissionSetBeta2` has cut a permission set into parts, `sf project delete source` takes a part out of
# the project before it asks the org, and puts it back when the deployment has failed. Two ways end without that. When
# the org refuses the request itself, as for a user without the right to deploy, nothing is put back. And of two
# parts of one set the second is kept under the name of the first: when the deployment fails, one of the two comes back.
# The org still has the grants, and the next deployment from the project revokes them. The error is about the refusal, or
# about a file in a temporary folder.
# Seen: after a failed deployment one part is back, and of two parts one; after a refused request none.
# Fails when all parts are back. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/delete-source.sh"
cat >run.mjs <<'JS'
import { open, remove } from './delete-source.mjs';

const org = await open();
const parts = ['Sync/Sync.classAccess-meta.xml', 'Sync/Sync.userPermission-meta.xml'];
await remove('one', parts.slice(0, 1), 'Failed');
await remove('two', parts, 'Failed');
await remove('three', parts.slice(0, 1), 'INSUFFICIENT_ACCESS');
org.close();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'Sync/Sync.classAccess-meta.xml: deployed, Failed, status 1; 1 of 1 left
Sync/Sync.classAccess-meta.xml and Sync/Sync.userPermission-meta.xml: deployed, Failed, status 1; 1 of 2 left
Sync/Sync.classAccess-meta.xml: deployed, INSUFFICIENT_ACCESS, status 1; 0 of 1 left' ]
