#!/usr/bin/env bash
# aio-sf 0.1.0b14
# After each login the client asks the introspection endpoint when the session ends. An answer need not say so: `exp` is
# optional (RFC 7662, section 2.2). Without it the login counts as failed, though the session has been issued, and
# though the client also renews a session when the org refuses a request. At the start one request fails, and the next
# one works with the session that was kept. When that session ends, each request logs in, discards the new session,
# puts the ended one back and fails.
# Seen: without `exp` the first of two requests fails, and after the end of the session each of three, with a login
# each; with `exp` all five are answered after two logins.
# Fails when a session without a known end is used. Run by hand, outside CI; it needs Python and pip, and the server is
# local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" aio-sf==0.1.0b14
cat >run.py <<'P'
import asyncio
import logging
import time

import server
from aio_sf import ClientCredentialsAuth, SalesforceAuthError, SalesforceClient

logging.disable()
logins, known, current = 0, {}, None


class Answers(server.Org):
    def do_POST(self):
        global logins, current
        self.rfile.read(int(self.headers['Content-Length']))
        if self.path == '/services/oauth2/introspect':
            self.answer(200, {'active': True, **known})
        else:
            logins += 1
            current = f'session {logins}'
            self.answer(200, {'access_token': current})

    def do_GET(self):
        if self.headers['Authorization'] == f'Bearer {current}':
            self.answer(200, {})
        else:
            self.answer(401, [{'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}])


local, url = server.start(Answers)


async def run(about):
    global logins, current
    logins, said = 0, []
    client = SalesforceClient(auth_strategy=ClientCredentialsAuth(url, 'app', 'secret'))
    for request in range(5):
        if request == 2:
            current = 'ended'
        try:
            said.append((await client.get(f'{url}/services/data/v66.0/limits')).status_code)
        except SalesforceAuthError:
            said.append('error')
    await client.close()
    print(f'{about}: {said[:2]}, then {said[2:]}, {logins} logins')


asyncio.run(run('without exp'))
known = {'exp': int(time.time()) + 7200}
asyncio.run(run('with exp'))
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "without exp: ['error', 200], then ['error', 'error', 'error'], 4 logins
with exp: [200, 200], then [200, 200, 200], 2 logins" ]
