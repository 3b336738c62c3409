#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# `identity` asks the org who the session's user is, and is often the first call of a program, to see whether its session
# is still valid. The identity URL is reported to answer an ended session with status 403 and the text `Bad_OAuth_Token`,
# where the rest of the API has 401. A connection renews its session for 401 alone: `identity` raises an error, with a
# refresh token that would give a new session. That depends on what was called before. A connection that does not know
# the identity URL first asks the API for it, and that request renews the session. A connection that knows it, as one
# after `authorize` does, goes to it at once.
# Seen: after the end of the session a new connection renews it for `identity`; one after `authorize` raises an error
# without a renewal, and its query renews the session, after which `identity` is answered.
# Fails when the session is renewed in both cases. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');

let renewals = 0;
const org = new Org({
  login: (parameters) => {
    if (parameters.get('grant_type') === 'refresh_token') renewals += 1;
    return { refresh_token: 'refresh' };
  },
  answer: ({ url }) => {
    const id = `${org.url}/id/00D000000000001AAA/005000000000001AAA`;
    if (url.startsWith('/id/')) return { id, user_id: '005000000000001AAA', organization_id: '00D000000000001AAA' };
    return url.includes('/query') ? undefined : { identity: id };
  },
  ended: ({ url }, response) => {
    if (!url.startsWith('/id/')) return undefined;
    response.statusCode = 403;
    response.setHeader('content-type', 'text/plain');
    return 'Bad_OAuth_Token';
  },
});
const attempt = async (name, call) => {
  renewals = 0;
  const said = await call().then(() => 'answered', () => 'refused');
  console.log(`  ${name}: ${said}, ${renewals} renewals`);
};
org.open().then(async () => {
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    console.log(name);
    const { Connection } = require(name);
    const oauth2 = { loginUrl: org.url, clientId: 'app', clientSecret: 'secret', redirectUri: 'http://localhost/callback' };
    const kept = new Connection({ oauth2, instanceUrl: org.url, accessToken: 'ended', refreshToken: 'refresh' });
    await attempt('identity of a new connection', () => kept.identity());
    const connection = new Connection({ oauth2 });
    await connection.authorize('code');
    org.expire();
    await attempt('identity after authorize', () => connection.identity());
    await attempt('query', () => connection.query('SELECT Id FROM Account'));
    await attempt('identity', () => connection.identity());
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
for name in jsforce @jsforce/jsforce-node; do
    printf '%s\n' "$name" '  identity of a new connection: answered, 1 renewals' \
        '  identity after authorize: refused, 0 renewals' '  query: answered, 1 renewals' '  identity: answered, 0 renewals'
done >wanted
[ "$seen" = "$(cat wanted)" ]
