#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# `authorize` also takes the client credentials flow, which has no refresh token and does not need one: who has the
# client's secret logs in again. A connection renews a session with the refresh token alone, though. When the session
# has ended, its query is not repeated after a login, and the error is about the missing refresh token: that the org
# said `INVALID_SESSION_ID` is lost, so a program that looks for this code to log in again does not find it. A user's
# name and password are asked for again without further ado.
# Seen: after the end of the session the query raises an error without a code and without a login; with `login` there
# is a second login, and the query is answered.
# Fails when the query is answered or the code is there. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');
const org = new Org();
const ways = {
  'client credentials': (connection) => connection.authorize({ grant_type: 'client_credentials' }),
  'name and password': (connection) => connection.login('sync@example.com', 'password'),
};
org.open().then(async () => {
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    for (const [about, logIn] of Object.entries(ways)) {
      const app = { clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback' };
      const connection = new Connection({ oauth2: { loginUrl: org.url, ...app }, version: '66.0' });
      org.sessions = 0;
      await logIn(connection);
      org.expire();
      const said = await connection.query('SELECT Id FROM Account').then(
        () => 'answered',
        (error) => `${error.errorCode}, ${error.message}`,
      );
      console.log(`${name}, ${about}: ${said}, ${org.sessions} logins`);
    }
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
lost='undefined, Unable to refresh session due to: No refresh token found in the connection'
[ "$seen" = "jsforce, client credentials: $lost, 1 logins
jsforce, name and password: answered, 2 logins
@jsforce/jsforce-node, client credentials: $lost, 1 logins
@jsforce/jsforce-node, name and password: answered, 2 logins" ]
