#!/usr/bin/env bash
# aiosalesforce 0.6.2 (with httpx 0.28.1)
# For the Bulk API the client cuts what is to be loaded into files of 100 MB, one for each job. A record that does not
# fit any more is put aside for the next file. When it is the last record, there is no next file, and it is never sent.
# What `insert` returns has the results of the jobs, which were all successful, and no error: that one is missing is
# seen only by who counts. With one record more, both are sent, so that the same job loses a record on one night and
# none on the next.
# Seen: with lines of 10,000 bytes the 10,000th record does not fit any more. Of 9,999 records 9,999 are sent in one
# job, of 10,000 records 9,999 in one, of 10,001 records all in two; nothing is reported.
# Fails when all 10,000 are sent. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" aiosalesforce==0.6.2 httpx==0.28.1
cat >run.py <<'P'
import asyncio

import httpx
from aiosalesforce import Salesforce
from aiosalesforce.auth import Auth

URL = 'https://acme.my.salesforce.com'
TEXT = 'x' * 9_999
JOB = {
    'id': '750000000000001AAA', 'operation': 'insert', 'object': 'Note__c', 'state': 'JobComplete',
    'createdDate': '2026-03-12T08:00:00.000+0000', 'systemModstamp': '2026-03-12T08:00:00.000+0000',
}
sent = []


class Session(Auth):
    """A session that is there already."""

    async def _acquire_new_access_token(self, _client):
        return 'session'


def answer(request):
    if request.method == 'PUT':
        sent.append(request.content.count(b'\n') - 1)
    if request.method == 'GET':
        return httpx.Response(200, text='"sf__Id","sf__Created"\n')
    return httpx.Response(200, json=JOB)


async def load(count):
    sent.clear()
    client = httpx.AsyncClient(transport=httpx.MockTransport(answer))
    salesforce = Salesforce(client, URL, Session())
    result = await salesforce.bulk_v2.insert('Note__c', [{'Text__c': TEXT} for _ in range(count)])
    failed = len(result.failed_results) + len(result.unprocessed_records)
    print(f'{count} records: {" and ".join(map(str, sent))} sent, {failed} reported')


for count in (9_999, 10_000, 10_001):
    asyncio.run(load(count))
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = '9999 records: 9999 sent, 0 reported
10000 records: 9999 sent, 0 reported
10001 records: 9999 and 2 sent, 0 reported' ]
