#!/usr/bin/env bash
# agentforce-sdk 0.2.1
# `check_deployment_status` asks the org for the state of a metadata deployment until it is over. It takes a function
# that renews the session, calls it for each request that the org refuses, says `Refreshing...` in its log, and then
# builds the header from the session that it was given at the start. A deployment that outlives its session is over in
# the org, and the caller waits half an hour, with a login for each request, and is told `Unknown`.
# Seen: the session ends after the first of 30 requests, and the deployment succeeds; the other 29 send the ended
# session, though there are 29 logins, and the answer is `Unknown` after pauses of 26 minutes.
# Fails when the new session is sent. Run by hand, outside CI; it needs Python and pip, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" agentforce-sdk==0.2.1
cat >run.py <<'P'
import logging
import time

import server
from agent_sdk.core.deploy_tools.deploy_zipfile import check_deployment_status

logging.disable()
logins, sent, pauses, current = 0, [], [], 'session 0'
time.sleep = pauses.append


class Answers(server.Org):
    def do_GET(self):
        global current
        session = self.headers['Authorization'].removeprefix('Bearer ')
        sent.append(session)
        status, body = 200, {'deployResult': {'status': 'InProgress' if len(sent) == 1 else 'Succeeded'}}
        if session != current:
            status, body = 401, [{'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}]
        if len(sent) == 1:
            current = 'ended'
        self.answer(status, body)


def renew():
    global logins, current
    if sent:
        logins += 1
        current = f'session {logins}'


local, url = server.start(Answers)
said = check_deployment_status('0Af000000000001AAA', url, 'session 0', renew)
print(f'{len(sent)} requests with {sorted(set(sent))}, {logins} logins, {sum(pauses) / 60:.0f} minutes: {said["status"]}')
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "30 requests with ['session 0'], 29 logins, 26 minutes: Unknown" ]
