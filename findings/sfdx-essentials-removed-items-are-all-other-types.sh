#!/usr/bin/env bash
# sfdx-essentials 2.9.0
# `sfdx essentials:packagexml:remove` takes the components of one manifest out of another. With `--removedonly` it
# writes, by its help, a manifest with only removed items. It goes through the types of the second manifest alone: a
# type that is not in there stays whole, and all its components stand in the result, though none of them was removed.
# Who makes a deletion of the result, or a list of what a package gives up, has the fields, profiles and flows of the
# first manifest in it. Without the option the same types are rightly kept.
# Seen: of two classes and two fields one class is removed. Without the option the other class and the fields are left;
# with it the result has the class and both fields.
# Fails when the fields are not in the second result. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh"
# It depends on `fs` of npm, an empty package that only holds the name of a part of Node: another one stands in for it.
npm pkg set overrides.fs=npm:path@0.12.7
npm install --no-audit --no-fund --loglevel=error sfdx-essentials@2.9.0 >/dev/null
manifest() {
    echo '<?xml version="1.0" encoding="UTF-8"?><Package xmlns="http://soap.sforce.com/2006/04/metadata">'
    printf '<types>%s</types>' "$@"
    echo '<version>66.0</version></Package>'
}
manifest '<members>Keep</members><members>Drop</members><name>ApexClass</name>' \
    '<members>Account.Code__c</members><members>Account.Rate__c</members><name>CustomField</name>' >package.xml
manifest '<members>Drop</members><name>ApexClass</name>' >remove.xml
cat >run.js <<'JS'
const { readFileSync } = require('node:fs');
const { default: Remove } = require('sfdx-essentials/lib/commands/essentials/packagexml/remove');

const files = ['--packagexml', 'package.xml', '--removepackagexml', 'remove.xml', '--outputfile', 'out.xml'];
(async () => {
  for (const flags of [[], ['--removedonly']]) {
    await Remove.run([...files, '--noinsight', ...flags]);
    const members = readFileSync('out.xml', 'utf8').matchAll(/<members>(.*)<\/members>/g);
    console.log(`${flags[0] ?? 'without'}: ${[...members].map(([, member]) => member).join(', ')}`);
  }
})();
JS
seen=$(node_modules/.bin/node --no-deprecation run.js)
printf '%s\n' "$seen"
[ "$seen" = 'without: Keep, Account.Code__c, Account.Rate__c
--removedonly: Drop, Account.Code__c, Account.Rate__c' ]
