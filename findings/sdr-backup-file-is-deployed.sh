#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# The name of a metadata file may go on after `-meta.xml`: `Security.settings-meta.xml.orig`, which a merge tool leaves
# behind, is the component `Security`, and so are the names with `.bak`, `~` and `.swp`. Beside the real file, the backup
# is the one that is packed, and nothing warns: a deployment brings back the session timeout of before the merge. A file
# that was renamed to take it out of use, such as `Old.connectedApp-meta.xml.disabled`, is deployed. What a retrieve
# brings is written into both files.
# Seen: beside a file with 15 minutes each of four backups with 24 hours is packed; the disabled app is packed; after a
# retrieve both files have 2 hours.
# Fails when a backup is left out. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet, MetadataConverter, MetadataResolver, ZipTreeContainer } = require('@salesforce/source-deploy-retrieve');
const JSZip = require('jszip');
const { convert, ns } = require('./convert.js');

const base = process.cwd();
const settings = (timeout) =>
  `<SecuritySettings ${ns}><sessionSettings><sessionTimeout>${timeout}</sessionTimeout></sessionSettings></SecuritySettings>`;
const timeout = (text) => text.match(/<sessionTimeout>(\w+)/)[1];
const name = 'settings/Security.settings-meta.xml';
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
(async () => {
  for (const ending of ['.orig', '.bak', '~', '.swp']) {
    process.chdir(base);
    const files = await convert({ [name]: settings('FifteenMinutes'), [name + ending]: settings('TwentyFourHours') });
    console.log(ending, ...Object.entries(files).map(([path, text]) => `${path}: ${timeout(text)}`));
  }
  const zip = new JSZip();
  zip.file('unpackaged/settings/Security.settings', settings('TwoHours'));
  const tree = await ZipTreeContainer.create(await zip.generateAsync({ type: 'nodebuffer' }));
  const retrieved = new MetadataResolver(undefined, tree, false).getComponentsFromPath('unpackaged');
  const defaultDirectory = `${process.cwd()}/force-app`;
  const mergeWith = ComponentSet.fromSource(defaultDirectory).getSourceComponents();
  const where = { mergeWith, defaultDirectory, forceIgnoredPaths: new Set() };
  await new MetadataConverter().convert(retrieved, 'source', { type: 'merge', ...where });
  const folder = 'force-app/main/default/settings';
  const written = fs.readdirSync(folder).map((file) => `${file}: ${timeout(fs.readFileSync(`${folder}/${file}`, 'utf8'))}`);
  console.log('after a retrieve', ...written);
  process.chdir(base);
  console.log(...Object.keys(await convert({ 'connectedApps/Old.connectedApp-meta.xml.disabled': `<ConnectedApp ${ns}/>` })));
  console.log(`${warnings} warnings`);
})();
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '.orig settings/Security.settings: TwentyFourHours
.bak settings/Security.settings: TwentyFourHours
~ settings/Security.settings: TwentyFourHours
.swp settings/Security.settings: TwentyFourHours
after a retrieve Security.settings-meta.xml: TwoHours Security.settings-meta.xml.swp: TwoHours
connectedApps/Old.connectedApp
0 warnings' ]
