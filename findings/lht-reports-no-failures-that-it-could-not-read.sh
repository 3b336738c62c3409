#!/usr/bin/env bash
# lht 3.0.0
# The package loads records from a data warehouse into an org by Bulk API 2.0, and `process_bulk_api_results` then
# writes what became of each record into tables of the warehouse. The org has two lists for it, one of the records that
# it took and one of those that it refused. A list that cannot be read, as after the end of the session or from a busy
# org, counts as an empty one: the summary has no failures and says `success`, which means that everything was saved,
# and the table of failures stays empty. The job's own count of failed records is beside it in another table and is not
# compared. What happened is in the log alone.
# Seen: of a job with three records, two of them refused, the summary has 1 and 2, and 2 rows are written; with status
# 503 for the second list it has 1 and 0 with success, and with an ended session 0 and 0 with success.
# Fails when one of the two is no success. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" \
    lht==3.0.0 requests==2.34.2 pandas==3.1.1 cryptography==50.0.2 tabulate==0.10.0
cat >run.py <<'P'
import json
import logging

import requests
from lht.salesforce.results_bapi import process_bulk_api_results

logging.disable()
ACCESS = {'access_token': 'session', 'instance_url': 'https://acme.my.salesforce.com'}
JOB = {'id': '750000000000001AAA', 'state': 'JobComplete', 'numberRecordsProcessed': 3, 'numberRecordsFailed': 2}
TAKEN = '"sf__Id","sf__Created","Name"\n"003000000000001AAA","true","Ann"\n'
REFUSED = '"sf__Id","sf__Error","Name"\n"","INSUFFICIENT_ACCESS","Bob"\n"","INSUFFICIENT_ACCESS","Cem"\n'


class Session:
    """A warehouse that counts the rows of its table of failures."""

    def sql(self, statement):
        if 'INSERT INTO LOGS.FAILURE' in statement.upper():
            written.append(statement.count('INSUFFICIENT_ACCESS'))
        return self

    def collect(self):
        return []


def send(_adapter, request, **_options):
    response = requests.Response()
    refused = '/failedResults' in request.url
    text = REFUSED if refused else TAKEN if '/successfulResults' in request.url else json.dumps(JOB)
    response.status_code = 401 if case == 'session ended' else 503 if refused and case == 'busy' else 200
    response._content, response.url, response.request = text.encode(), request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
for case in ('all answered', 'busy', 'session ended'):
    written = []
    summary = process_bulk_api_results(Session(), ACCESS, JOB['id'])
    counts = f'{summary["success_count"]} taken, {summary["failure_count"]} refused'
    print(f'{case}: {counts}, success {summary["success"]}, {sum(written)} rows of failures')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'all answered: 1 taken, 2 refused, success True, 2 rows of failures
busy: 1 taken, 0 refused, success True, 0 rows of failures
session ended: 0 taken, 0 refused, success True, 0 rows of failures' ]
