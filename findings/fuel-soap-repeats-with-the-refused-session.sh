#!/usr/bin/env bash
# fuel-soap 2.2.4 (with fuel-auth 3.3.0)
# Salesforce's SOAP client for Marketing Cloud repeats a request when the answer is `Token Expired`. Before that it
# asks fuel-auth for a session, which goes by its own clock: as long as the time of the login's answer is not over, it
# gives the session that it has, the one that was just refused. The repetition fails in the same way, and so does each
# request until that time is over. A session may end early, as when the installed package is changed or the machine's
# clock is late.
# Seen: after the end of the session each of two requests is sent twice with it, without a login, and fails with `Token
# Expired`; a request after the time of the session logs in and is answered.
# Fails when the repetition has another session. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" fuel-soap@2.2.4
cat >run.js <<'JS'
const http = require('node:http');
const FuelSoap = require('fuel-soap');

let sessions = 0;
let current;
let sent = [];
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    if (request.url === '/v2/token') {
      current = `session${(sessions += 1)}`;
      const answer = { access_token: current, expires_in: 1080, soap_instance_url: `${url()}/` };
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(answer));
      return;
    }
    sent.push(body.match(/session\d/)[0]);
    const fault = '<soap:Fault><faultcode>soap:Client</faultcode><faultstring>Token Expired</faultstring></soap:Fault>';
    const good = '<RetrieveResponseMsg><OverallStatus>OK</OverallStatus></RetrieveResponseMsg>';
    const answer = sent.at(-1) === current ? good : fault;
    response.setHeader('content-type', 'text/xml');
    const ns = 'xmlns:soap="http://schemas.xmlsoap.org/soap/envelope/"';
    response.end(`<soap:Envelope ${ns}><soap:Body>${answer}</soap:Body></soap:Envelope>`);
  });
});
const url = () => `http://127.0.0.1:${server.address().port}`;
let minute = 0;
process.hrtime = () => [minute * 60, 0];
server.listen(0, '127.0.0.1', async () => {
  const app = { clientId: 'app', clientSecret: 'secret', authUrl: `${url()}/v2/token` };
  const client = new FuelSoap({ auth: { ...app, authOptions: { authVersion: 2, accountId: 7001 } } });
  const retrieve = () => new Promise((done) => {
    client.retrieve('List', ['ListName'], (error) => {
      const said = error?.message ?? 'answered';
      console.log(`minute ${minute}: ${said}; sent with ${sent.join(', ')}; ${sessions} logins`);
      sent = [];
      done();
    });
  });
  await retrieve();
  current = undefined;
  for (minute of [1, 5, 19]) await retrieve();
  server.close();
  server.closeAllConnections();
});
JS
seen=$(node_modules/.bin/node --no-deprecation run.js)
printf '%s\n' "$seen"
[ "$seen" = 'minute 0: answered; sent with session1; 1 logins
minute 1: Token Expired; sent with session1, session1; 1 logins
minute 5: Token Expired; sent with session1, session1; 1 logins
minute 19: answered; sent with session2; 2 logins' ]
