#!/usr/bin/env bash
# simple-salesforce 1.12.10, kinetic-core 2.1.1 and salesforce-bulk 2.2.0
# An update takes the value of a field away where it is None. That is so for a record and for the first Bulk API of
# simple-salesforce, which sends null in JSON. These clients write a CSV file for the Bulk API, in which None is an
# empty cell. Salesforce ignores empty cells in an update, and wants `#N/A` for null (Bulk API 2.0 Developer Guide,
# Prepare CSV Files; Data Loader Guide for the first Bulk API): the record is reported as updated and keeps its value.
# A user whose manager or whose access was to be taken away keeps both, and a job that moved from `bulk` to `bulk2`
# for its size no longer clears any field. None is the same there as a field that the record does not have.
# Seen: of a contact with None `update` and `bulk` send null; `bulk2`, kinetic-core and the writer of salesforce-bulk
# leave the cell empty.
# Fails when one of them sends `#N/A`. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" \
    simple-salesforce==1.12.10 kinetic-core==2.1.1 salesforce-bulk==2.2.0 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from kinetic_core import BulkV2Client, SalesforceSession
from salesforce_bulk import CsvDictsAdapter
from simple_salesforce import Salesforce

JOB = {
    'id': '750000000000001AAA', 'object': 'Contact', 'operation': 'update', 'contentType': 'CSV',
    'state': 'JobComplete',
    'createdDate': '2026-03-12T08:00:00Z', 'numberRecordsProcessed': 1, 'numberRecordsFailed': 0,
}
CONTACT = {'Id': '003000000000001AAA', 'ReportsToId': None}
FIELDS = list(CONTACT)


def send(_adapter, request, **_options):
    """An org that does every job at once."""
    body = request.body.decode() if isinstance(request.body, bytes) else request.body or ''
    if 'ReportsToId' in body:
        if not body.startswith(('{', '[')):
            head, row = (line.split(',') for line in body.split())
            body = json.dumps([dict(zip(head, row))[field] for field in FIELDS])
        print(f'  {body}')
    answer = {**JOB, 'state': 'Open'} if request.method == 'POST' else JOB
    if '/batch' in request.url and 'async' in request.url:
        answer = {'id': '751000000000001AAA', 'jobId': JOB['id'], 'state': 'Completed'}
        if request.url.endswith('/result'):
            answer = [{'id': CONTACT['Id'], 'success': True, 'errors': []}]
    response = requests.Response()
    response.status_code = 201 if request.method == 'PUT' else 200
    response._content = b'' if request.url.endswith('Results') else json.dumps(answer).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = Salesforce(instance='acme.my.salesforce.com', session_id='session')
print('simple-salesforce, a record')
client.Contact.update(CONTACT['Id'], {'ReportsToId': None})
print('simple-salesforce, bulk')
client.bulk.Contact.update([CONTACT])
print('simple-salesforce, bulk2')
client.bulk2.Contact.update(records=[CONTACT])
print('kinetic-core')
BulkV2Client(SalesforceSession('https://acme.my.salesforce.com', 'session')).update('Contact', [CONTACT])
print('salesforce-bulk')
print('  ' + ''.join(part.decode() for part in CsvDictsAdapter(iter([CONTACT]))).split()[1])
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'simple-salesforce, a record
  {"ReportsToId": null}
simple-salesforce, bulk
  [{"Id": "003000000000001AAA", "ReportsToId": null}]
simple-salesforce, bulk2
  ["003000000000001AAA", ""]
kinetic-core
  ["003000000000001AAA", ""]
salesforce-bulk
  "003000000000001AAA",""' ]
