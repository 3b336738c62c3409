#!/usr/bin/env bash
# cumulusci 4.10.1 with @salesforce/core 9.4.0
# Both turn the `settings` of a scratch org definition into settings files for a deployment. Salesforce's library
# escapes a value for XML, CumulusCI (in its task deploy_org_settings) writes it as it stands: an address with two
# parameters, as a page after logout may have, gives a file that is no XML. A definition that makes scratch orgs is then
# of no use for giving the same settings to a sandbox.
# Seen: the same definition gives `app=crm&amp;page=out` from one and `app=crm&page=out` from the other, which an XML
# parser refuses.
# Fails when both escape it. Run by hand, outside CI; it needs npm, Python and pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/core@9.4.0 node@24.21.0 >/dev/null
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check cumulusci==4.10.1
cat >definition.json <<'J'
{
  "edition": "Developer",
  "settings": { "securitySettings": { "sessionSettings": { "logoutURL": "https://sso.example.com/?app=crm&page=out" } } }
}
J
cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const { ScratchOrgSettingsGenerator } = require('@salesforce/core');
(async () => {
  const generator = new ScratchOrgSettingsGenerator({
    asDirectory: true, mdApiTmpDir: process.cwd(), shapeDirName: 'shape', capitalizeRecordTypes: false,
  });
  await generator.extract(JSON.parse(fs.readFileSync('definition.json', 'utf8')));
  await generator.createDeploy();
  await generator.createDeployPackageContents('66.0');
  const folder = path.join(generator.getDestinationPath(), generator.getShapeDirName());
  fs.copyFileSync(path.join(folder, 'settings/Security.settings'), 'salesforce.xml');
})();
JS
HOME=$work SF_DISABLE_LOG_FILE=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js
cat >run.py <<'P'
import json
import pathlib
import re
import xml.etree.ElementTree as ElementTree

from cumulusci.tasks.salesforce.org_settings import build_settings_package

settings = json.loads(pathlib.Path('definition.json').read_text())['settings']
texts = {'salesforce': pathlib.Path('salesforce.xml').read_text()}
with build_settings_package(settings, None, '66.0') as folder:
    texts['cumulusci'] = pathlib.Path(folder, 'settings/Security.settings').read_text()
for name, text in texts.items():
    try:
        ElementTree.fromstring(text.encode())
        judged = 'XML'
    except ElementTree.ParseError:
        judged = 'no XML'
    print(f'{name}: {re.search("app=.*?(?=<)", text).group()}, {judged}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "salesforce: app=crm&amp;page=out, XML
cumulusci: app=crm&page=out, no XML" ]
