#!/usr/bin/env bash
# jsforce 3.10.26
# `metadata.read` turns values into booleans and numbers by a list of types in the library. What the list lacks stays
# text: whole types, as the policies of an external client app, and single elements of types that it has. The text
# 'false' is true in a condition, so an audit that asks `if (config.isSecretRequiredForRefreshToken)` is told yes for
# both values.
# Seen: in one connected app `isAdminApproved` is false and `isSecretRequiredForRefreshToken` is 'false'; in the
# policies of an external client app every boolean and number is text.
# Fails when the values have the same kind. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error jsforce@3.10.26 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const http = require('node:http');
const { Connection } = require('jsforce');
const records = {
  ConnectedApp:
    '<fullName>Sync</fullName><contactEmail>admin@example.com</contactEmail><label>Sync</label><oauthConfig>' +
    '<callbackUrl>https://example.com/callback</callbackUrl><isAdminApproved>false</isAdminApproved>' +
    '<isSecretRequiredForRefreshToken>false</isSecretRequiredForRefreshToken><scopes>Api</scopes></oauthConfig>',
  ExtlClntAppOauthConfigurablePolicies:
    '<fullName>Sync_oauthPlcy</fullName><externalClientApplication>Sync</externalClientApplication>' +
    '<isTokenExchangeFlowEnabled>false</isTokenExchangeFlowEnabled><label>Sync_oauthPlcy</label>' +
    '<refreshTokenValidityPeriod>30</refreshTokenValidityPeriod>',
};
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    const type = body.match(/<type>(\w+)<\/type>/)[1];
    response.setHeader('content-type', 'text/xml');
    response.end(
      '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"' +
        ' xmlns="http://soap.sforce.com/2006/04/metadata" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">' +
        `<soapenv:Body><readMetadataResponse><result><records xsi:type="${type}">${records[type]}</records></result>` +
        '</readMetadataResponse></soapenv:Body></soapenv:Envelope>',
    );
  });
});
server.listen(0, '127.0.0.1', async () => {
  const instanceUrl = `http://127.0.0.1:${server.address().port}`;
  const { metadata } = new Connection({ instanceUrl, accessToken: 'session', version: '66.0' });
  const { oauthConfig } = await metadata.read('ConnectedApp', 'Sync');
  const policies = await metadata.read('ExtlClntAppOauthConfigurablePolicies', 'Sync_oauthPlcy');
  console.log([oauthConfig.isAdminApproved, oauthConfig.isSecretRequiredForRefreshToken]);
  console.log([policies.isTokenExchangeFlowEnabled, policies.refreshTokenValidityPeriod]);
  server.close();
  server.closeAllConnections();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "[ false, 'false' ]
[ 'false', '30' ]" ]
