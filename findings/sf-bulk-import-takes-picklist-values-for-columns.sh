#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# `sf data import bulk` and `sf data update bulk` find out by themselves what separates the columns of a CSV file, and
# tell it to the org. They count the possible characters in the first five lines, all together, and take the most
# frequent one. The values of a multi-select picklist have semicolons between them, a path or a URL may have `|`: in a
# file of few columns such a value outvotes the commas. The org is told that a file with the head `Id,Interests__c` is
# separated by semicolons, and gets one column of the name `Id,Interests__c`. A file works until the values in its
# first rows are many. The semicolons need no quotes in the file, as a CSV with commas wants none. `--column-delimiter
# COMMA` helps.
# Seen: with up to one semicolon in each row the org is told COMMA, with two it is told SEMICOLON, for the same file
# otherwise; with the values in quotes it is told COMMA, and with the option, too.
# Fails when the second file is one with commas. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

let asked;
const org = new Org({
  answer: ({ method, url }, body) => {
    if (url === '/services/data') return [{ version: '66.0' }];
    if (method === 'POST') asked = JSON.parse(body).columnDelimiter;
    return { id: '750000000000001AAA', operation: 'update', object: 'Contact', state: 'UploadComplete' };
  },
});
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-data` });
const write = process.stdout.write.bind(process.stdout);
const run = async (value, ...flags) => {
  const rows = [1, 2, 3, 4].map((row) => `00300000000000${row}AAA,${value}\n`);
  writeFileSync('contacts.csv', `Id,Interests__c\n${rows.join('')}`);
  process.stdout.write = () => true;
  const file = ['--sobject', 'Contact', '--file', 'contacts.csv', '--line-ending', 'LF'];
  await cli.runCommand('data:update:bulk', ['--target-org', 'sync@example.com', ...file, ...flags]);
  process.stdout.write = write;
  console.log(`${[value, ...flags].join(' ')}: ${asked}`);
};
await run('Golf;Tennis');
await run('Golf;Tennis;Chess');
await run('"Golf;Tennis;Chess"');
await run('Golf;Tennis;Chess', '--column-delimiter', 'COMMA');
process.exit(process.exitCode);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'Golf;Tennis: COMMA
Golf;Tennis;Chess: SEMICOLON
"Golf;Tennis;Chess": COMMA
Golf;Tennis;Chess --column-delimiter COMMA: COMMA' ]
