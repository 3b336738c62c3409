#!/usr/bin/env bash
# @salesforce/core 9.4.0
# A login by JWT that is refused is tried again with other hosts and audiences, whatever the refusal says: one call
# for a user of a sandbox who is not approved for the app gives five token requests, and two of them go to
# test.salesforce.com and login.salesforce.com, though My Domain's host was named. The error has the message once for
# each, without hosts.
# Seen: five requests at three hosts, and five equal lines in the error.
# Fails when the number or the order changes. Run by hand, outside CI; it needs npm, and nothing is sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/core@9.4.0 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const fs = require('node:fs');
const { generateKeyPairSync } = require('node:crypto');
const { default: Transport } = require('@jsforce/jsforce-node/lib/transport');
const { AuthInfo } = require('@salesforce/core');
const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
fs.writeFileSync('app.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
Transport.prototype.httpRequest = async ({ url, body }) => {
  const [, claims] = new URLSearchParams(body).get('assertion').split('.');
  console.log(new URL(url).host, new URL(JSON.parse(Buffer.from(claims, 'base64url')).aud).host);
  const error = { error: 'invalid_app_access', error_description: 'user is not admin approved to access this app' };
  return { statusCode: 400, headers: {}, body: JSON.stringify(error) };
};
const loginUrl = 'https://acme--uat.sandbox.my.salesforce.com';
AuthInfo.create({
  username: 'sync@example.com',
  oauth2Options: { clientId: 'app', privateKeyFile: 'app.key', loginUrl },
}).catch((error) => console.log(error.message.split('user is not admin approved').length - 1, error.name));
JS
seen=$(unset SF_AUDIENCE_URL; HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "acme--uat.sandbox.my.salesforce.com acme--uat.sandbox.my.salesforce.com
test.salesforce.com test.salesforce.com
login.salesforce.com login.salesforce.com
acme--uat.sandbox.my.salesforce.com login.salesforce.com
acme--uat.sandbox.my.salesforce.com test.salesforce.com
5 JwtAuthError" ]
