#!/usr/bin/env bash
# simple-oauth2 5.1.0
# The answer to a renewal may have no refresh token: the old one stays valid (RFC 6749, section 6). The client keeps it
# for this case, but reads it from a property that does not exist, and the renewed token object has none: the first
# renewal of a session works, the second sends an empty refresh token. An integration passes its tests and stops when
# its second session ends.
# Seen: the endpoint gets refresh0, then nothing; the second renewal fails with 400.
# Fails when the refresh token is kept. Run by hand, outside CI; it needs npm, and the endpoint is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error simple-oauth2@5.1.0 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const http = require('node:http');
const { AuthorizationCode } = require('simple-oauth2');
const received = [];
let sessions = 0;
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    const parameters = new URLSearchParams(body);
    const login = parameters.get('grant_type') === 'authorization_code';
    if (!login) received.push(parameters.get('refresh_token') || 'nothing');
    response.setHeader('content-type', 'application/json');
    if (login || parameters.get('refresh_token') === 'refresh0') {
      sessions += 1;
      const id = `${base()}/id/00D000000000001AAA/005000000000001AAA`;
      const session = { access_token: `session${sessions}`, token_type: 'Bearer', issued_at: String(Date.now()) };
      const first = login && { refresh_token: 'refresh0' };
      response.end(JSON.stringify({ ...session, ...first, instance_url: base(), id }));
    } else {
      response.statusCode = 400;
      response.end('{"error":"invalid_grant","error_description":"expired access/refresh token"}');
    }
  });
});
const base = () => `http://127.0.0.1:${server.address().port}`;
server.listen(0, '127.0.0.1', async () => {
  const client = new AuthorizationCode({
    client: { id: 'app', secret: 'secret' }, auth: { tokenHost: base(), tokenPath: '/services/oauth2/token' },
  });
  let session = await client.getToken({ code: 'code', redirect_uri: 'http://localhost/callback' });
  for (let renewal = 0; renewal < 2; renewal += 1) {
    try {
      session = await session.refresh();
      console.log(`${session.token.access_token}, refresh token ${session.token.refresh_token}`);
    } catch (error) {
      console.log(error.message);
    }
  }
  console.log(`sent ${received.join(', ')}`);
  server.close();
  server.closeAllConnections();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "session2, refresh token undefined
Response Error: 400 Bad Request
sent refresh0, nothing" ]
