#!/usr/bin/env bash
# salesforce-id-validator 1.0.0
# The package checks whether a text is the id of a record, by its length, its letters, its checksum and its first three
# letters, which tell the object (`005` for users). For those it has a list. Each custom object of an org has three
# letters of its own, which are reported to begin with `a`; the list has `a00` alone, the first of them, as if it stood
# for all. The ids of the others are refused (`INVALID_PREFIX`), `a01` and so on, and none of 15 letters is made
# longer. A form or an import that checks its ids takes those of one custom object, and in a test org that has only
# one, all is right.
# Seen: of four ids with a right checksum those of a user and of the first custom object are valid, those with `a01`
# and with `a0A` are not.
# Fails when `a01` is known. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" salesforce-id-validator@1.0.0
cat >run.js <<'JS'
const { generateId18FromId15, validateId18 } = require('salesforce-id-validator');

const ids = ['005000000000001AAA', 'a00000000000001AAA', 'a01000000000001AAA', 'a0A000000000001EAA'];
for (const id of ids) {
  const { valid, error } = validateId18(id);
  const longer = generateId18FromId15(id.slice(0, 15)).id18;
  console.log(`${id}: ${valid ? 'valid' : error}, of 15 letters ${longer ?? 'none'}`);
}
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '005000000000001AAA: valid, of 15 letters 005000000000001AAA
a00000000000001AAA: valid, of 15 letters a00000000000001AAA
a01000000000001AAA: INVALID_PREFIX, of 15 letters none
a0A000000000001EAA: INVALID_PREFIX, of 15 letters none' ]
