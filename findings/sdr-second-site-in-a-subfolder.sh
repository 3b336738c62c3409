#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# Components may lie in subfolders of their type's folder. For a type that is told by its folder, as a site is, the walk
# of a subfolder ends at the first one that it finds: the files beside it and the folders below it are left out, without
# a warning. Profiles in a subfolder are all found.
# Seen: of two sites and a profile in `sites/emea` only the first site is packed; directly in `sites` both are.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { Lifecycle } = require('@salesforce/core');
const { convert, ns } = require('./convert.js');
const site = `<CustomSite ${ns}><active>true</active><requireHttps>true</requireHttps></CustomSite>`;
const base = process.cwd();
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
(async () => {
  for (const folder of ['sites', 'sites/emea']) {
    process.chdir(base);
    const files = await convert({
      [`${folder}/Help.site-meta.xml`]: site,
      [`${folder}/Shop.site-meta.xml`]: site,
      [`${folder}/guests/Shop Profile.profile-meta.xml`]: `<Profile ${ns}/>`,
    });
    console.log(`${folder}: ${Object.keys(files).sort().join(', ')}`);
  }
  process.chdir(base);
  const files = await convert({
    'profiles/emea/Help.profile-meta.xml': `<Profile ${ns}/>`,
    'profiles/emea/Shop.profile-meta.xml': `<Profile ${ns}/>`,
  });
  console.log(`profiles/emea: ${Object.keys(files).sort().join(', ')}`);
  console.log(`${warnings} warnings`);
})();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "sites: profiles/Shop Profile.profile, sites/Help.site, sites/Shop.site
sites/emea: sites/Help.site
profiles/emea: profiles/Help.profile, profiles/Shop.profile
0 warnings" ]
