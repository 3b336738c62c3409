#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# Asked for a component that is not there, `readMetadata` is reported to answer with a record that is nil. What
# `metadata.read` makes of it is an object, and with a type that the library knows it fills in every list that the type
# can have, empty. A script that looks up the login IP ranges of profiles by name is told that a profile which was
# renamed, or whose name is misspelled, has none: it reads like one without ranges, and `if (profile)` does not tell.
# Only `fullName` is missing.
# Seen: a profile without ranges and a missing one are both objects with 0 ranges and 0 user permissions; missing
# policies of an external client app, a type that the library does not know, are an object without properties.
# Fails when the missing profile is null or an error. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"

cat >run.js <<'JS'
const http = require('node:http');
const plain = '<records xsi:type="Profile"><fullName>Plain</fullName><custom>true</custom></records>';
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    const record = body.includes('<fullNames>Plain</fullNames>') ? plain : '<records xsi:nil="true"/>';
    response.setHeader('content-type', 'text/xml');
    response.end(
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
        ' xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
        `<soapenv:Body><readMetadataResponse><result>${record}</result></readMetadataResponse></soapenv:Body>` +
        '</soapenv:Envelope>',
    );
  });
});
server.listen(0, '127.0.0.1', async () => {
  const instanceUrl = `http://127.0.0.1:${server.address().port}`;
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    const { metadata } = new Connection({ instanceUrl, accessToken: 'session' });
    console.log(name);
    for (const profile of ['Plain', 'Missing']) {
      const { fullName, loginIpRanges, userPermissions } = await metadata.read('Profile', profile);
      console.log(`${profile}: ${loginIpRanges.length} ranges, ${userPermissions.length} permissions, ${fullName}`);
    }
    const policies = await metadata.read('ExtlClntAppOauthConfigurablePolicies', 'Missing');
    console.log(`Policies: ${JSON.stringify(policies)}`);
  }
  server.close();
  server.closeAllConnections();
});
JS
seen=$(HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'jsforce
Plain: 0 ranges, 0 permissions, Plain
Missing: 0 ranges, 0 permissions, undefined
Policies: {}
@jsforce/jsforce-node
Plain: 0 ranges, 0 permissions, Plain
Missing: 0 ranges, 0 permissions, undefined
Policies: {}' ]
