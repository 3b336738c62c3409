#!/usr/bin/env bash
# formulon 6.25.6 and @steedos/formula 2.2.37 (beside sformula 5.0.1)
# The packages evaluate Salesforce's formulas without an org. `FIND(what, text, start)` gives the position of one text
# in another, and begins to look at `start`. In the first two packages the position is counted from there and not from
# the beginning of the text: of `AB-CD-EF` the second hyphen is at 6, and they say 3. That is where the first one is,
# so that the usual way to the third part of a code, to look for a hyphen behind the first one, gives the second part
# as well. It is a number as any other and no error, and without `start` it is right. sformula says 6.
# Seen: for the second hyphen 3, 3 and 6, and `CD-EF`, `CD-EF` and `EF` for the part behind it; for the first one 3
# from all.
# Fails when one of the first two says 6. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" formulon@6.25.6 @steedos/formula@2.2.37 sformula@5.0.1
cat >run.js <<'JS'
const second = 'FIND("-", "AB-CD-EF", FIND("-", "AB-CD-EF") + 1)';
const formulas = ['FIND("-", "AB-CD-EF")', second, `MID("AB-CD-EF", ${second} + 1, 9)`];
const { parseSync } = require('sformula');
const libraries = {
  formulon: (formula) => require('formulon').parse(formula).value,
  '@steedos/formula': (formula) => require('@steedos/formula').parse(formula).value,
  sformula: (formula) => parseSync(formula).evaluate(),
};
for (const [name, evaluate] of Object.entries(libraries)) console.log(`${name}: ${formulas.map(evaluate).join(', ')}`);
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'formulon: 3, 3, CD-EF
@steedos/formula: 3, 3, CD-EF
sformula: 3, 6, EF' ]
