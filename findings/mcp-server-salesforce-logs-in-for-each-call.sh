#!/usr/bin/env bash
# @tsmztech/mcp-server-salesforce 0.0.6
# The server runs as long as its client and answers one call of a tool after the other. Each call makes a connection of
# its own: with a user's name and password it logs in, and the session is neither used again nor ended. A model that
# looks at twenty records leaves twenty sessions, which last until the org's timeout, and twenty lines in the user's
# login history; logins count against a limit of their own.
# Seen: three calls give three logins, each followed by a query with a session of its own, and no logout.
# Fails when a session is used twice. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @tsmztech/mcp-server-salesforce@0.0.6
cat >run.mjs <<'JS'
import { spawn } from 'node:child_process';
import http from 'node:http';
import readline from 'node:readline';

let sessions = 0;
const server = http.createServer((request, response) => {
  request.resume();
  if (request.url.startsWith('/services/Soap/u/')) {
    console.log(`login ${(sessions += 1)}`);
    response.end(
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/" xmlns="urn:partner.soap.sforce.com">' +
        `<soapenv:Body><loginResponse><result><serverUrl>${url}/services/Soap/u/66.0/00D000000000001</serverUrl>` +
        `<sessionId>session${sessions}</sessionId><userId>005000000000001AAA</userId><userInfo>` +
        '<organizationId>00D000000000001AAA</organizationId></userInfo></result></loginResponse></soapenv:Body>' +
        '</soapenv:Envelope>',
    );
  } else {
    console.log(`${request.url.includes('/query') ? 'query' : request.url} with ${request.headers.authorization}`);
    response.setHeader('content-type', 'application/json');
    response.end('{"totalSize":0,"done":true,"records":[]}');
  }
});
await new Promise((opened) => server.listen(0, '127.0.0.1', opened));
const url = `http://127.0.0.1:${server.address().port}`;
const tools = spawn(process.execPath, ['node_modules/@tsmztech/mcp-server-salesforce/dist/index.js'], {
  env: {
    ...process.env, SALESFORCE_CONNECTION_TYPE: 'User_Password', SALESFORCE_INSTANCE_URL: url,
    SALESFORCE_USERNAME: 'sync@example.com', SALESFORCE_PASSWORD: 'password', SALESFORCE_TOKEN: 'token',
  },
  stdio: ['pipe', 'pipe', 'ignore'],
});
const answers = readline.createInterface({ input: tools.stdout })[Symbol.asyncIterator]();
const send = (message) => tools.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
const ask = async (id, method, params) => {
  send({ id, method, params });
  for (let line = ''; !line.startsWith('{') || JSON.parse(line).id !== id; ) line = (await answers.next()).value;
};
const clientInfo = { name: 'example', version: '1' };
await ask(0, 'initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo });
send({ method: 'notifications/initialized' });
for (const id of [1, 2, 3]) {
  const query = { objectName: 'Account', fields: ['Id'] };
  await ask(id, 'tools/call', { name: 'salesforce_query_records', arguments: query });
}
tools.kill();
process.exit(0);
JS
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'login 1
query with Bearer session1
login 2
query with Bearer session2
login 3
query with Bearer session3' ]
