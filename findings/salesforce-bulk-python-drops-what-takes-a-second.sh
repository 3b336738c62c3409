#!/usr/bin/env bash
# salesforce-bulk-python 0.1.0
# The package runs queries by Bulk API 2.0, several at a time, and calls a handler with the result of each. It asks for
# the state of a job once, one second after it was made. A job that is not complete by then is left: its handler is
# never called, no exception is raised, and `run_all` ends like one that has everything. An export of an org then has
# the files of its small objects and lacks those that took the org longer, each night others. A job that the org refuses
# with `API_ERROR` ends in the same way, and so does one that fails.
# Seen: of three jobs that are complete at the first look, at the second and at the tenth, the handler has the result of
# the first; nothing is raised, and the state of each was asked for once. Nothing is raised for a job that is refused,
# and for one that fails.
# Fails when the second one has its result. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" \
    salesforce-bulk-python==0.1.0 requests==2.34.2 PyJWT==2.15.1 cryptography==50.0.2
cat >run.py <<'P'
import asyncio
import contextlib
import io
import json
from collections import Counter

import requests
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from salesforce_bulk_python.bulk import (
    BulkAPIConnection, BulkAPIConnectionSettings, BulkAPIJob, BulkAPIResultHandler, JobQueue, SalesforceObject,
)

LOOKS = {'Group': 1, 'Contact': 2, 'Task': 10, 'Event': 'refused', 'Case': 'failed'}
looked, handled = Counter(), []


def answer(request):
    """An org that needs so many looks for each object."""
    path = request.path_url
    if path.endswith('/token'):
        return {'access_token': 'session', 'instance_url': 'https://acme.my.salesforce.com'}
    if request.method == 'POST':
        name = json.loads(request.body)['query'].split()[-1]
        return [{'errorCode': 'API_ERROR'}] if LOOKS[name] == 'refused' else {'id': name}
    name = path.split('/query/')[1].split('/')[0]
    if '/results' in path:
        return 'Id\n'
    looked[name] += 1
    if LOOKS[name] == 'failed':
        return {'id': name, 'state': 'Failed'}
    return {'id': name, 'state': 'JobComplete' if looked[name] >= LOOKS[name] else 'InProgress'}


def send(_adapter, request, **_options):
    response = requests.Response()
    body = answer(request)
    response.status_code, response._content = 400 if isinstance(body, list) else 200, json.dumps(body).encode()
    response.url, response.request = request.url, request
    return response


class Ids(BulkAPIJob):
    @property
    def query(self):
        return f'SELECT Id FROM {self.object.name}'


class Keep(BulkAPIResultHandler):
    def handle(self, _data):
        handled.append(self.job.object.name)


requests.adapters.HTTPAdapter.send = send
key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
connection = BulkAPIConnection(
    BulkAPIConnectionSettings(key, 'app', 'https://login.salesforce.com', 'ann@example.com', 'v59.0')
)
queue = JobQueue()
for name in LOOKS:
    job = Ids(SalesforceObject(name, connection), connection)
    job.on_complete.append(Keep)
    queue.append(job)
with contextlib.redirect_stdout(io.StringIO()):
    asyncio.run(queue.run_all())
for name, looks in LOOKS.items():
    result = 'handled' if name in handled else 'no result'
    print(f'{name}: {looks}, looked {looked[name]} times, {result}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'Group: 1, looked 1 times, handled
Contact: 2, looked 1 times, no result
Task: 10, looked 1 times, no result
Event: refused, looked 0 times, no result
Case: failed, looked 1 times, no result' ]
