#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# When a session has expired, a connection renews it and repeats the request. The answer to a renewal names the org's
# instance, and the connection takes it, but the repeated request goes to the host of the first attempt, with the new
# token: after an org was moved or its My Domain renamed, the renewal succeeds and the request that caused it does not
# reach the org. All later requests go to the new host.
# Seen: the renewal names the new host; the repeated query asks the old one, and only the next query the new one.
# Fails when the repeated request goes to the new host. Run by hand, outside CI; it needs npm, and both hosts are local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const http = require('node:http');
const asked = [];
const hosts = {};
const address = (name) => `http://127.0.0.1:${hosts[name].address().port}`;
const host = (name) => {
  hosts[name] = http.createServer((request, response) => {
    response.setHeader('content-type', 'application/json');
    if (request.url === '/services/oauth2/token') {
      const id = `${address('old')}/id/00D000000000001AAA/005000000000001AAA`;
      response.end(JSON.stringify({ access_token: 'access1', instance_url: address('new'), id }));
      return;
    }
    asked.push(`${name} with ${request.headers.authorization.replace('Bearer ', '')}`);
    if (request.headers.authorization === 'Bearer access1') {
      response.end('{"totalSize":0,"done":true,"records":[]}');
    } else {
      response.statusCode = 401;
      response.end('[{"message":"Session expired or invalid","errorCode":"INVALID_SESSION_ID"}]');
    }
  });
  return new Promise((listens) => hosts[name].listen(0, '127.0.0.1', listens));
};
(async () => {
  await host('old');
  await host('new');
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    const connection = new Connection({
      oauth2: { loginUrl: address('old'), clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback' },
      instanceUrl: address('old'), accessToken: 'access0', refreshToken: 'refresh0', version: '66.0',
    });
    asked.length = 0;
    await connection.query('SELECT Id FROM Account');
    const taken = connection.instanceUrl === address('new') ? 'new' : 'old';
    await connection.query('SELECT Id FROM Account');
    console.log(`${name}: ${asked.join(', ')}; holds ${taken}`);
  }
  for (const server of Object.values(hosts)) {
    server.close();
    server.closeAllConnections();
  }
})();
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "jsforce: old with access0, old with access1, new with access1; holds new
@jsforce/jsforce-node: old with access0, old with access1, new with access1; holds new" ]
