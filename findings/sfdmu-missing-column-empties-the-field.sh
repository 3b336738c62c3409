#!/usr/bin/env bash
# sfdmu 3.7.19
# The data loader for the Salesforce CLI takes the records to load from CSV files, and the fields from a query in its
# script. Where a file lacks the column of a field, an update does not leave the field alone: it sends null for every
# record, and the org's values are gone. One script for several files, or a field that was added to the query before
# the next export, is enough for that. The tool's check of the files counts the column among its issues, in a warning
# and a report, as it does for the column of Ids, which need not be there; `--noprompt` goes on, and the run ends with
# `Command succeeded`.
# Seen: the file has Email and Phone, the query Title, too; the contact's Title, a director in the org, is updated to
# null.
# Fails when the field is not sent. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/sfdmu.sh"
cat >run.js <<'JS'
const { load } = require('./sfdmu.js');

const object = { query: 'SELECT Email, Phone, Title FROM Contact', operation: 'Update', externalId: 'Email' };
const contact = { Email: 'ann@example.com', Phone: '030 1', Title: 'Director' };
load(object, ['Email,Phone', 'ann@example.com,030 2'], [contact], (_method, values, { Title }) =>
  console.log(`sent: ${JSON.stringify(values)}, the org has ${Title}`),
);
JS
HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js >said 2>&1
seen=$(
    grep --extended-regexp '^sent|Command succeeded' said
    tail --lines=+2 data/CSVIssuesReport.csv | cut --delimiter=, --fields=2,3,8
)
printf '%s\n' "$seen"
[ "$seen" = 'sent: {"Email":"ann@example.com","Phone":"030 2","Title":null}, the org has Director
Command succeeded.
Contact,Id,COLUMN DEFINED IN THE SCRIPT IS MISSING IN THE CSV FILE
Contact,Title,COLUMN DEFINED IN THE SCRIPT IS MISSING IN THE CSV FILE' ]
