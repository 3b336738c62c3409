#!/usr/bin/env bash
# @answerai/salesforce-mcp 0.1.0
# With a user's refresh token (`OAuth_2.0_Personal`) the server asks the org before each call whether its session is still
# valid, by a query. When it is not, the server makes a new connection, and takes the session for it from a second store,
# where it counts as valid for an hour: the answer to a login at Salesforce is reported to have no `expires_in`, and an
# hour is what the server assumes. The new connection has the session that has just been found ended. With a timeout of
# 15 minutes, or after an admin has ended the session, each call fails for the rest of the hour, less five minutes.
# Seen: the first call is answered; after the end of the session calls are refused at once and in minute 54, without a
# renewal; in minute 55 there is one, and the call is answered.
# Fails when an ended session is renewed. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @answerai/salesforce-mcp@0.1.0
cat >run.mjs <<'JS'
import http from 'node:http';
import https from 'node:https';
import { connectionManager } from '@answerai/salesforce-mcp/dist/utils/connectionManager.js';
import Org from './org.js';

const org = new Org({ login: () => ({ issued_at: String(Date.now()) }) });
await org.open();
// The server asks for a session by HTTPS: here, as everything else, by HTTP from the local server.
https.request = (options, answered) => http.request({ ...options, port: new URL(org.url).port }, answered);
console.error = () => {};
Object.assign(process.env, {
  SALESFORCE_CONNECTION_TYPE: 'OAuth_2.0_Personal', SALESFORCE_INSTANCE_URL: org.url,
  SALESFORCE_CLIENT_ID: 'app', SALESFORCE_CLIENT_SECRET: 'secret', SALESFORCE_REFRESH_TOKEN: 'refresh',
});
const start = new Date('2026-03-12T08:00:00Z').getTime();
let minute = 0;
const Real = Date;
globalThis.Date = class extends Real {
  constructor(at = Date.now()) {
    super(at);
  }
  static now() {
    return start + minute * 60_000;
  }
};
const call = async (at) => {
  minute = at;
  const connection = await connectionManager.getConnection('ann');
  const said = await connection.query('SELECT Id FROM Account').then(() => 'answered', (error) => error.errorCode);
  console.log(`minute ${at}: ${said}, ${org.sessions} sessions`);
};
await call(0);
await call(15);
org.expire();
await call(16);
await call(17);
await call(54);
await call(55);
process.exit(0);
JS
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'minute 0: answered, 1 sessions
minute 15: answered, 1 sessions
minute 16: INVALID_SESSION_ID, 1 sessions
minute 17: INVALID_SESSION_ID, 1 sessions
minute 54: INVALID_SESSION_ID, 1 sessions
minute 55: answered, 2 sessions' ]
