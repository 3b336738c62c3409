#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `--metadata` of the deploy commands takes a name or a pattern with `*`. A profile's file has its name encoded, as in
# `Sales %28EU%29.profile-meta.xml`, and a name is found in both spellings. A pattern is compared with the encoded one
# alone: `Profile:Sales (EU)*` finds nothing, where `Profile:Sales (EU)` finds the profile, and so with the colon of
# `Custom: Support*`. In a pattern `*(EU)` has a meaning of its own, any number of `EU`, also none. `Profile:*(EU)*`,
# written to deploy the profiles of one region, takes every profile of the project, Admin with them. Nothing warns.
# Seen: of four profiles `*(EU)*` finds all, `*%28EU%29*` one, and the two patterns above none; without the star, both
# names are found.
# Fails when `*(EU)*` finds one profile. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSetBuilder } = require('@salesforce/source-deploy-retrieve');
const { ns } = require('./convert.js');

const folder = 'force-app/main/default/profiles';
fs.mkdirSync(folder, { recursive: true });
fs.writeFileSync('sfdx-project.json', '{"packageDirectories":[{"path":"force-app","default":true}]}');
for (const name of ['Admin', 'Custom%3A Support', 'Sales %28EU%29', 'Sales %28US%29']) {
  fs.writeFileSync(`${folder}/${name}.profile-meta.xml`, `<Profile ${ns}/>`);
}
let warnings = 0;
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
const directoryPaths = [`${process.cwd()}/force-app`];
(async () => {
  for (const entry of ['*(EU)*', '*%28EU%29*', 'Sales (EU)*', 'Custom: Support*', 'Sales (EU)', 'Custom: Support']) {
    const metadata = { metadataEntries: [`Profile:${entry}`], directoryPaths };
    const components = await ComponentSetBuilder.build({ metadata, projectDir: process.cwd() });
    const found = components.getSourceComponents().toArray().map(({ fullName }) => fullName);
    console.log(`${entry}: ${found.sort().join(', ') || 'nothing'}`);
  }
  console.log(`${warnings} warnings`);
})();
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '*(EU)*: Admin, Custom%3A Support, Sales %28EU%29, Sales %28US%29
*%28EU%29*: Sales %28EU%29
Sales (EU)*: nothing
Custom: Support*: nothing
Sales (EU): Sales %28EU%29
Custom: Support: Custom%3A Support
0 warnings' ]
