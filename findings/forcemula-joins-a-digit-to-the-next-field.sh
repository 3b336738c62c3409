#!/usr/bin/env bash
# forcemula 0.0.1 and @dxatscale/forcemula 0.1.2
# The package lists the fields that a formula depends on, so that a field is not deleted that is still in use, and a
# deployment has all that it needs. A number of one digit is not taken for a word of its own: it stays where it is
# until the next name, and becomes its beginning. The field behind it is not in the list, and one that no org has is:
# `0Discount__c`. Many formulas have such a number, in a condition or as the value of an `IF`. Numbers of more digits,
# and one at the end, do no harm. A quotation mark in a comment, as for inches, begins a text, and nothing behind it is
# found. Neither is an error.
# Seen: of four formulas with `Amount` or `Discount__c` the first has the field, those with a digit have `5Amount` and
# `0Discount__c` in its place, and the one with a comment has none.
# Fails when one of these fields is found. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" forcemula@0.0.1 @dxatscale/forcemula@0.1.2
cat >run.js <<'JS'
const formulas = [
  'IF(Quantity__c > 50, Amount, 1)', 'IF(Quantity__c > 5, Amount, 1)', 'IF(ISBLANK(Code__c), 0, Discount__c)',
  '/* pipes of 3" */ Amount * Rate__c',
];
for (const name of ['forcemula', '@dxatscale/forcemula']) {
  const parse = require(name);
  console.log(name);
  for (const formula of formulas) {
    const { standardFields = [], customFields = [] } = parse({ object: 'Quote', formula });
    const fields = [...standardFields, ...customFields].map((field) => field.replace('Quote.', ''));
    console.log(`  ${formula}: ${fields.sort().join(', ') || 'none'}`);
  }
}
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
fields='  IF(Quantity__c > 50, Amount, 1): Amount, Quantity__c
  IF(Quantity__c > 5, Amount, 1): 5Amount, Quantity__c
  IF(ISBLANK(Code__c), 0, Discount__c): 0Discount__c, Code__c
  /* pipes of 3" */ Amount * Rate__c: none'
[ "$seen" = "forcemula
$fields
@dxatscale/forcemula
$fields" ]
