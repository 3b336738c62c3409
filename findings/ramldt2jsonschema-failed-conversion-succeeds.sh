#!/usr/bin/env bash
# ramldt2jsonschema 1.2.3
# MuleSoft's command `dt2js` converts a type of RAML to a JSON Schema, and writes the result to the standard output.
# When the conversion fails, the reason goes there as well, and the status is 0: in a build that writes the output into
# a file the sentence is the schema, the step before has succeeded, and what is wrong is found by who reads the file
# next. A type of an unknown name fails like this, and so does a type with a property called `examples`: the package
# makes a list of each `examples` that it meets, of the schema of this property too. A file that is missing gives
# status 1.
# Seen: status 0 for a type that is there, for one that is not, and for one with the property `examples`; only the
# first output is JSON. For a file that is missing status 1.
# Fails when a failed conversion has another status. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" ramldt2jsonschema@1.2.3
cat >types.raml <<'R'
#%RAML 1.0 Library
types:
  Order:
    properties:
      number: string
  Word:
    properties:
      text: string
      examples: string
R
cat >about.js <<'JS'
const text = require('node:fs').readFileSync(process.argv[2], 'utf8');
let said = text.trim();
try {
  said = `a schema with ${Object.keys(JSON.parse(text).definitions)}`;
} catch {}
console.log(said.replace(/:.*: /s, ': '));
JS
export PATH=$work/node_modules/.bin:$PATH
seen=$(
    for name in Order Ordre Word; do
        status=0
        dt2js types.raml "$name" >"$name.json" || status=$?
        echo "$name, status $status: $(node about.js "$name.json")"
    done
    dt2js tpyes.raml Order 2>log || echo "a missing file, status $?"
)
printf '%s\n' "$seen"
[ "$seen" = "Order, status 0: a schema with Order
Ordre, status 0: Error: Declaration with name 'Ordre' not found
Word, status 0: Error: data.definitions['Word'].properties['examples'] should be object
a missing file, status 1" ]
