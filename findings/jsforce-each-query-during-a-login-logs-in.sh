#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# While a connection renews its session, further requests wait for it. A connection that was opened with a user's name
# and password is an exception: its renewal is a `login`, and this replaces what the others would wait for. Each request
# that is made in the meantime goes out with the ended session, is refused and logs in once more, and during that login
# the next one does the same. A busy service has dozens of logins of one user within a second, in the login history and
# against the limit of logins.
# Seen: five queries, each made while the login of the one before is under way, give five logins; with a refresh token
# they give one renewal.
# Fails when there are fewer logins. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const http = require('node:http');
const { setTimeout: wait } = require('node:timers/promises');
let sessions = 0;
let logins, valid, held, loginArrives;
const server = http.createServer((request, response) => {
  request.resume();
  request.on('end', async () => {
    response.setHeader('content-type', 'application/json');
    let answer = { totalSize: 0, done: true, records: [] };
    if (request.url === '/services/oauth2/token') {
      const session = `session${(sessions += 1)}`;
      logins += 1;
      loginArrives?.();
      await held;
      valid.add(session);
      const id = `${base()}/id/00D000000000001AAA/005000000000001AAA`;
      answer = { access_token: session, instance_url: base(), id };
    } else if (!valid.has((request.headers.authorization ?? '').replace('Bearer ', ''))) {
      response.statusCode = 401;
      answer = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
    }
    response.end(JSON.stringify(answer));
  });
});
const base = () => `http://127.0.0.1:${server.address().port}`;
server.listen(0, '127.0.0.1', async () => {
  const app = { clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback' };
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    for (const way of ['password', 'refresh token']) {
      const connection = new Connection({ oauth2: { loginUrl: base(), ...app }, instanceUrl: base(), version: '66.0' });
      [logins, valid, held] = [0, new Set(), undefined];
      if (way === 'password') await connection.login('sync@example.com', 'password');
      else connection.refreshToken = 'refresh';
      let release;
      [logins, valid, held] = [0, new Set(), new Promise((done) => (release = done))];
      const queries = [];
      for (let number = 0; number < 5; number += 1) {
        const arrives = new Promise((done) => (loginArrives = done));
        queries.push(connection.query('SELECT Id FROM Account').then((answer) => answer.done));
        await Promise.race([arrives, wait(1000)]);
      }
      release();
      const answers = await Promise.all(queries);
      console.log(`${name}, ${way}: ${answers.length} answers, ${logins} logins`);
    }
  }
  server.close();
  server.closeAllConnections();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "jsforce, password: 5 answers, 5 logins
jsforce, refresh token: 5 answers, 1 logins
@jsforce/jsforce-node, password: 5 answers, 5 logins
@jsforce/jsforce-node, refresh token: 5 answers, 1 logins" ]
