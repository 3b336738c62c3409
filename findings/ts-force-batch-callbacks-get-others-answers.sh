#!/usr/bin/env bash
# ts-force 3.5.0
# A `CompositeBatch` takes any number of requests, each with a callback for its answer, and sends them in parts of 25,
# as many as one request of the Composite API may hold (REST API Developer Guide, Batch). After each part it calls the
# callbacks from the first one on again, with the answers of that part. The answer to the 26th request goes to the
# callback of the first one, which has had its own, and the callback of the 26th gets none: a record that was refreshed
# has the values of another one. With up to 25 requests, as in most tests, all is right. What `send` returns is in
# order.
# Seen: of 25 users each callback gets its own record. Of 27 none is right: the first two got their own records and
# then those of the last two, the others their own and then none, and the last two none, twice.
# Fails when each callback is called once, with its own answer. Run by hand, outside CI; it needs npm, and the server
# is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" ts-force@3.5.0
cat >run.js <<'JS'
const { CompositeBatch, setDefaultConfig } = require('ts-force');
const Org = require('./org.js');

const org = new Org({
  answer: (_request, body) => {
    const asked = JSON.parse(body).batchRequests;
    const results = asked.map(({ url }) => ({ statusCode: 200, result: url.split('/').pop() }));
    return { hasErrors: false, results };
  },
});
const send = async (count) => {
  const ids = Array.from({ length: count }, (_, index) => `0050000000000${String(index + 1).padStart(2, '0')}AAA`);
  const calls = ids.map(() => []);
  const batch = new CompositeBatch();
  ids.forEach((id, index) => {
    batch.addGet({ id, attributes: { type: 'User' } }, (answer) => calls[index].push(answer?.result));
  });
  const { results } = await batch.send();
  const right = calls.filter((given, index) => given.length === 1 && given[0] === ids[index]).length;
  const ordered = results.every(({ result }, index) => result === ids[index]);
  console.log(`${count} requests: ${right} callbacks are right; the list is ${ordered ? 'in order' : 'wrong'}`);
  for (const index of count > 25 ? [0, 1, 24, 25, 26] : []) {
    const number = (id) => (id ? Number(id.slice(-5, -3)) : 'none');
    console.log(`  callback ${index + 1} got ${calls[index].map(number).join(', ')}`);
  }
};
org.open().then(async () => {
  org.current = 'session';
  setDefaultConfig({ accessToken: org.current, instanceUrl: org.url, version: 66 });
  for (const count of [25, 27]) await send(count);
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = '25 requests: 25 callbacks are right; the list is in order
27 requests: 0 callbacks are right; the list is in order
  callback 1 got 1, 26
  callback 2 got 2, 27
  callback 25 got 25, none
  callback 26 got none, none
  callback 27 got none, none' ]
