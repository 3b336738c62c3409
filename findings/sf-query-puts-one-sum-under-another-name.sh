#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# A query may give names to its sums and counts (`COUNT(Id) users`). Those without one are `expr0`, `expr1` and so on in
# the org's answer, where only they are counted (SOQL and SOSL Reference, Use Aliases with GROUP BY). The table of
# `sf data query` puts their text in place of these names, and counts all sums and counts for it. As soon as one with a
# name stands before one without, a value appears under another's name, in place of the right one: the number of users
# is the largest number of failed logins, and the column of that is empty. Nothing warns. With `--json` and
# `--result-format json` the answer is as it was. What the org says about the columns is made up here after the
# package's own tests.
# Seen: for `COUNT(Id) users, MAX(NumberOfFailedLogins)` the org answers 12 and 3; the table has 3 for users and nothing
# for the other, JSON has both. With the two in the other order, and without the name, all is right.
# Fails when the table has 12. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'report@example.com';
const count = { text: 'COUNT(Id)', value: 12 };
const max = { text: 'MAX(NumberOfFailedLogins)', value: 3 };
const queries = [[{ ...count, alias: 'users' }, max], [max, { ...count, alias: 'users' }], [count, max]];
let sums = [];
const answer = ({ url }) => {
  if (!url.includes('/query')) return undefined;
  let unnamed = 0;
  const named = sums.map((sum) => ({ ...sum, name: sum.alias ?? `expr${unnamed++}` }));
  const columnMetadata = named.map(({ name, text }) => ({
    aggregate: true,
    columnName: name,
    displayName: text,
    joinColumns: [],
  }));
  if (url.includes('columns=true')) return { columnMetadata };
  const values = Object.fromEntries(named.map(({ name, value }) => [name, value]));
  return { totalSize: 1, done: true, records: [{ attributes: { type: 'AggregateResult' }, ...values }] };
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-data` });
const write = process.stdout.write.bind(process.stdout);
for (sums of queries) {
  const selected = sums.map(({ text, alias }) => [text, alias].filter(Boolean).join(' ')).join(', ');
  console.log(selected);
  for (const format of ['human', 'json']) {
    let said = '';
    process.stdout.write = (text) => (said += text);
    const query = `SELECT ${selected} FROM User`;
    await cli.runCommand('data:query', ['--target-org', username, '--query', query, '--result-format', format]);
    process.stdout.write = write;
    const rows = said.split('\n').filter((line) => /^│|"users"|"expr/.test(line));
    console.log(`  ${format}: ${rows.map((row) => row.replace(/[│,]/g, ' ').trim().replace(/ +/g, ' ')).join(' / ')}`);
  }
}
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'COUNT(Id) users, MAX(NumberOfFailedLogins)
  human: USERS MAX(NUMBEROFFAILEDLOGINS) / 3
  json: "users": 12 / "expr0": 3
MAX(NumberOfFailedLogins), COUNT(Id) users
  human: MAX(NUMBEROFFAILEDLOGINS) USERS / 3 12
  json: "expr0": 3 / "users": 12
COUNT(Id), MAX(NumberOfFailedLogins)
  human: COUNT(ID) MAX(NUMBEROFFAILEDLOGINS) / 12 3
  json: "expr0": 12 / "expr1": 3' ]
