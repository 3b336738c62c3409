#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# `find` takes the conditions of a query as an object. A condition whose value is undefined, and one whose list is
# empty, is left out of the query: what none should match, all match. `find({ UserId__c: user.id })` with a user who
# has no `id` finds the records of all users, and so does `{ UserId__c: userIds }` with no ids in the list. `update`
# and `destroy` take the records that are found, so a clean-up of the sessions of no user deletes those of all. In
# `$or` the part is left out too, which is right there, and `null` is a value.
# Seen: with null the query has the condition; with undefined, an empty list and `$in` of one it has no WHERE, and a
# `destroy` of the sessions of no users deletes both sessions.
# Fails when an empty list finds nothing, or is refused. Run by hand, outside CI; it needs npm, and the server is
# local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');

const sessions = ['a00000000000001AAA', 'a00000000000002AAA'].map((Id) => ({ Id }));
const org = new Org({
  answer: ({ method, url }) => {
    const parameters = new URL(url, org.url).searchParams;
    if (method === 'DELETE') {
      const ids = parameters.get('ids').split(',');
      console.log(`  deleted: ${ids.length} of ${sessions.length}`);
      return ids.map((id) => ({ id, success: true, errors: [] }));
    }
    const records = parameters.get('q').includes('WHERE') ? [] : sessions;
    return { totalSize: records.length, done: true, records };
  },
});
org.open().then(async () => {
  org.current = 'session';
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    console.log(name);
    const { Connection } = require(name);
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.current, version: '66.0' });
    const stored = connection.sobject('Session__c');
    for (const value of [null, undefined, [], { $in: [] }]) {
      console.log(`  ${await stored.find({ UserId__c: value }, 'Id').toSOQL()}`);
    }
    await stored.find({ UserId__c: [] }, 'Id').destroy();
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
all='  SELECT Id FROM Session__c'
for name in jsforce @jsforce/jsforce-node; do
    printf '%s\n' "$name" "$all WHERE UserId__c = null" "$all" "$all" "$all" '  deleted: 2 of 2'
done >wanted
[ "$seen" = "$(cat wanted)" ]
