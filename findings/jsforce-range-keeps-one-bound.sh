#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# `find` takes the conditions of a query as an object with operators, in the way of MongoDB. Of several operators for
# one field, as the two ends of a range, only the first one is used, and the others are dropped without an error:
# logins from March on instead of those of March. `update` and `destroy` of a query take the records that are found: a
# clean-up of the sessions of one month deletes those of all later ones, too. With the operators in another order the
# other end is lost. A range is only had by `$and`, with an object for each end.
# Seen: `{ $gte: 1, $lt: 10 }` is `>= 1`, `{ $lt: 10, $gte: 1 }` is `< 10`, `$and` has both, and a `destroy` of a
# range deletes the record with 50, which is not in it.
# Fails when both ends of a range are in the query. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');

const tries = [5, 50].map((Tries__c, index) => ({ Id: `a0000000000000${index}AAA`, Tries__c }));
const org = new Org({
  answer: ({ method, url }) => {
    if (method === 'DELETE') {
      const ids = new URL(url, org.url).searchParams.get('ids').split(',');
      console.log(`  deleted: ${tries.filter(({ Id }) => ids.includes(Id)).map((each) => each.Tries__c)}`);
      return ids.map((id) => ({ id, success: true, errors: [] }));
    }
    const query = new URL(url, org.url).searchParams.get('q');
    const [, least = 0] = query.match(/Tries__c >= (\d+)/) ?? [];
    const [, end = Infinity] = query.match(/Tries__c < (\d+)/) ?? [];
    const records = tries.filter(({ Tries__c }) => Tries__c >= least && Tries__c < end);
    return { totalSize: records.length, done: true, records };
  },
});
org.open().then(async () => {
  org.current = 'session';
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    console.log(name);
    const { Connection } = require(name);
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.current, version: '66.0' });
    const logins = connection.sobject('Login__c');
    const queries = [
      { Tries__c: { $gte: 1, $lt: 10 } },
      { Tries__c: { $lt: 10, $gte: 1 } },
      { $and: [{ Tries__c: { $gte: 1 } }, { Tries__c: { $lt: 10 } }] },
    ];
    for (const conditions of queries) {
      const soql = await logins.find(conditions, 'Id').toSOQL();
      console.log(`  ${soql.split('WHERE ')[1]}`);
    }
    await logins.find({ Tries__c: { $gte: 1, $lt: 10 } }, 'Id').destroy();
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
for name in jsforce @jsforce/jsforce-node; do
    printf '%s\n' "$name" '  Tries__c >= 1' '  Tries__c < 10' '  Tries__c >= 1 AND Tries__c < 10' '  deleted: 5,50'
done >wanted
[ "$seen" = "$(cat wanted)" ]
