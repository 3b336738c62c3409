#!/usr/bin/env bash
# sfq 0.0.58
# The answer to a login at Salesforce is reported to have its time in milliseconds (`issued_at`). The client adds the
# length of a session in seconds (`token_lifetime`, 15 minutes unless told otherwise) and compares the sum with a clock
# that counts seconds: a session ends in more than 50,000 years, so it is never renewed. A request that the org refuses
# renews nothing either, and gives None without an exception: a service with a refresh token works until the org ends its
# first session, and has no data from then on.
# Seen: with a timeout of 15 minutes a query is answered at once, and gives None in minute 16 and after ten years,
# without a second login.
# Fails when the session is renewed. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check sfq==0.0.58
cat >run.py <<'P'
import json
import logging
import time

from sfq import SFAuth
from sfq.http_client import HTTPClient

logging.disable()
logins, ends, minute, started = 0, 0, 0, time.time()
time.time = lambda: started + 60 * minute


def send(_client, _method, endpoint, _headers, _body=None):
    """An org that ends a session after 15 minutes."""
    global logins, ends
    if endpoint == '/services/oauth2/token':
        logins, ends = logins + 1, minute + 15
        issued_at = str(int(time.time() * 1000))
        return 200, json.dumps({'access_token': f'session {logins}', 'issued_at': issued_at})
    if minute >= ends:
        return 401, json.dumps([{'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}])
    return 200, json.dumps({'totalSize': 0, 'done': True, 'records': []})


HTTPClient.send_request = send
client = SFAuth(
    instance_url='https://acme.my.salesforce.com', client_id='app', client_secret='secret', refresh_token='refresh'
)
for minute in (0, 16, 10 * 365 * 24 * 60):
    print(f'minute {minute}: {client.query("SELECT Id FROM Account")}, {logins} logins')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "minute 0: {'totalSize': 0, 'done': True, 'records': []}, 1 logins
minute 16: None, 1 logins
minute 5256000: None, 1 logins" ]
