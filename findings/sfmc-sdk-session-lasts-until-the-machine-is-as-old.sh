#!/usr/bin/env bash
# sfmc-sdk 2.1.2
# The client for Marketing Cloud can be given a session that was kept from an earlier run: its read-me has this among its
# features, as it saves a login. With the session is kept when it ends (`expiration`), and that is no time of day: it
# counts the seconds since the machine was started. After a restart, or on another machine, a session that has long ended
# counts as valid until that machine has run as long as the first one had. A request that is refused renews the session
# only where `requestAttempts` is 2 or more; the default, 1, is called the number of retries and gives none.
# Seen: a session of 18 minutes that was kept after 30 days without a restart is sent a day after one, and the request is
# refused, by default without a login; with `requestAttempts: 2` there is one, and the request is answered.
# Fails when the default logs in. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" sfmc-sdk@2.1.2
cat >run.mjs <<'JS'
import SDK from 'sfmc-sdk';
import { axiosInstance } from './node_modules/sfmc-sdk/lib/util.js';

let sessions = 0;
let current;
let kept;
const host = (kind) => `https://${'m'.repeat(28)}.${kind}.marketingcloudapis.com/`;
axiosInstance.defaults.adapter = async (config) => {
  const response = { status: 200, headers: {}, config, data: { count: 0 } };
  if (config.url === '/v2/token') {
    current = `session${(sessions += 1)}`;
    response.data = { access_token: current, expires_in: 1080, rest_instance_url: host('rest'), scope: 'data_extensions_read' };
  } else if (config.headers.Authorization !== `Bearer ${current}`) {
    throw Object.assign(new Error('Unauthorized'), { config, response: { ...response, status: 401 } });
  }
  return response;
};
const day = 24 * 60 * 60;
const ask = async (about, days, login, options) => {
  process.hrtime = () => [days * day, 0];
  const onRefresh = (session) => (kept = JSON.stringify(session));
  const client = new SDK(login, { eventHandlers: { onRefresh }, ...options });
  const said = await client.rest.get('/asset/v1/content/assets').then(() => 'answered', (error) => error.message);
  console.log(`${about}: ${said}, ${sessions} logins`);
};
await ask('up for 30 days', 30, { client_id: 'app', client_secret: 'secret', auth_url: host('auth'), account_id: 1 });
current = 'ended';
const { scope, ...login } = JSON.parse(kept);
await ask('a day after a restart', 1, login);
await ask('29 days after a restart', 29, login);
await ask('with two attempts', 1, login, { requestAttempts: 2 });
JS
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'up for 30 days: answered, 1 logins
a day after a restart: Unauthorized, 1 logins
29 days after a restart: Unauthorized, 1 logins
with two attempts: answered, 2 logins' ]
