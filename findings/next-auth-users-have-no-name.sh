#!/usr/bin/env bash
# next-auth 4.24.15 (beside @auth/core 0.41.3, its successor)
# Salesforce's answer about a user (`userinfo`) has a name and an address. The Salesforce provider of next-auth asks for
# it and puts null in the place of both: the session has no name, a `signIn` callback that looks at the address finds
# none, and a database adapter stores users without one. The provider for Okta takes both from the same answer. Auth.js
# does so for Salesforce, too, and has another id for the user's account: the identity URL (`sub`), where next-auth has
# the id of the user record. Accounts that were stored before the upgrade are not found after it.
# Seen: next-auth gives null, null and the record's id; its provider for Okta and Auth.js give the name, the address and
# the URL.
# Fails when next-auth gives the name or the ids agree. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
export npm_config_legacy_peer_deps=true
. "$(dirname "$0")/lib/node.sh" next-auth@4.24.15 @auth/core@0.41.3
cat >run.mjs <<'JS'
import Modern from '@auth/core/providers/salesforce';
import Okta from 'next-auth/providers/okta';
import Salesforce from 'next-auth/providers/salesforce';
import parseProviders from './node_modules/@auth/core/lib/utils/providers.js';

const answer = {
  sub: 'https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA',
  user_id: '005000000000001AAA', organization_id: '00D000000000001AAA', preferred_username: 'ann@example.com.crm',
  name: 'Ann Example', email: 'ann@example.com', email_verified: true,
};
const app = { clientId: 'app', clientSecret: 'secret' };
const config = { providers: [Modern(app)], basePath: '/auth' };
const { provider } = parseProviders({ url: new URL('https://example.com/auth'), providerId: 'salesforce', config });
const providers = {
  'next-auth, Salesforce': Salesforce.default(app),
  'next-auth, Okta': Okta.default({ ...app, issuer: 'https://example.com' }),
  'Auth.js, Salesforce': provider,
};
for (const [name, { profile }] of Object.entries(providers)) {
  const { id, name: called, email } = profile(answer);
  console.log(`${name}: ${called}, ${email}, ${id}`);
}
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'next-auth, Salesforce: null, null, 005000000000001AAA
next-auth, Okta: Ann Example, ann@example.com, https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA
Auth.js, Salesforce: Ann Example, ann@example.com, https://login.salesforce.com/id/00D000000000001AAA/005000000000001AAA' ]
