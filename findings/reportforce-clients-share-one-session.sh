#!/usr/bin/env bash
# reportforce 0.0.7 (with pandas 2.3.3)
# A client is made for each org or user, with the session id and the host of its own. The session id goes into the
# headers of an HTTP session that belongs to the class: all clients of a process have the same one. Who makes a second
# client changes the first: from then on its reports are asked for at its own host with the session id of the other one.
# Another org refuses it. Where both clients are of one org, for two users, the first one's reports hold what the second
# one may see, and nothing tells. `headers` of each client still shows its own id.
# Seen: a report of org A is asked for with A's session id; after a client for org B is made, the same call sends B's
# session id to A's host, while `headers` has A's.
# Fails when A's session id is sent. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" reportforce==0.0.7 requests==2.34.2 pandas==2.3.3 setuptools==65.5.0
cat >run.py <<'P'
import json

import requests
from reportforce import Reportforce

METADATA = {
    'reportMetadata': {
        'reportFormat': 'TABULAR', 'reportFilters': [], 'reportBooleanFilter': None, 'detailColumns': ['NAME'],
    },
    'reportExtendedMetadata': {'detailColumnInfo': {'NAME': {'label': 'Name', 'dataType': 'string'}}},
}
REPORT = {
    **METADATA, 'allData': True, 'hasDetailRows': True, 'factMap': {'T!T': {'rows': [{'dataCells': [{
        'label': 'Acme', 'value': 'Acme'}]}]}},
}


def send(_adapter, request, **_options):
    if request.method == 'POST':
        print(f'  {request.url.split("/")[2]} gets {request.headers["Authorization"]}')
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps(REPORT if request.method == 'POST' else METADATA).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
first = Reportforce(session_id='session-of-a', instance_url='a.my.salesforce.com')
print('one client')
first.get_report('00O000000000001AAA')
Reportforce(session_id='session-of-b', instance_url='b.my.salesforce.com')
print('after a client for b')
first.get_report('00O000000000001AAA')
print(f'  its headers: {first.headers["Authorization"]}')
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'one client
  a.my.salesforce.com gets Bearer session-of-a
after a client for b
  a.my.salesforce.com gets Bearer session-of-b
  its headers: Bearer session-of-a' ]
