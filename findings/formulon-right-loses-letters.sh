#!/usr/bin/env bash
# formulon 6.25.6
# The package evaluates Salesforce's formulas without an org, for tests of validation rules and formula fields.
# `RIGHT(text, n)` is the last n characters of a text, and where it has fewer, all of them, as `LEFT` is there. This
# `RIGHT` gives a part of such a text: for three letters and n = 4 the last one, for n = 5 the last two, and the whole
# text only from n = 6 on. `RIGHT(Phone, 10)` is right for numbers of ten and more digits, and for one of nine it is a
# single digit. It is an ordinary text, not an error, so a rule that compares it may pass a test that it should fail.
# Seen: `RIGHT("abc", n)` is `c`, `bc` and `abc` for 4, 5 and 6, and `LEFT` is `abc` for all three; for 2 and 3 both are
# as they should be.
# Fails when `RIGHT("abc", 4)` is `abc`. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" formulon@6.25.6
cat >run.js <<'JS'
const { parse } = require('formulon');
for (const count of [2, 3, 4, 5, 6]) {
  const texts = ['LEFT', 'RIGHT'].map((name) => `${name} ${parse(`${name}("abc", ${count})`).value}`);
  console.log(`${count}: ${texts.join(', ')}`);
}
const [nine, ten] = ['030123456', '0301234567'].map((phone) => parse(`RIGHT("${phone}", 10)`).value);
console.log(`phone numbers: ${nine}, ${ten}`);
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '2: LEFT ab, RIGHT bc
3: LEFT abc, RIGHT abc
4: LEFT abc, RIGHT c
5: LEFT abc, RIGHT bc
6: LEFT abc, RIGHT abc
phone numbers: 6, 0301234567' ]
