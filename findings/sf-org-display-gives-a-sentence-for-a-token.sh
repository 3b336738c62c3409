#!/usr/bin/env bash
# @salesforce/plugin-org 7.0.2 and django-salesforce 6.0
# `sf org display --json` was the way for a program to get the session of a user of the CLI. By its help the output still
# includes the access token. It ends with status 0, and `accessToken` is a sentence that names another command. A program
# that was not changed takes the sentence for the session, as SfdxOrgAuth of django-salesforce does: the org refuses
# each request, the program asks the CLI for a new session, and gets the sentence again.
# Seen: status 0 and the sentence; django-salesforce sends `OAuth [REDACTED] Use ...` before and after a renewal;
# `sf org auth show-access-token --json` gives the token.
# Fails when the token is given or the sentence is not sent. Run by hand, outside CI; it needs npm, Python and pip, and
# the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/plugin-org@7.0.2 @salesforce/core@9.4.0 node@24.21.0 >/dev/null
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check django-salesforce==6.0 requests==2.34.2
mkdir bin
cat >bin/cli.mjs <<'JS'
import { Config } from '@oclif/core';

const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-org` });
const [command, ...options] = process.argv.slice(2);
await cli.runCommand(command, options);
JS
printf '#!/bin/sh\nexec node_modules/.bin/node bin/cli.mjs "$@"\n' >bin/sfdx
chmod +x bin/sfdx
cat >run.py <<'P'
import requests
from salesforce.auth import SfdxOrgAuth

auth = SfdxOrgAuth('salesforce', {'USER': 'sync@example.com'})
print('sent:', auth(requests.Request('GET', 'https://acme.my.salesforce.com').prepare()).headers['Authorization'])
auth.reauthenticate()
print('sent:', auth(requests.Request('GET', 'https://acme.my.salesforce.com').prepare()).headers['Authorization'])
P
cat >run.mjs <<'JS'
import { execFile } from 'node:child_process';
import http from 'node:http';
import { promisify } from 'node:util';
import { AuthInfo } from '@salesforce/core';

const run = promisify(execFile);
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  let answer = { totalSize: 0, done: true, records: [] };
  if (request.url === '/services/data') answer = [{ version: '66.0' }];
  if (request.url.endsWith('/userinfo')) {
    answer = { preferred_username: 'sync@example.com', organization_id: '00D000000000001', user_id: '005000000000001' };
  }
  response.end(JSON.stringify(answer));
});
server.listen(0, '127.0.0.1', async () => {
  const instanceUrl = `http://127.0.0.1:${server.address().port}`;
  const accessToken = '00D000000000001!session';
  const login = await AuthInfo.create({
    username: 'sync@example.com', accessTokenOptions: { accessToken, instanceUrl, loginUrl: instanceUrl },
  });
  await login.save({ username: 'sync@example.com' });
  for (const command of ['org:display', 'org:auth:show-access-token']) {
    const { stdout } = await run('bin/sfdx', [command, '--json', '--target-org', 'sync@example.com']);
    const { status, result } = JSON.parse(stdout);
    console.log(`${command}: ${status}, ${result.accessToken}`);
  }
  const { stdout } = await run('python/bin/python', ['run.py']);
  process.stdout.write(stdout);
  server.close();
  server.closeAllConnections();
});
JS
export HOME=$work PATH=$work/bin:$PATH SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true NODE_NO_WARNINGS=1
seen=$(SF_USE_GENERIC_UNIX_KEYCHAIN=true node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = "org:display: 0, [REDACTED] Use 'sf org auth show-access-token' to view
org:auth:show-access-token: 0, 00D000000000001!session
sent: OAuth [REDACTED] Use 'sf org auth show-access-token' to view
sent: OAuth [REDACTED] Use 'sf org auth show-access-token' to view" ]
