#!/usr/bin/env bash
# node-salesforce-connection 2.3.1
# `oauthToken` logs a connection in, and is also how its session is renewed. It first sets the connection to the host of
# the login, and takes the session away. When the login is refused, as by a service that is down for a moment, the
# connection stays like that: a session that was still valid is gone, and each later request goes to the login host,
# without a session and with the record in it, until a login succeeds. A program that renews ahead of time, so as never
# to be without a session, is without one then.
# Seen: before, a record is sent to the org; after a refused renewal, to the login host, without a session; the org still
# accepts the session of before.
# Fails when the connection keeps its host or its session. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" node-salesforce-connection@2.3.1
cat >run.js <<'JS'
const http = require('node:http');
const https = require('node:https');
const SalesforceConnection = require('node-salesforce-connection');
const Org = require('./org.js');

const [login, host] = ['login.salesforce.com', 'acme.my.salesforce.com'];
let refused = false;
const org = new Org({
  login: () => {
    if (!refused) return { instance_url: `https://${host}` };
    org.current = 'session1';
    return { error: 'temporarily_unavailable' };
  },
  answer: () => ({ id: '00Q000000000001AAA', success: true, errors: [] }),
});
org.open().then(async () => {
  // All hosts are the local server.
  https.request = (options, answered) => {
    if (!options.path.startsWith('/services/oauth2')) {
      console.log(`  to ${options.host}, ${options.headers.Authorization ?? 'without a session'}`);
    }
    return http.request({ ...options, host: '127.0.0.1', port: org.server.address().port }, answered);
  };
  const connection = new SalesforceConnection();
  const renew = () => connection.oauthToken(login, { grant_type: 'refresh_token', refresh_token: 'refresh' });
  const create = async (about) => {
    console.log(about);
    const body = { LastName: 'Acme', Company: 'Acme' };
    const sent = connection.rest('/services/data/v66.0/sobjects/Lead/', { method: 'POST', body });
    await sent.then(() => console.log('  created'), ({ detail }) => console.log(`  ${detail[0].errorCode}`));
  };
  await renew();
  await create('with a session');
  const session = connection.sessionId;
  refused = true;
  await renew().catch(({ detail }) => console.log(`renewal refused: ${detail.error}`));
  await create('after a refused renewal');
  connection.instanceHostname = host;
  connection.sessionId = session;
  await create('with host and session set again');
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'with a session
  to acme.my.salesforce.com, Bearer session1
  created
renewal refused: temporarily_unavailable
after a refused renewal
  to login.salesforce.com, without a session
  INVALID_SESSION_ID
with host and session set again
  to acme.my.salesforce.com, Bearer session1
  created' ]
