#!/usr/bin/env bash
# passport-salesforce 0.0.2 and passport-salesforce-oauth2 0.0.1 (beside passport-forcedotcom 0.2.1)
# Several scopes of a login are separated by spaces (RFC 6749, section 3.3). These two strategies join them by commas: an
# application that asks for `api` and `refresh_token` asks for one scope of an unknown name. It has to write the list as
# one text with spaces, or to know of `scopeSeparator`. They also have three hosts: one for the page, one for the token
# and one for the user's data (`profileURL`). An application that sets the first two, for a sandbox or a My Domain, gets
# its session there and sends it to login.salesforce.com for the user's data. They leave `scopeSeparator` in the options
# that they were given: passport-forcedotcom, made with the same options, joins by commas, too.
# Seen: `api,refresh_token`, and after a login at test.salesforce.com the user's data are asked for at
# login.salesforce.com; passport-forcedotcom has a space and asks the org, and has a comma after one of the others.
# Fails when the scopes are apart or the host is kept. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" passport-salesforce@0.0.2 passport-salesforce-oauth2@0.0.1 passport-forcedotcom@0.2.1
cat >run.js <<'JS'
const options = {
  clientID: 'app', clientSecret: 'secret', callbackURL: 'http://localhost/callback', scope: ['api', 'refresh_token'],
  skipPhoto: true,
  authorizationURL: 'https://test.salesforce.com/services/oauth2/authorize',
  tokenURL: 'https://test.salesforce.com/services/oauth2/token',
};
const answer = {
  access_token: 'session', instance_url: 'https://acme--test.sandbox.my.salesforce.com',
  id: 'https://test.salesforce.com/id/00D000000000001AAA/005000000000001AAA', urls: { users: 'https://example.com/' },
};
const attempt = (name, options) => {
  const asked = [];
  const given = require(name);
  const strategy = new (given.Strategy ?? given)(options, () => {});
  strategy._oauth2._request = (_method, url, _headers, _body, _token, done) => {
    asked.push(new URL(url).host);
    done(null, JSON.stringify(answer), {});
  };
  strategy.redirect = (url) => asked.push(new URL(url).searchParams.get('scope'));
  strategy.authenticate({ query: {}, session: {} }, {});
  strategy.authenticate({ query: { code: 'code' }, session: {} }, {});
  console.log(`${name}: ${asked.slice(0, 3).join(', then ')}`);
};
for (const name of ['passport-salesforce', 'passport-salesforce-oauth2', 'passport-forcedotcom']) attempt(name, { ...options });
attempt('passport-salesforce', options);
attempt('passport-forcedotcom', options);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
org=acme--test.sandbox.my.salesforce.com
[ "$seen" = "passport-salesforce: api,refresh_token, then test.salesforce.com, then login.salesforce.com
passport-salesforce-oauth2: api,refresh_token, then test.salesforce.com, then login.salesforce.com
passport-forcedotcom: api refresh_token, then test.salesforce.com, then $org
passport-salesforce: api,refresh_token, then test.salesforce.com, then login.salesforce.com
passport-forcedotcom: api,refresh_token, then test.salesforce.com, then $org" ]
