#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# `filename` in `replacements` is compared with the end of a path, not with a whole name or path: an entry for one
# file is applied to every file whose name ends alike.
# Seen: the entry for `Billing.namedCredential-meta.xml` changes `Old_Billing.namedCredential-meta.xml` too.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const { convert, ns } = require('./convert.js');
const text = `<NamedCredential ${ns}>\n    <endpoint>https://HOST</endpoint>\n</NamedCredential>\n`;
convert(
  { 'namedCredentials/Billing.namedCredential-meta.xml': text, 'namedCredentials/Old_Billing.namedCredential-meta.xml': text },
  { replacements: [{ filename: 'Billing.namedCredential-meta.xml', stringToReplace: 'HOST', replaceWithEnv: 'BILLING' }] },
).then((files) => console.log(/new\.example/.test(files['namedCredentials/Old_Billing.namedCredential'])));
JS
seen=$(BILLING=new.example NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = true ]
