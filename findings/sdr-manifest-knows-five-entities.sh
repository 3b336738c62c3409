#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# In XML a character may be written by its number: `G&#233;rant` and `Gérant` are one text, and Python's ElementTree
# writes a letter outside of ASCII by number unless it is told otherwise. Of a manifest the library takes these for
# text: it looks for a profile of the name `G&#233;rant`. The profile in the project is left out of the archive, the
# manifest in the archive names the one that is nowhere, and a list of deletions asks the org to delete that one. Nothing
# warns. `&amp;` and the other four names are understood; `&#38;`, which is the same, is not.
# Seen: a manifest that Python wrote names two profiles, and the archive has one; the list of deletions names
# `G&amp;#233;rant`. The same manifest with the letter itself brings both profiles and the right name.
# Fails when both manifests give one archive. Run by hand, outside CI; it needs npm and Python.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"
mkdir -p force-app/main/default/profiles
echo '{"packageDirectories":[{"path":"force-app","default":true}]}' >sfdx-project.json
for name in Gérant 'Sales %26 Service'; do
    echo '<Profile xmlns="http://soap.sforce.com/2006/04/metadata"><custom>true</custom></Profile>' \
        >"force-app/main/default/profiles/$name.profile-meta.xml"
done
cat >manifest.py <<'P'
import xml.etree.ElementTree as ET

NS = 'http://soap.sforce.com/2006/04/metadata'
ET.register_namespace('', NS)


def write(names, *files):
    package = ET.Element(f'{{{NS}}}Package')
    types = ET.SubElement(package, f'{{{NS}}}types')
    for name in names:
        ET.SubElement(types, f'{{{NS}}}members').text = name
    ET.SubElement(types, f'{{{NS}}}name').text = 'Profile'
    ET.SubElement(package, f'{{{NS}}}version').text = '66.0'
    for file, options in zip(files, ({}, {'encoding': 'UTF-8'})):
        ET.ElementTree(package).write(file, xml_declaration=True, **options)


write(['Gérant', 'Sales & Service'], 'number.xml', 'letter.xml')
write(['Gérant'], 'delete-number.xml', 'delete-letter.xml')
P
python3 manifest.py
cat >run.js <<'JS'
const fs = require('node:fs');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet, MetadataConverter } = require('@salesforce/source-deploy-retrieve');
const JSZip = require('jszip');
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
(async () => {
  for (const kind of ['number', 'letter']) {
    const components = await ComponentSet.fromManifest({
      manifestPath: `${kind}.xml`,
      resolveSourcePaths: ['force-app'],
      destructivePost: `delete-${kind}.xml`,
    });
    const { zipBuffer } = await new MetadataConverter().convert(components, 'metadata', { type: 'zip' });
    const zip = await JSZip.loadAsync(zipBuffer);
    const names = async (file) => {
      const text = await zip.file(file).async('string');
      return [...text.matchAll(/<members>(.*?)</g)].map(([, name]) => name);
    };
    const [written] = fs.readFileSync(`${kind}.xml`, 'utf8').match(/G.*?rant/);
    console.log(`${written}: ${Object.keys(zip.files).filter((name) => /profile$/.test(name)).join(', ')}`);
    console.log(`  package.xml: ${(await names('package.xml')).join(', ')}`);
    console.log(`  to be deleted: ${(await names('destructiveChangesPost.xml')).join(', ')}`);
  }
  console.log(`${warnings} warnings`);
})();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'G&#233;rant: profiles/Sales %26 Service.profile
  package.xml: G&amp;#233;rant, Sales &amp; Service
  to be deleted: G&amp;#233;rant
Gérant: profiles/Gérant.profile, profiles/Sales %26 Service.profile
  package.xml: Gérant, Sales &amp; Service
  to be deleted: Gérant
0 warnings' ]
