#!/usr/bin/env bash
# sfdclib 0.2.26
# `export` of the client for the first Bulk API runs a query and returns its records as CSV. An org gives the result of
# a large query in several files (Bulk API Developer Guide, Bulk Query), and a list with their ids.
# The client takes the first id of the list and returns that file, as if it were all: no error, and nothing in it tells
# that there is more. The number of records that the org names in the state of the batch is only compared with 0. A
# copy of the org lacks the rest, and in a test org, where one file is enough, it is complete.
# Seen: the org processed three records and lists two files; the export has the two records of the first file, and the
# second file is not asked for.
# Fails when all three records are returned. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sfdclib==0.2.26 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from sfdclib import SfdcBulkApi, SfdcSession

FILES = {
    '752000000000001': 'Id\n003000000000001AAA\n003000000000002AAA\n',
    '752000000000002': 'Id\n003000000000003AAA\n',
}
NS = 'xmlns="http://www.force.com/2009/06/asyncapi/dataload"'
BATCH = (
    '<id>751000000000001</id><state>Completed</state><numberRecordsProcessed>3</numberRecordsProcessed>'
    '<numberRecordsFailed>0</numberRecordsFailed>'
)
asked = []


def answer(request):
    path = request.path_url.split('/job')[1]
    if request.method == 'POST':
        if path.endswith('/batch'):
            return 201, f'<batchInfo {NS}>{BATCH}</batchInfo>'
        return (201, json.dumps({'id': '750000000000001'})) if path == '' else (200, '{}')
    if path.endswith('/batch'):
        return 200, f'<batchInfoList {NS}><batchInfo>{BATCH}</batchInfo></batchInfoList>'
    if path.endswith('/result'):
        return 200, f'<result-list {NS}>{"".join(f"<result>{key}</result>" for key in FILES)}</result-list>'
    asked.append(path.split('/')[-1])
    return 200, FILES[asked[-1]]


def send(_adapter, request, **_options):
    response = requests.Response()
    response.status_code, text = answer(request)
    response._content, response.url, response.request = text.encode(), request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
session = SfdcSession(session_id='session', instance='acme.my')
rows = SfdcBulkApi(session).export('Contact', 'SELECT Id FROM Contact').splitlines()
print(f'listed: {", ".join(FILES)}; asked for: {", ".join(asked)}; records: {len(rows) - 1} of 3')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'listed: 752000000000001, 752000000000002; asked for: 752000000000001; records: 2 of 3' ]
