#!/usr/bin/env bash
# shane-sfdx-plugins 4.43.0
# `sfdx shane:data:dates:update` moves the dates in CSV files forward, so that the data of a demo look recent. It does
# so in all columns, for whatever can be read as a date of ISO 8601: an order number such as `2024-17` is no date and
# stays, `2024-10` is the first of October and becomes another day, with a time. Where records name each other by such
# numbers, both sides change alike in these files, and no longer fit to what the org has, or to a JSON file beside
# them. A date without a time gets one: that of the moment at which the command runs.
# Seen: run on 12 March at 08:00, relative to 1 March, the close date `2026-03-01` becomes `2026-03-12T08:00:00Z`; of
# the order numbers `2024-17` stays and `2024-10` becomes `2024-10-12T08:00:00Z`.
# Fails when the order numbers stay. Run by hand, outside CI; it needs npm.
set -euo pipefail
export PUPPETEER_SKIP_DOWNLOAD=true
. "$(dirname "$0")/lib/node.sh" shane-sfdx-plugins@4.43.0
mkdir data
echo '{ "packageDirectories": [{ "path": "force-app", "default": true }] }' >sfdx-project.json
printf '%s\n' Name,Order__c,CloseDate 'Acme,2024-17,2026-03-01' 'Globex,2024-10,2026-03-01' >data/Opportunity.csv
cat >run.js <<'JS'
const { Config } = require('@oclif/config');

Date.now = () => 1773302400000; // 2026-03-12T08:00:00Z
(async () => {
  const cli = new Config({ root: `${process.cwd()}/node_modules/shane-sfdx-plugins` });
  await cli.load();
  await cli.runCommand('shane:data:dates:update', ['--relative', '2026-03-01T00:00:00Z']);
})();
JS
export HOME=$work TZ=UTC
node_modules/.bin/node --no-deprecation run.js >log 2>&1 || cat log
seen=$(cat data-modified/Opportunity.csv)
printf '%s\n' "$seen"
[ "$seen" = 'Name,Order__c,CloseDate
Acme,2024-17,2026-03-12T08:00:00Z
Globex,2024-10-12T08:00:00Z,2026-03-12T08:00:00Z' ]
