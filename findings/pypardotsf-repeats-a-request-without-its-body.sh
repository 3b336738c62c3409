#!/usr/bin/env bash
# PyPardotSF 0.1.1
# A client for Pardot that has a refresh token begins without a session: it sends its first request with the word
# `dummy` for one, is refused, renews, and repeats the request. So it goes at the end of each session. What is repeated
# lacks the JSON of the request. `importapi` sends JSON: where `create` is the first call of a program, what is to be
# imported comes to Pardot with the word alone, and the request with the session is empty. So is `update` with `state:
# Ready` when the session ended during the upload of the files, and the import is not started by it. What Pardot answers
# to the empty request is returned as the result. Requests with parameters are repeated whole.
# Seen: the first `create` sends its body with `dummy` and none with the session, a second one sends it; after the end
# of the session `update` sends its body with the ended session and none with the new one; `query` has its parameters
# twice.
# Fails when the repeated request has its body. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" PyPardotSF==0.1.1 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from pypardot.client import PardotAPI

ENDED = 'access_token is invalid, unknown, or malformed'
logins = 0


def send(_adapter, request, **_options):
    """Pardot, and the token endpoint of the org."""
    global logins
    if request.url.endswith('/token'):
        logins += 1
        body = {'access_token': f'session-{logins}'}
    elif '/login/' in request.url:
        body = {'@attributes': {'stat': 'fail', 'err_code': 15}, 'err': 'Login failed'}
    else:
        session = request.headers['Authorization'].split()[1]
        sent = request.body.decode() if isinstance(request.body, bytes) else request.body
        print(f'  {session}: body {sent}, {request.path_url.split("?")[1]}')
        body = {'id': 7, 'result': {'total_results': 0}}
        if session != f'session-{logins}':
            body = {'@attributes': {'stat': 'fail', 'err_code': 184}, 'err': ENDED}
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(body).encode()
    response.headers['content-type'] = 'application/json'
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = PardotAPI(
    sf_consumer_key='app', sf_consumer_secret='secret', sf_refresh_token='refresh', business_unit_id='0Uv000000000001'
)
for name, call in {
    'create, the first request': lambda: client.importapi.create(operation='Upsert', object='Prospect'),
    'create again': lambda: client.importapi.create(operation='Upsert', object='Prospect'),
    'update after the end': lambda: client.importapi.update(id=7, state='Ready'),
    'query after the end': lambda: client.importapi.query(id_greater_than=5),
}.items():
    print(name)
    if 'end' in name:
        client.sftoken = 'ended'
    call()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'create, the first request
  dummy: body {"operation": "Upsert", "object": "Prospect"}, format=json
  session-1: body None, format=json
create again
  session-1: body {"operation": "Upsert", "object": "Prospect"}, format=json
update after the end
  ended: body {"state": "Ready"}, format=json
  session-2: body None, format=json
query after the end
  ended: body None, id_greater_than=5&format=json
  session-3: body None, id_greater_than=5&format=json' ]
