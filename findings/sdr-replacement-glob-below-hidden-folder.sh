#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `glob` in `replacements` is matched against the absolute path, and no `**` in it takes a folder whose name begins with
# a dot: where the project lies below one (`~/.jenkins/workspace/crm`), no entry with a glob is applied, without a
# warning, and place holders are deployed as they stand.
# Seen: below `plain/` the value is replaced, below `.jenkins/` it is not.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const { convert, ns } = require('./convert.js');
const text = `<NamedCredential ${ns}>\n    <endpoint>https://HOST</endpoint>\n</NamedCredential>\n`;
const base = process.cwd();
const below = async (folder) => {
  fs.mkdirSync(`${base}/${folder}`);
  process.chdir(`${base}/${folder}`);
  const files = await convert(
    { 'namedCredentials/Billing.namedCredential-meta.xml': text },
    { replacements: [{ glob: 'force-app/**/*.namedCredential-meta.xml', stringToReplace: 'HOST', replaceWithEnv: 'BILLING' }] },
  );
  return /new\.example/.test(files['namedCredentials/Billing.namedCredential']);
};
below('plain').then(async (plain) => console.log(plain, await below('.jenkins')));
JS
seen=$(BILLING=new.example NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'true false' ]
