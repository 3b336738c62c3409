#!/usr/bin/env bash
# ts-force 3.5.0
# `compositeRetrieve` sends several queries in one request, follows the pages of each, and returns one list for each.
# The records of a page are put before those that it already has: of three pages the third comes first, then the second
# and the first. The order that the query asks for (`orderBy`) holds within a page only. A program that takes the first
# record for the newest, or that finds the end of a range by the last one, has one from the middle. With a single page,
# as in a test org, the list is in order, and so it is with `query`, which sends one query.
# Seen: six users, asked for by name and answered in three pages, are in order from `query`, and come as the fifth and
# the sixth, the third and the fourth, the first and the second from `compositeRetrieve`.
# Fails when both are in order. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" ts-force@3.5.0
cat >run.js <<'JS'
const { compositeRetrieve, RestObject, SalesforceFieldType, setDefaultConfig, sField } = require('ts-force');
const Org = require('./org.js');

// As the package's generator writes it, with one field.
class User extends RestObject {
  constructor(fields, client) {
    super('User', client);
    this.name = undefined;
    this.initObject(fields);
  }
  static get FIELDS() {
    return RestObject.getPropertiesMeta(User);
  }
  static fromSFObject(record) {
    return new User().mapFromQuery(record);
  }
}
User.API_NAME = 'User';
sField({ apiName: 'Name', salesforceType: SalesforceFieldType.STRING })(User.prototype, 'name');

const names = [['Ann', 'Bob'], ['Cleo', 'Dan'], ['Eve', 'Fay']];
const page = (url) => {
  const at = Number(url.match(/01g-(\d)/)?.[1] ?? 0);
  const records = names[at].map((Name) => ({ attributes: { type: 'User' }, Name }));
  const more = at < 2 ? { done: false, nextRecordsUrl: `/services/data/v66.0/query/01g-${at + 1}` } : { done: true };
  return { totalSize: 6, records, ...more };
};
const org = new Org({
  answer: ({ url }, body) => {
    if (!url.endsWith('/composite/batch')) return page(url);
    const results = JSON.parse(body).batchRequests.map((asked) => ({ statusCode: 200, result: page(asked.url) }));
    return { hasErrors: false, results };
  },
});
org.open().then(async () => {
  org.current = 'session';
  setDefaultConfig({ accessToken: org.current, instanceUrl: org.url, version: 66 });
  const say = (how, users) => console.log(`${how}: ${users.map(({ name }) => name).join(', ')}`);
  say('query', await RestObject.query(User, 'SELECT Name FROM User ORDER BY Name'));
  const [users] = await compositeRetrieve(User)((fields) => ({
    select: [fields.select('name')], orderBy: { field: fields.select('name') },
  }));
  say('compositeRetrieve', users);
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'query: Ann, Bob, Cleo, Dan, Eve, Fay
compositeRetrieve: Eve, Fay, Cleo, Dan, Ann, Bob' ]
