#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0)
# `sf org logout` says `Successfully logged out` and has only deleted the login on this machine. The org is not asked: the
# session goes on until its timeout and the refresh token stays valid, so a copy of either, in the variables of a CI job
# for instance, works as before. The command's help does not mention it. To end them is a task of its own: the token has
# to be revoked, before the logout, since the machine has forgotten it afterwards.
# Seen: the login is gone, the org got no request, and it still answers both the session and the refresh token.
# Fails when the logout asks the org. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0 node@24.21.0 >/dev/null
cat >run.mjs <<'JS'
import http from 'node:http';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';

const valid = new Set(['session', 'refresh']);
let requests = 0;
const server = http.createServer((request, response) => {
  requests += 1;
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    const parameters = new URLSearchParams(body);
    let answer = { totalSize: 0, done: true, records: [] };
    if (request.url.startsWith('/services/oauth2/revoke')) {
      valid.clear();
    } else if (request.url === '/services/oauth2/token') {
      if (!valid.has(parameters.get('refresh_token'))) response.statusCode = 400;
      const id = `${base()}/id/00D000000000001AAA/005000000000001AAA`;
      answer = { access_token: 'session', instance_url: base(), id };
    } else if (!valid.has((request.headers.authorization ?? '').replace('Bearer ', ''))) {
      response.statusCode = 401;
    }
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify(answer));
  });
});
const base = () => `http://127.0.0.1:${server.address().port}`;
const logins = async () => (await AuthInfo.listAllAuthorizations()).length;
server.listen(0, '127.0.0.1', async () => {
  const app = { clientId: 'app', clientSecret: 'secret', loginUrl: base() };
  const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options: { ...app, refreshToken: 'refresh' } });
  await login.save();
  console.log(`logins on this machine: ${await logins()}`);
  requests = 0;
  const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-auth` });
  await cli.runCommand('org:logout', ['--target-org', 'sync@example.com', '--no-prompt']);
  console.log(`logins on this machine: ${await logins()}, requests to the org: ${requests}`);
  const query = await fetch(`${base()}/services/data/v66.0/limits`, { headers: { authorization: 'Bearer session' } });
  const body = new URLSearchParams({ grant_type: 'refresh_token', refresh_token: 'refresh' });
  const renewal = await fetch(`${base()}/services/oauth2/token`, { method: 'POST', body });
  console.log(`session: ${query.status}, refresh token: ${renewal.status}`);
  server.close();
  server.closeAllConnections();
});
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = "logins on this machine: 1
Successfully logged out of orgs: sync@example.com
logins on this machine: 0, requests to the org: 0
session: 200, refresh token: 200" ]
