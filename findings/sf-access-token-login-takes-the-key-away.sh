#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0)
# `sf org login access-token` stores a session. For a user who is logged in already it does not only replace the session:
# of a login by JWT it removes the key, and when the given session has ended, nothing can renew it, though the key file
# is still there. Of a login by refresh token it keeps the token: the session that follows the given one is the other
# app's, with that app's scopes. A pipeline that logs in by JWT and lets one step hand in a session has no login after
# it, from the first timeout on. Without a terminal, as in a pipeline, the command does not ask before it does this.
# Seen: both logins renew a session; after the command both use the given session; when that has ended, the login by JWT
# raises INVALID_SESSION_ID without a request for a new one, and the other one renews as `app`.
# Fails when both logins renew as before. Run by hand, outside CI; it needs npm and openssl, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0
openssl genrsa -out key.pem 2048 2>/dev/null
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo, Org as Target, StateAggregator } from '@salesforce/core';
import Org from './org.js';

const user = 'sync@example.com';
const asked = [];
const org = new Org({
  login: (parameters) => {
    asked.push(parameters.get('refresh_token') ? `renewal as ${parameters.get('client_id')}` : 'login by JWT');
    return {};
  },
  answer: ({ url }) => {
    if (url.endsWith('/services/data')) return [{ version: '66.0' }];
    if (url.endsWith('/userinfo')) return { organization_id: '00D000000000001AAA', user_id: '005000000000001AAA' };
    if (url.includes('/sobjects/User/')) return { Username: user };
  },
});
await org.open();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-auth` });
const query = async (about) => {
  asked.length = 0;
  StateAggregator.clearInstance();
  const connection = (await Target.create({ aliasOrUsername: user })).getConnection();
  const said = await connection.query('SELECT Id FROM Account').then(() => 'answered', (error) => error.errorCode);
  console.log(`${about}: ${said}, ${[...new Set(asked)].join(', ') || 'no login'}`);
};
for (const way of [{ privateKeyFile: 'key.pem' }, { clientSecret: 'secret', refreshToken: 'refresh' }]) {
  StateAggregator.clearInstance();
  const login = await AuthInfo.create({ username: user, oauth2Options: { clientId: 'app', loginUrl: org.url, ...way } });
  await login.save();
  org.expire();
  await query('after the end of a session');
  org.current = process.env.SF_ACCESS_TOKEN = '00D000000000001!given';
  await cli.runCommand('org:login:access-token', ['--instance-url', org.url]);
  await query('with the given session');
  org.expire();
  await query('after its end');
  await cli.runCommand('org:logout', ['--target-org', user, '--no-prompt']);
}
process.exit();
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1 \
    node_modules/.bin/node run.mjs </dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'after the end of a session: answered, login by JWT
Successfully authorized sync@example.com with org ID 00D000000000001AAA
with the given session: answered, no login
after its end: INVALID_SESSION_ID, no login
Successfully logged out of orgs: sync@example.com
after the end of a session: answered, renewal as app
Successfully authorized sync@example.com with org ID 00D000000000001AAA
with the given session: answered, no login
after its end: answered, renewal as app
Successfully logged out of orgs: sync@example.com' ]
