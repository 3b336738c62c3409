#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# A token endpoint may answer a refresh with a new refresh token, and the client has to use that one from then on
# (RFC 6749, section 6). A connection takes the new access token and keeps the old refresh token: with an app that
# rotates refresh tokens, its second renewal sends one that has been replaced. The `refresh` event has the new token,
# but nothing puts it into the connection.
# Seen: the endpoint returns refresh1 and refresh2, the connection sends refresh0 twice and still holds it.
# Fails when the new token is used. Run by hand, outside CI; it needs npm, and the endpoint is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');
const received = [];
const org = new Org({
  login: (parameters) => ({ refresh_token: `refresh${received.push(parameters.get('refresh_token'))}` }),
});
org.open().then(async () => {
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    received.length = 0;
    const { Connection } = require(name);
    const connection = new Connection({
      oauth2: { loginUrl: org.url, clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback' },
      instanceUrl: org.url, accessToken: 'access0', refreshToken: 'refresh0', version: '66.0',
    });
    let told;
    connection.on('refresh', (_accessToken, answer) => (told = answer.refresh_token));
    for (let session = 0; session < 2; session += 1) {
      org.expire();
      await connection.query('SELECT Id FROM Account');
    }
    console.log(`${name}: sent ${received.join(' ')}, told ${told}, holds ${connection.refreshToken}`);
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "jsforce: sent refresh0 refresh0, told refresh2, holds refresh0
@jsforce/jsforce-node: sent refresh0 refresh0, told refresh2, holds refresh0" ]
