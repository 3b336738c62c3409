#!/usr/bin/env bash
# @salesforce/soql-model 1.0.0
# Salesforce's model of queries, made for a query builder in an editor, checks what a user enters for a date. SOQL has
# words for spans of time (SOQL and SOSL Reference, Date Formats and Date Literals in WHERE), and the check has a list
# of them. `THIS_MONTH` is no date for it, and `THID_MONTH`, which an org does not know, is one: the list has a typing
# error. The week, the quarter and the year are in it as they should be. The words that count back, such as
# `N_MONTHS_AGO:5`, are all missing. The user is told `Date value is not valid`.
# Seen: of seven values of that page five are valid for the package; beside them `THID_MONTH` is.
# Fails when `THIS_MONTH` is valid. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/soql-model@1.0.0
cat >run.js <<'JS'
const { DateValidator } = require('@salesforce/soql-model/lib/validators/dateValidator');
const validator = new DateValidator({});
const values = ['THIS_WEEK', 'THIS_MONTH', 'THIS_QUARTER', 'THIS_YEAR', 'LAST_N_DAYS:7', 'N_MONTHS_AGO:5'];
for (const value of [...values, '2026-03-12T08:00:00Z', 'THID_MONTH']) {
  console.log(`${value}: ${validator.validate(value).isValid ? 'valid' : 'not valid'}`);
}
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'THIS_WEEK: valid
THIS_MONTH: not valid
THIS_QUARTER: valid
THIS_YEAR: valid
LAST_N_DAYS:7: valid
N_MONTHS_AGO:5: not valid
2026-03-12T08:00:00Z: valid
THID_MONTH: valid' ]
