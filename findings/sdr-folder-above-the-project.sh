#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# The names of folders that decide a file's type are looked for in the absolute path, above the project too. Where the
# project lies below a folder called `lwc`, `aura`, `documents`, `experiences` or `staticresources`, its package
# directory is taken for one bundle or one document: profiles, apps and settings are no components any more, and nothing
# warns.
# Seen: below `plain/` the profile, the app and the setting are found; below `lwc/` and `documents/` one component of
# another type.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet } = require('@salesforce/source-deploy-retrieve');
const ns = 'xmlns="http://soap.sforce.com/2006/04/metadata"';
const files = {
  'profiles/Sales.profile-meta.xml': `<Profile ${ns}/>`,
  'connectedApps/Sync.connectedApp-meta.xml': `<ConnectedApp ${ns}/>`,
  'settings/Security.settings-meta.xml': `<SecuritySettings ${ns}/>`,
};
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
for (const folder of ['plain', 'lwc', 'documents']) {
  const root = path.resolve(folder, 'crm');
  for (const [name, text] of Object.entries(files)) {
    const file = path.join(root, 'force-app/main/default', name);
    fs.mkdirSync(path.dirname(file), { recursive: true });
    fs.writeFileSync(file, text);
  }
  fs.writeFileSync(path.join(root, 'sfdx-project.json'), '{"packageDirectories":[{"path":"force-app","default":true}]}');
  const found = ComponentSet.fromSource(path.join(root, 'force-app')).getSourceComponents().toArray();
  console.log(`${folder}: ${found.map((it) => `${it.type.name} ${it.fullName}`).sort().join(', ')}`);
}
setImmediate(() => console.log(`${warnings} warnings`));
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "plain: ConnectedApp Sync, Profile Sales, Settings Security
lwc: LightningComponentBundle crm
documents: Document force-app
0 warnings" ]
