#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# `sf data export bulk` writes the records of a query into a file, as CSV or as JSON. A CSV file is replaced if it is
# there. A JSON file is not: the next run's list is written behind the one of the last run, and such a file is no JSON.
# The list is also ended with the last record alone: where the query finds none, the file is an opening bracket. The
# command says that it wrote the records and ends with status 0; the job of the night that reads the file fails on the
# second night, or on the first on which there is nothing to report. And `--line-ending LF` asks the org for CRLF.
# Seen: two runs with two records leave a CSV file with two lines below its head, and a JSON file with two lists, which
# is not parsed; without records the JSON file is `[`. The org is asked for CRLF whether LF or CRLF is given.
# Fails when the second JSON file or the empty one is JSON. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const rows = ['"Alias"', '"ann"', '"bob"'];
let count;
let asked;
const org = new Org({
  answer: ({ method, url }, body, response) => {
    const job = { id: '750000000000001AAA', operation: 'query', object: 'User', state: 'UploadComplete' };
    if (method === 'POST') {
      asked = JSON.parse(body).lineEnding;
      return job;
    }
    if (!url.endsWith('/results')) return { ...job, state: 'JobComplete', numberRecordsProcessed: count };
    response.setHeader('content-type', 'text/csv');
    response.setHeader('sforce-locator', 'null');
    response.setHeader('sforce-numberofrecords', String(count));
    return `${rows.slice(0, count + 1).join('\n')}\n`;
  },
});
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-data` });
const write = process.stdout.write.bind(process.stdout);
const run = async (records, file, ...flags) => {
  count = records;
  process.stdout.write = () => true;
  const words = ['--query', 'SELECT Alias FROM User', '--output-file', file, '--wait', '5', ...flags];
  await cli.runCommand('data:export:bulk', ['--target-org', 'sync@example.com', ...words]);
  process.stdout.write = write;
  const text = readFileSync(file, 'utf8');
  let is = `${text.split('\n').length - 2} lines below the head`;
  if (file.endsWith('json')) {
    try {
      is = `JSON of ${JSON.parse(text).length}`;
    } catch {
      is = `no JSON: ${text.replaceAll(/\s/g, '')}`;
    }
  }
  console.log(`${[file, ...flags.slice(2)].join(' ')}: ${is}`);
};
for (const file of ['users.csv', 'users.json']) {
  const format = ['--result-format', file.split('.')[1]];
  await run(2, file, ...format);
  await run(2, file, ...format);
}
await run(0, 'none.json', '--result-format', 'json');
for (const ending of ['LF', 'CRLF']) {
  await run(2, 'ending.csv', '--result-format', 'csv', '--line-ending', ending);
  console.log(`  the org is asked for ${asked}`);
}
console.log(`status ${process.exitCode ?? 0}`);
process.exit(process.exitCode);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'users.csv: 2 lines below the head
users.csv: 2 lines below the head
users.json: JSON of 2
users.json: no JSON: [{"Alias":"ann"},{"Alias":"bob"}][{"Alias":"ann"},{"Alias":"bob"}]
none.json: no JSON: [
ending.csv --line-ending LF: 2 lines below the head
  the org is asked for CRLF
ending.csv --line-ending CRLF: 2 lines below the head
  the org is asked for CRLF
status 0' ]
