#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# `sf data export tree` takes several queries (`--query`) and writes their records into files, by object. Of two queries
# for one object, as for the accounts of two regions that cannot be had by one query, only one is kept: the records of
# the one that the org answers last. The others are in no file, with `--plan` and without it, and nothing warns: the count
# in the output is that of the query that is kept. Which one it is may change from run to run.
# Seen: the org answers two records to one query and one to the other; the file has those that came last.
# Fails when the records of both queries are in the files. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const names = { North: ['Acme', 'Birch'], South: ['Cedar'] };
const fields = [{ name: 'Id', type: 'id', referenceTo: [] }, { name: 'Name', type: 'string', referenceTo: [] }];
const account = (Name) => ({
  attributes: { type: 'Account', url: `/services/data/v66.0/sobjects/Account/001000000000${Name}` }, Name,
});
let last;
const org = new Org({
  answer: ({ url }, _body, response) => {
    if (url.endsWith('/describe')) return { name: 'Account', fields, childRelationships: [] };
    const region = decodeURIComponent(url).match(/Region__c = '(\w+)'/)?.[1];
    if (region === last) {
      const end = response.end.bind(response);
      response.end = (text) => setTimeout(end, 300, text);
    }
    const records = (names[region] ?? []).map(account);
    return { totalSize: records.length, done: true, records };
  },
});
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options });
await login.save();
const root = `${process.cwd()}/node_modules/@salesforce/plugin-data`;
const cli = await Config.load({ root });
const queries = Object.keys(names).flatMap((region) => [
  '--query', `SELECT Id, Name FROM Account WHERE Region__c = '${region}'`,
]);
const run = async (flags, slowest) => {
  last = slowest;
  const folder = `${flags.join('')}${slowest}`;
  mkdirSync(folder);
  console.log(`${flags.join() || 'no flags'}, ${slowest} comes last`);
  const words = ['--target-org', 'sync@example.com', '--output-dir', folder, ...queries, ...flags];
  await cli.runCommand('data:export:tree', words);
  for (const file of readdirSync(folder).filter((name) => !name.endsWith('plan.json'))) {
    const { records } = JSON.parse(readFileSync(`${folder}/${file}`, 'utf8'));
    console.log(`  ${file}: ${records.map((record) => record.Name).join()}`);
  }
};
for (const flags of [[], ['--plan']]) for (const slowest of ['North', 'South']) await run(flags, slowest);
process.exit(process.exitCode);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs 2>&1)
printf '%s\n' "$seen"
[ "$seen" = 'no flags, North comes last
wrote 2 records to North/Account.json
  Account.json: Acme,Birch
no flags, South comes last
wrote 1 records to South/Account.json
  Account.json: Cedar
--plan, North comes last
wrote 2 records to --planNorth/Account.json
  Account.json: Acme,Birch
--plan, South comes last
wrote 1 records to --planSouth/Account.json
  Account.json: Cedar' ]
