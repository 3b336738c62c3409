#!/usr/bin/env bash
# @salesforce/plugin-packaging 3.0.14 (with @salesforce/core 9.4.0)
# `sf package push-upgrade schedule` takes the orgs that should get a new version of a package from a file, with one org
# id in each line. An id is written with 15 characters or with 18; `--package` of the same command takes both. Of the
# file only ids with 15 are taken. The others are left out without a word, and so are lines with a space at their end:
# the upgrade is scheduled for the rest, with status 0, and the customers whose ids came from a query keep the old
# version. Where all of them are long, an upgrade of no orgs is scheduled. In `--org-list` the same ids are all taken.
# Seen: of a file with a short id, a long one and one with a space behind it the org is sent the first one; of the same
# ids as a list all three; of a file with long ids alone none, and the command says that it has been scheduled.
# Fails when the long id is taken from the file. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-packaging@3.0.14 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'hub@example.com';
const job = { id: '750000000000001AAA', state: 'JobComplete', numberRecordsProcessed: 1, numberRecordsFailed: 0 };
let sent;
const answer = ({ method, url }, body, response) => {
  if (method === 'PUT') {
    sent = body.split('\n').slice(1).filter(Boolean).map((row) => row.split(',').at(-1));
    response.statusCode = 201;
    return '';
  }
  response.setHeader('content-type', url.endsWith('Results') ? 'text/csv' : 'application/json');
  if (url.endsWith('Results')) return '"sf__Id","sf__Error"\n';
  if (url.includes('/jobs/ingest')) return job;
  if (url.includes('/packagepushrequest')) return { id: '0DV000000000001AAA', success: true, errors: [] };
  return url === '/services/data' ? [{ version: '66.0' }] : undefined;
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save({ isDevHub: true });
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-packaging` });
const write = process.stdout.write.bind(process.stdout);
const ids = ['00D000000000001', '00D000000000002AAA', '00D000000000003 '];
writeFileSync('orgs.csv', ids.map((id) => `${id}\n`).join(''));
writeFileSync('long.csv', `${ids[1]}\n`);
const command = ['--target-dev-hub', username, '--package', '04t000000000001AAA'];
for (const [flag, value] of [['--org-file', 'orgs.csv'], ['--org-list', ids.join()], ['--org-file', 'long.csv']]) {
  sent = [];
  let said = '';
  process.stdout.write = (text) => (said += text);
  await cli.runCommand('package:push-upgrade:schedule', [...command, flag, value]);
  process.stdout.write = write;
  const [, scheduled] = said.match(/(has been scheduled)/) ?? [];
  const from = flag === '--org-file' ? `${flag} ${value}` : flag;
  console.log(`${from}: ${scheduled}, sent ${sent.join(' ') || 'none'}, status ${process.exitCode ?? 0}`);
}
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = '--org-file orgs.csv: has been scheduled, sent 00D000000000001, status 0
--org-list: has been scheduled, sent 00D000000000001 00D000000000002AAA 00D000000000003, status 0
--org-file long.csv: has been scheduled, sent none, status 0' ]
