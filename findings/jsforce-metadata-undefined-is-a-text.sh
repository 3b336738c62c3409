#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# A property that is undefined is none in JSON: an update of a record leaves that field as it is. An update of metadata
# goes by SOAP, and there it is the text `undefined`: a script that passes on `startUrl: options.startUrl` writes this
# word into a connected app where the option is not given. Of a Date an empty element is sent, as for the end of a
# certificate, where an update of a record sends the time. Nothing warns. Null is sent as such by both.
# Seen: undefined, null and a Date come to the org as the word, as nil and as an empty element; in a record they come as
# nothing, as null and as the time.
# Fails when the word is not sent or the Date is. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"

cat >run.js <<'JS'
const http = require('node:http');
const soap = (body) =>
  '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
  ` xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`;
const result = '<result><fullName>Sync</fullName><success>true</success></result>';
const done = soap(`<updateMetadataResponse>${result}</updateMetadataResponse>`);
let sent;
const server = http.createServer((request, response) => {
  sent = '';
  request.on('data', (part) => (sent += part));
  request.on('end', () => {
    response.statusCode = request.method === 'PATCH' ? 204 : 200;
    response.setHeader('content-type', 'text/xml');
    response.end(request.method === 'PATCH' ? '' : done);
  });
});
server.listen(0, '127.0.0.1', async () => {
  const instanceUrl = `http://127.0.0.1:${server.address().port}`;
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    console.log(name);
    const connection = new Connection({ instanceUrl, accessToken: 'session' });
    const values = { startUrl: undefined, description: null, expirationDate: new Date('2027-01-31T00:00:00Z') };
    const { expirationDate, ...app } = values;
    for (const [type, more] of Object.entries({ ConnectedApp: app, Certificate: { expirationDate } })) {
      await connection.metadata.update(type, { fullName: 'Sync', ...more });
      console.log(`${type}: ${sent.split('</fullName>')[1].split('</metadata>')[0]}`);
    }
    await connection.sobject('Account').update({ Id: '001000000000001AAA', ...values });
    console.log(`record: ${sent}`);
  }
  server.close();
  server.closeAllConnections();
});
JS
seen=$(HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'jsforce
ConnectedApp: <startUrl>undefined</startUrl><description xsi:nil="true"></description>
Certificate: <expirationDate></expirationDate>
record: {"description":null,"expirationDate":"2027-01-31T00:00:00.000Z"}
@jsforce/jsforce-node
ConnectedApp: <startUrl>undefined</startUrl><description xsi:nil="true"></description>
Certificate: <expirationDate></expirationDate>
record: {"description":null,"expirationDate":"2027-01-31T00:00:00.000Z"}' ]
