#!/usr/bin/env bash
# fuel-rest 3.2.2 (with fuel-auth 3.3.0)
# Salesforce's client for Marketing Cloud takes the host of the account from the answer to a login by OAuth 2.0
# (`authVersion: 2`), and puts the address of each request together anew. What it sends is in small letters from end to
# end: the key of a data extension or of a journey, the name of a field, the text that a filter looks for and the token of
# a page. And it ends at the second `.com/`: of a request with a link in its query, the rest is not sent. Nothing warns.
# With the older login, addresses are sent as they are given.
# Seen: with each login, what the client was given and what the server received.
# Fails when the addresses are the same. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" fuel-rest@3.2.2 fuel-auth@3.3.0
cat >run.js <<'JS'
const FuelRest = require('fuel-rest');
const Org = require('./org.js');

const addresses = [
  "/data/v1/customobjectdata/key/NewCustomers_2026/rowset?$filter=Code='AbC'",
  '/data/v1/customobjectdata/key/links/rowset?$filter=Link=https://example.com/a&$page=2',
];
const org = new Org({
  see: ({ method, url }) => method === 'GET' && console.log(`  sent  ${decodeURIComponent(url).replace('/host', '')}`),
  login: () => ({ accessToken: org.current, expiresIn: 3600, expires_in: 1079, rest_instance_url: `${org.url}/host/` }),
});
org.open().then(async () => {
  const authUrl = `${org.url}/services/oauth2/token`;
  for (const authVersion of [1, 2]) {
    console.log(`authVersion ${authVersion}`);
    const auth = { clientId: 'app', clientSecret: 'secret', authUrl, authOptions: { authVersion } };
    // With the older login the host is the client's own.
    const client = new FuelRest(authVersion === 1 ? { auth, origin: org.url } : { auth });
    for (const uri of addresses) {
      console.log(`  given ${uri}`);
      await client.get({ uri });
    }
  }
  org.close();
});
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "authVersion 1
  given /data/v1/customobjectdata/key/NewCustomers_2026/rowset?\$filter=Code='AbC'
  sent  /data/v1/customobjectdata/key/NewCustomers_2026/rowset?\$filter=Code='AbC'
  given /data/v1/customobjectdata/key/links/rowset?\$filter=Link=https://example.com/a&\$page=2
  sent  /data/v1/customobjectdata/key/links/rowset?\$filter=Link=https://example.com/a&\$page=2
authVersion 2
  given /data/v1/customobjectdata/key/NewCustomers_2026/rowset?\$filter=Code='AbC'
  sent  /data/v1/customobjectdata/key/newcustomers_2026/rowset?\$filter=code='abc'
  given /data/v1/customobjectdata/key/links/rowset?\$filter=Link=https://example.com/a&\$page=2
  sent  /data/v1/customobjectdata/key/links/rowset?\$filter=link=https://example" ]
