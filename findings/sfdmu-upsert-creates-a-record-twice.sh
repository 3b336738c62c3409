#!/usr/bin/env bash
# sfdmu 3.7.19
# The data loader for the Salesforce CLI upserts by the external id that its script names: it asks the org for the
# records, compares them with the file itself, and then sends inserts and updates, never an upsert. Of several rows of
# the file with one external id only the last is compared. The others are inserted, also where the org has the record:
# each run adds one more, where an upsert would update it or refuse the rows. The check of the files does not mention
# such rows, and the run ends with `Command succeeded`.
# Seen: of two rows with an address that the org has the first is inserted and the second is an update; of two rows
# with a new address both are inserted; the report is about the file's missing column of Ids alone.
# Fails when each address is sent once, or refused. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/sfdmu.sh"
cat >run.js <<'JS'
const { load } = require('./sfdmu.js');

const object = { query: 'SELECT Email, Phone FROM Contact', operation: 'Upsert', externalId: 'Email' };
const [known, newcomer] = ['ann@example.com', 'bob@example.com'];
const rows = ['Email,Phone', `${known},1`, `${known},2`, `${newcomer},1`, `${newcomer},2`];
const see = (method, { Email, Phone }) => console.log(`${method} ${Email} ${Phone}`);
load(object, rows, [{ Email: known, Phone: '0' }], see);
JS
HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js >said 2>&1
seen=$(
    grep --extended-regexp '^(POST|PATCH) |Command succeeded' said
    tail --lines=+2 data/CSVIssuesReport.csv | cut --delimiter=, --fields=2,3,8
)
printf '%s\n' "$seen"
[ "$seen" = 'POST ann@example.com 1
POST bob@example.com 1
POST bob@example.com 2
PATCH ann@example.com 2
Command succeeded.
Contact,Id,COLUMN DEFINED IN THE SCRIPT IS MISSING IN THE CSV FILE' ]
