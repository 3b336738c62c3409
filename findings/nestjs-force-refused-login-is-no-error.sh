#!/usr/bin/env bash
# @ntegral/nestjs-force 2.0.0 (with jsforce 1.11.1 and NestJS 11.1.9)
# The module logs an application in to an org when it starts, with the name and the password of a user. It does not
# wait for the login: the application has started, and what it asks the org for at once fails, as there is no address
# of an org yet. A login that the org refuses is no error either: the promise that the login is waited for by
# (`initialization`) is kept, and the reason is not printed. So an application with a wrong password starts, counts as
# healthy, and fails at each of its queries with `Invalid URI`, which nobody takes for a password.
# Seen: with the right password a query at the start fails, and one after `initialization` is answered. With a wrong
# one the org refuses the login, the application starts, `initialization` is kept, and the query after it fails.
# Fails when the start waits for the login or `initialization` is broken. Run by hand, outside CI; it needs npm, and
# the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @ntegral/nestjs-force@2.0.0 jsforce@1.11.1 @nestjs/core@11.1.9 @nestjs/common@11.1.9 \
    rxjs@7.8.2 reflect-metadata@0.2.2
cat >run.js <<'JS'
require('reflect-metadata');
const { Module } = require('@nestjs/common');
const { NestFactory } = require('@nestjs/core');
const { JSFORCE_TOKEN, JsForceModule } = require('@ntegral/nestjs-force');
const Org = require('./org.js');

const soap = (body) => {
  const ns = 'xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"';
  return `<soapenv:Envelope ${ns}><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
};
const invalid = '<faultcode>INVALID_LOGIN</faultcode><faultstring>INVALID_LOGIN: Invalid password</faultstring>';
const run = async (password) => {
  let refused = 0;
  const org = new Org({
    ended: (_request, response) => {
      if (password !== 'right') {
        response.statusCode = 500;
        refused += 1;
        return soap(`<soapenv:Fault>${invalid}</soapenv:Fault>`);
      }
      response.statusCode = 200;
      org.current = 'session';
      const server = `<serverUrl>${org.url}/services/Soap/u/42.0</serverUrl><sessionId>session</sessionId>`;
      const user = '<userInfo><organizationId>00D000000000001AAA</organizationId></userInfo>';
      const result = `${server}<userId>005000000000001AAA</userId>${user}`;
      return soap(`<loginResponse><result>${result}</result></loginResponse>`);
    },
  });
  await org.open();
  class App {}
  const login = { username: 'sync@example.com', password, options: { loginUrl: org.url } };
  Module({ imports: [JsForceModule.forRoot(login)] })(App);
  const app = await NestFactory.createApplicationContext(App, { logger: false });
  console.log(`${password} password: the application has started`);
  const client = app.get(JSFORCE_TOKEN);
  const ask = async (when) => {
    const query = client.conn.query('SELECT Id FROM User');
    const said = await query.then(() => 'answered', ({ message }) => message.slice(0, 11));
    console.log(`  a query ${when}: ${said}`);
  };
  await ask('at the start');
  const kept = await client.initialization.then(() => 'kept', () => 'broken');
  console.log(`  initialization: ${kept}; ${refused} refused logins`);
  await ask('after it');
  org.close();
};
(async () => {
  for (const password of ['right', 'wrong']) await run(password);
})();
JS
seen=$(node_modules/.bin/node --no-deprecation run.js 2>log)
seen+=$'\n'"lines with the reason: $(grep -c 'Invalid password' log || true)"
printf '%s\n' "$seen"
[ "$seen" = 'right password: the application has started
  a query at the start: Invalid URI
  initialization: kept; 0 refused logins
  a query after it: answered
wrong password: the application has started
  a query at the start: Invalid URI
  initialization: kept; 1 refused logins
  a query after it: Invalid URI
lines with the reason: 0' ]
