#!/usr/bin/env bash
# passport-forcedotcom 0.2.1
# The strategy gives the application an access token that is an object with the whole answer of the token endpoint and a
# `toString`. A request in the callback works, since joining it to `Bearer ` makes a text of it. An application that
# keeps the token with the login session, in a store that writes JSON, gets an object without `toString` back, and sends
# `Bearer [object Object]` from the second request on. The refresh token is a text, and so is the access token of other
# strategies.
# Seen: in the callback `Bearer session1` is sent; after the token was written as JSON and read again,
# `Bearer [object Object]`.
# Fails when the token is a text. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error passport-forcedotcom@0.2.1 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const http = require('node:http');
const { Strategy } = require('passport-forcedotcom');
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  let answer = {};
  if (request.url === '/services/oauth2/token') {
    const id = `${base()}/id/00D000000000001AAA/005000000000001AAA`;
    answer = { access_token: 'session1', refresh_token: 'refresh', token_type: 'Bearer', instance_url: base(), id };
  } else if (request.url.startsWith('/id/')) {
    answer = { organization_id: '00D000000000001AAA', user_id: '005000000000001AAA', urls: {} };
  } else {
    console.log(`sent ${request.headers.authorization}`);
  }
  response.end(JSON.stringify(answer));
});
const base = () => `http://127.0.0.1:${server.address().port}`;
const query = (token) => fetch(`${base()}/services/data`, { headers: { authorization: `Bearer ${token}` } });
server.listen(0, '127.0.0.1', () => {
  const endpoints = { authorizationURL: `${base()}/services/oauth2/authorize`, tokenURL: `${base()}/services/oauth2/token` };
  const app = { clientID: 'app', clientSecret: 'secret', callbackURL: 'http://localhost/callback' };
  const strategy = new Strategy({ ...app, ...endpoints }, (accessToken, refreshToken, _profile, done) => {
    console.log(`access token: ${typeof accessToken}, refresh token: ${typeof refreshToken}`);
    done(null, { accessToken, refreshToken });
  });
  strategy.success = async (user) => {
    await query(user.accessToken);
    await query(JSON.parse(JSON.stringify(user)).accessToken);
    server.close();
    server.closeAllConnections();
  };
  strategy.error = (error) => {
    throw error;
  };
  strategy.authenticate({ query: { code: 'code' }, headers: {}, session: {} });
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "access token: object, refresh token: string
sent Bearer session1
sent Bearer [object Object]" ]
