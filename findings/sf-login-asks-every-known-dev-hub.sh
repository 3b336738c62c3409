#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0)
# After a login to an org that is no Dev Hub, sandbox or scratch org, `sf org login` asks each Dev Hub that this machine
# has a login for whether the new org is one of its scratch orgs, though the new org has just said that it is none. It
# does so with the sessions of these Dev Hubs, and renews those that have ended. Who works for several customers gives
# the id of one customer's org to the orgs of the others, and leaves a renewal and requests there on a day without any
# work for them. The command's help does not mention it. With SF_SKIP_SCRATCH_ORG_CHECK=true it does not happen.
# Seen: a login to a production org renews the sessions of both known Dev Hubs and asks both for the org's id; a login
# to a sandbox, and one with the variable, ask none.
# Fails when no Dev Hub is asked. Run by hand, outside CI; it needs npm, and nothing is sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error \
    @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0 node@24.21.0 >/dev/null
cat >run.mjs <<'JS'
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { PassThrough } from 'node:stream';
import { Config as Cli } from '@oclif/core';
import { AuthInfo, MyDomainResolver } from '@salesforce/core';

const { default: Transport } = createRequire(import.meta.url)('@jsforce/jsforce-node/lib/transport');
const hubs = ['hub-a', 'hub-b'];
const isSandbox = process.argv[2] === 'a sandbox';
const ids = { 'hub-a': '00D000000000001', 'hub-b': '00D000000000002', customer: '00D000000000003' };
const organization = {
  IsSandbox: isSandbox, TrialExpirationDate: null, NamespacePrefix: null, OrganizationType: 'Enterprise Edition',
};
const sessions = {};
const asked = new Set();
const answer = (request) => {
  const url = new URL(request.url);
  const org = url.hostname.split('.')[0];
  const query = url.searchParams.get('q') ?? '';
  const headers = new Headers(request.headers);
  if (url.pathname === '/services/oauth2/token') {
    asked.add(`${org} renews`);
    sessions[org] = (sessions[org] ?? 0) + 1;
    const id = `${url.origin}/id/${ids[org]}AAA/005000000000001AAA`;
    return [200, { access_token: `${org}${sessions[org]}`, instance_url: url.origin, id }];
  }
  if (url.pathname === '/services/data') return [200, [{ version: '66.0' }]];
  if (headers.get('authorization') !== `Bearer ${org}${sessions[org]}`)
    return [401, [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }]];
  const about = { Username: `admin@${org}.example.com`, organization_id: ids[org], user_id: '005000000000001' };
  if (query.includes('Organization'))
    return [200, { totalSize: 1, done: true, records: [{ ...organization, Name: org }] }];
  if (query.includes('ScratchOrgInfo') && org === 'customer')
    return [400, [{ message: 'sObject type is not supported', errorCode: 'INVALID_TYPE' }]];
  if (query.includes(ids.customer)) asked.add(`${org} is asked for ${ids.customer}`);
  return [200, { totalSize: 0, done: true, records: [], ...about }];
};
Transport.prototype.httpRequest = (request) => {
  const [statusCode, body] = answer(request);
  const response = { statusCode, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  return Object.assign(Promise.resolve(response), { stream: () => new PassThrough() });
};
MyDomainResolver.prototype.resolve = async () => '127.0.0.1';
for (const hub of hubs) {
  const app = { clientId: 'app', clientSecret: 'secret', loginUrl: `https://${hub}.my.salesforce.com` };
  const oauth2Options = { ...app, refreshToken: 'refresh' };
  await (await AuthInfo.create({ username: `admin@${hub}.example.com`, oauth2Options })).save();
  sessions[hub] = 100;
}
asked.clear();
fs.writeFileSync('url.txt', 'force://app:secret:refresh@customer.my.salesforce.com');
const cli = await Cli.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-auth` });
const { isDevHub } = await cli.runCommand('org:login:sfdx-url', ['--sfdx-url-file', 'url.txt', '--json']);
asked.delete('customer renews');
console.error(`${process.argv[2]} (Dev Hub: ${isDevHub}): ${[...asked].sort().join(', ') || 'no other org is asked'}`);
JS
export SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
login() {
    mkdir "$1"
    HOME=$work/$1 node_modules/.bin/node run.mjs "$2" 2>&1 >/dev/null
}
seen=$(
    login one 'a production org'
    login two 'a sandbox'
    SF_SKIP_SCRATCH_ORG_CHECK=true login three 'a production org'
)
printf '%s\n' "$seen"
[ "$seen" = "a production org (Dev Hub: false): hub-a is asked for 00D000000000003, hub-a renews, \
hub-b is asked for 00D000000000003, hub-b renews
a sandbox (Dev Hub: false): no other org is asked
a production org (Dev Hub: false): no other org is asked" ]
