#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# A query's `destroy` deletes what the query finds, and `stream('csv')` writes it into a file, for as many records as
# it takes: they fetch page after page by themselves. They stop at record 10,000, which is the default of `maxFetch`,
# and end as if that were all: no error, no event, and an array of results that were all successful. A clean-up of old
# sessions leaves the rest, an export lacks it, and in a test org with fewer records everything is right. Neither the
# read-me nor the types of the packages name the number. `maxFetch` before the call sets another one.
# Seen: of 12,000 records `destroy` deletes 10,000 and `stream` writes 10,000 below its head; with `maxFetch(1e6)`
# both take all of them.
# Fails when all are deleted without it. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');

const [size, total] = [2000, 12000];
let deleted;
const org = new Org({
  answer: ({ method, url }) => {
    const { pathname, searchParams } = new URL(url, org.url);
    if (method === 'DELETE') {
      const ids = searchParams.get('ids').split(',');
      deleted += ids.length;
      return ids.map((id) => ({ id, success: true, errors: [] }));
    }
    const start = Number(pathname.match(/-(\d+)$/)?.[1] ?? 0);
    const records = Array.from({ length: size }, (_none, index) => {
      return { Id: `a00${String(start + index).padStart(12, '0')}AAA` };
    });
    const next = `/services/data/v66.0/query/01g000000000001AAA-${start + size}`;
    const done = start + size === total;
    return { totalSize: total, done, records, ...(done ? {} : { nextRecordsUrl: next }) };
  },
});
org.open().then(async () => {
  org.current = 'session';
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.current, version: '66.0' });
    for (const limit of [undefined, 1e6]) {
      const find = () => {
        const query = connection.sobject('Session__c').find({}, 'Id');
        return limit ? query.maxFetch(limit) : query;
      };
      deleted = 0;
      const results = await find().destroy({ allowBulk: false });
      const successes = results.filter(({ success }) => success).length;
      let text = '';
      await new Promise((end, fail) => {
        find().stream('csv').on('data', (part) => (text += part)).on('end', end).on('error', fail);
      });
      const lines = text.trim().split('\n').length - 1;
      console.log(`${name}, ${limit ?? 'as it is'}: ${deleted} deleted, ${successes} results, ${lines} lines`);
    }
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
for name in jsforce @jsforce/jsforce-node; do
    echo "$name, as it is: 10000 deleted, 10000 results, 10000 lines"
    echo "$name, 1000000: 12000 deleted, 12000 results, 12000 lines"
done >wanted
[ "$seen" = "$(cat wanted)" ]
