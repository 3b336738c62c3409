#!/usr/bin/env bash
# salesforce-jwt-promise 0.1.8 and node-salesforce-jwt 1.1.0 (with jose 6.2.18)
# A login by JWT names in `exp` until when its assertion is valid. The first package gives it three seconds, where others
# give it three to five minutes: a machine whose clock is four seconds behind cannot log in as far as the token endpoint
# makes no allowance, and neither can one with a slow way to it. The package has no option for it. Both packages name the
# user in `prn`, a name from before the standard, and have no `sub`, which the standard wants (RFC 7523, section 3): a
# token endpoint or a stand-in that holds to it refuses them.
# Seen: the assertions last 3 and 360 seconds; a check that wants `sub` refuses both; one that does not accepts both at
# once and, with a clock that is four seconds ahead of the sender's, only the second.
# Fails when the first one lasts longer or has `sub`. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" salesforce-jwt-promise@0.1.8 node-salesforce-jwt@1.1.0 jose@6.2.18
cat >run.mjs <<'JS'
import { generateKeyPairSync } from 'node:crypto';
import { promisify } from 'node:util';
import * as jose from 'jose';
import other from 'node-salesforce-jwt';
import { getJWTToken } from 'salesforce-jwt-promise';
import Org from './org.js';

let assertion;
const org = new Org({
  login: (parameters) => {
    assertion = parameters.get('assertion');
    return {};
  },
});
await org.open();
const { privateKey: key, publicKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
const [clientId, user, privateKey] = ['app', 'sync@example.com', key.export({ type: 'pkcs8', format: 'pem' })];
const packages = {
  'salesforce-jwt-promise': () => getJWTToken({ clientId, userName: user, privateKey, instanceUrl: org.url }),
  'node-salesforce-jwt': () =>
    promisify(other.getToken)({ clientId, user, privateKey, uri: `${org.url}/services/oauth2/token` }),
};
const check = (options) => jose.jwtVerify(assertion, publicKey, options).then(() => 'accepted', ({ message }) => message);
for (const [name, logIn] of Object.entries(packages)) {
  await logIn();
  const { iat, exp, sub, prn } = jose.decodeJwt(assertion);
  console.log(`${name}: ${exp - iat} seconds, sub ${sub}, prn ${prn}`);
  console.log(`  as the standard wants it: ${await check({ requiredClaims: ['sub'] })}`);
  for (const ahead of [0, 4]) {
    const currentDate = new Date((iat + ahead) * 1000);
    console.log(`  ${ahead} seconds later: ${await check({ currentDate })}`);
  }
}
process.exit(0);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'salesforce-jwt-promise: 3 seconds, sub undefined, prn sync@example.com
  as the standard wants it: missing required "sub" claim
  0 seconds later: accepted
  4 seconds later: "exp" claim timestamp check failed
node-salesforce-jwt: 360 seconds, sub undefined, prn sync@example.com
  as the standard wants it: missing required "sub" claim
  0 seconds later: accepted
  4 seconds later: accepted' ]
