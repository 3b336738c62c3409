#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# `sf data search --result-format csv` writes the records that a search finds into a CSV file for each object. A value
# is written as it is: with a comma in it, as in `Acme, Inc.`, its row has a column more than the head, and every value
# behind it stands under the next name. A field of a related record is `[object Object]`. The command ends with status
# 0, and what reads the file next stores half of a name as an address. `sf data query` with the same option puts quotes
# around such values and names the fields of related records.
# Seen: of an account with a comma in its name and a website the file has the second half of the name for the website,
# and `[object Object]` for its owner; the row that a query gives has quotes and the owner's name.
# Fails when the name is in quotes. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'report@example.com';
const owner = { attributes: { type: 'User' }, Name: 'Ann' };
const account = { attributes: { type: 'Account' }, Name: 'Acme, Inc.', Website: 'acme.example.com', Owner: owner };
const columnMetadata = ['Name', 'Website', 'Owner'].map((columnName) => ({
  columnName,
  joinColumns: columnName === 'Owner' ? [{ columnName: 'Name', joinColumns: [] }] : [],
}));
const answer = ({ url }) => {
  if (url.includes('/search')) return { searchRecords: [account] };
  if (url.includes('columns=true')) return { columnMetadata };
  return { totalSize: 1, done: true, records: [account] };
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-data` });
const write = process.stdout.write.bind(process.stdout);
const fields = 'Name, Website, Owner.Name';
const options = ['--target-org', username, '--result-format', 'csv', '--query'];
let said = '';
process.stdout.write = (text) => (said += text);
await cli.runCommand('data:search', [...options, `FIND {acme} RETURNING Account(${fields})`]);
await cli.runCommand('data:query', [...options, `SELECT ${fields} FROM Account`]);
process.stdout.write = write;
console.log(`search, status ${process.exitCode ?? 0}:\n${readFileSync('Account.csv', 'utf8')}`);
console.log(`query:\n${said.slice(said.indexOf('Name,')).trim()}`);
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'search, status 0:
Name,Website,Owner
Acme, Inc.,acme.example.com,[object Object]
query:
Name,Website,Owner.Name
"Acme, Inc.",acme.example.com,Ann' ]
