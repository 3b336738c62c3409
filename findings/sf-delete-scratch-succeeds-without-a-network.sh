#!/usr/bin/env bash
# @salesforce/plugin-org 7.0.2 (with @salesforce/core 9.4.0)
# `sf org delete scratch` asks the Dev Hub to delete a scratch org, and removes the login on this machine. When the
# name of the org's host is not found, the command takes the org for expired: it removes the login without asking the
# Dev Hub, says `Successfully marked scratch org ... for deletion` and ends with status 0. A name is not found, either,
# while the machine has no network or its name server does not answer. The org goes on, and the login with which one
# could look at it is gone. Where the host is found and the Dev Hub refuses, the command fails and keeps the login.
# Seen: of three scratch orgs one is deleted in the Dev Hub; for one the Dev Hub refuses, the command fails and the
# login is there; for one with a host that has no address, the Dev Hub is not asked, the command says that it was
# successful, and the login is gone.
# Fails when the third command fails or asks the Dev Hub. Run by hand, outside CI; it needs npm, and the server is
# local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-org@7.0.2 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const hub = 'hub@example.com';
let asked;
const answer = ({ method, url }, body, response) => {
  const query = decodeURIComponent(url).replaceAll('+', ' ');
  if (method === 'DELETE') {
    asked = true;
    const isRefused = url.endsWith('2SR000000000002AAA');
    response.statusCode = isRefused ? 400 : 204;
    return isRefused && [{ errorCode: 'INSUFFICIENT_ACCESS_OR_READONLY', message: 'insufficient access rights' }];
  }
  const [, number] = query.match(/FROM ActiveScratchOrg WHERE SignupUsername='scratch(\d)/) ?? [];
  return number && { totalSize: 1, done: true, records: [{ Id: `2SR00000000000${number}AAA` }] };
};
const id = (username) => `00D00000000000${username.match(/\d/)?.[0] ?? 9}AAA`;
const login = (request) => ({ id: `https://login.invalid/id/${id(request.get('refresh_token'))}/005000000000001AAA` });
const org = new Org({ answer, login });
await org.open();
const save = async (username, fields) => {
  const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: username };
  const info = await AuthInfo.create({ username, oauth2Options });
  await info.save(fields);
};
await save(hub, { isDevHub: true });
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-org` });
const write = process.stdout.write.bind(process.stdout);
for (const [number, instanceUrl] of [[1, org.url], [2, org.url], [3, 'https://acme.invalid']]) {
  const username = `scratch${number}@example.com`;
  const about = { isScratch: true, isDevHub: false, devHubUsername: hub };
  await save(username, { ...about, instanceUrl, loginUrl: instanceUrl });
  asked = false;
  process.exitCode = 0;
  let said = '';
  process.stdout.write = (text) => (said += text);
  const flags = ['--target-org', username, '--no-prompt'];
  const { name } = await cli.runCommand('org:delete:scratch', flags).catch((error) => error);
  process.stdout.write = write;
  const isThere = (await AuthInfo.listAllAuthorizations()).some((info) => info.username === username);
  const outcome = said.match(/Successfully \w+/)?.[0] ?? name ?? 'no message';
  const parts = [`Dev Hub ${asked ? 'asked' : 'not asked'}`, outcome, `status ${process.exitCode}`];
  console.log(`${number}: ${parts.join(', ')}, login ${isThere ? 'there' : 'gone'}`);
}
process.exitCode = 0;
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
export SFDX_DOMAIN_RETRY=1
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = '1: Dev Hub asked, no message, status 0, login gone
2: Dev Hub asked, InsufficientAccessToDeleteError, status 1, login there
3: Dev Hub not asked, Successfully marked, status 0, login gone' ]
