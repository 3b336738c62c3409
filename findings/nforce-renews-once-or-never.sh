#!/usr/bin/env bash
# nforce 1.13.0 and nforce8 2.0.11
# With `autoRefresh` a connection renews an ended session with its refresh token and repeats the request. In the mode
# for one user (`single`) nforce replaces what it knows of the login by the answer to the renewal, and that may have no
# refresh token, since the old one stays valid (RFC 6749, section 6): the first renewal works, after the second end of a
# session every request is refused. The mode for several users keeps the token. nforce8, which was made from it for
# promises, never renews: it looks at the answer before it has been read, finds no `INVALID_SESSION_ID` in it, and
# raises an error without a code.
# Seen: nforce in `single` renews once and then raises INVALID_SESSION_ID, in `multi` it renews twice; nforce8 renews in
# neither mode and raises `Salesforce returned an unrecognized error 401`.
# Fails when both renew each time. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" nforce@1.13.0 nforce8@2.0.11
cat >run.js <<'JS'
const Org = require('./org.js');
const asked = [];
const org = new Org({
  login: (parameters) => {
    const grant = parameters.get('grant_type');
    asked.push(grant);
    return grant === 'authorization_code' && { refresh_token: 'refresh' };
  },
});
const attempt = async (query) => {
  try {
    await query();
    return 'answered';
  } catch (error) {
    return `${error.errorCode}: ${error.message}`;
  }
};
org.open().then(async () => {
  for (const name of ['nforce', 'nforce8']) {
    for (const mode of ['single', 'multi']) {
      const connection = require(name).createConnection({
        clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback',
        loginUri: `${org.url}/services/oauth2/token`, mode, autoRefresh: true,
      });
      asked.length = 0;
      const oauth = await connection.authenticate({ code: 'code' });
      const user = mode === 'multi' ? { oauth } : {};
      const query = () => connection.query({ query: 'SELECT Id FROM Account', ...user });
      const said = [await attempt(query)];
      for (let end = 0; end < 2; end += 1) {
        org.expire();
        said.push(await attempt(query));
      }
      console.log(`${name}, ${mode} (${asked.join(', ')}):\n  ${said.join('\n  ')}`);
    }
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'nforce, single (authorization_code, refresh_token):
  answered
  answered
  INVALID_SESSION_ID: Session expired or invalid
nforce, multi (authorization_code, refresh_token, refresh_token):
  answered
  answered
  answered
nforce8, single (authorization_code):
  answered
  undefined: Salesforce returned an unrecognized error 401
  undefined: Salesforce returned an unrecognized error 401
nforce8, multi (authorization_code):
  answered
  undefined: Salesforce returned an unrecognized error 401
  undefined: Salesforce returned an unrecognized error 401' ]
