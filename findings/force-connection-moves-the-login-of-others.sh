#!/usr/bin/env bash
# force 0.0.3
# A connection takes the address of the login as an option (`loginUri`), for a My Domain or a stand-in. The package
# keeps it for all connections of the process: the newest one that has the option moves the logins of those that were
# made before. A service that works with two orgs sends the secret of one org's app, and the user's password, to the
# login of the other. Where that org knows both, the connection has a session of the other org, and says nothing. The
# order in which connections are made decides which one is wrong.
# Seen: two connections, each with the address of its own org: both log in at the second one, the first with the first
# org's app and password, and both get a session of the second org.
# Fails when each logs in at its own org. Run by hand, outside CI; it needs npm, and the servers are local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" force@0.0.3
cat >run.js <<'JS'
const force = require('force');
const Org = require('./org.js');

const asked = [];
const open = async (name) => {
  const see = (_request, body) => {
    const form = new URLSearchParams(body);
    asked.push(`${name} was asked by ${form.get('client_id')} with ${form.get('client_secret')}`);
  };
  const org = new Org({ see });
  await org.open();
  return org;
};
const login = (connection) => new Promise((done) => {
  connection.authenticate({ username: 'sync@example.com', password: 'password' }, (error, oauth) => done(oauth));
});
Promise.all(['sales', 'support'].map(open)).then(async (orgs) => {
  const names = ['sales', 'support'];
  const connections = orgs.map(({ url }, index) => force.createConnection({
    clientId: `the app of ${names[index]}`, clientSecret: `the secret of ${names[index]}`,
    redirectUri: 'https://app.example.com/callback', loginUri: `${url}/services/oauth2/token`,
  }));
  for (const connection of connections) {
    const { instance_url: host } = await login(connection);
    console.log(`${asked.pop()}: the session is for ${names[orgs.findIndex(({ url }) => url === host)]}`);
  }
  for (const org of orgs) org.close();
});
JS
seen=$(node_modules/.bin/node --no-deprecation run.js)
printf '%s\n' "$seen"
[ "$seen" = 'support was asked by the app of sales with the secret of sales: the session is for support
support was asked by the app of support with the secret of support: the session is for support' ]
