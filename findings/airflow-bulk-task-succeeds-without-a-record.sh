#!/usr/bin/env bash
# apache-airflow-providers-salesforce 5.15.1 (with apache-airflow 3.3.2 and simple-salesforce 1.12.10)
# The operator for the Bulk API inserts, updates and deletes records in a task of a pipeline. The org answers for each
# record whether it took it. The operator does not look at that: the task ends as a success when the org has refused
# every record, as for a permission that the integration's user lost, and the steps behind it go on. What the org said is
# in the task's result, which nothing reads unless a step of one's own does. With `max_retries` the operator does read the
# errors, sends some records again, and ends as a success all the same. Each other failure of a task is an exception.
# Seen: the org refuses to deactivate three users; the task ends with three results, none of them a success.
# Fails when the task fails. Run by hand, outside CI; it needs Python and pip, takes minutes to install, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" apache-airflow-providers-salesforce==5.15.1 apache-airflow==3.3.2 \
    simple-salesforce==1.12.10 requests==2.34.2
cat >run.py <<'P'
import json
import os

import requests
from simple_salesforce import Salesforce

os.environ['AIRFLOW_HOME'] = os.getcwd() + '/airflow'
os.environ['AIRFLOW__LOGGING__LOGGING_LEVEL'] = 'CRITICAL'
from airflow.providers.salesforce.hooks.salesforce import SalesforceHook  # noqa: E402
from airflow.providers.salesforce.operators.bulk import SalesforceBulkOperator  # noqa: E402

HOST = 'acme.my.salesforce.com'
FAULT = {'statusCode': 'INSUFFICIENT_ACCESS_OR_READONLY', 'message': 'insufficient access rights', 'fields': []}


class Org(requests.adapters.BaseAdapter):
    """Takes a job of the Bulk API, and refuses each of its records."""

    def close(self):
        pass

    def send(self, request, **_options):
        body = {'id': '750000000000001AAA', 'jobId': '750000000000001AAA', 'state': 'Completed'}
        if request.url.endswith('/batch'):
            self.count = len(json.loads(request.body))
        elif request.url.endswith('/result'):
            body = self.count * [{'success': False, 'created': False, 'id': None, 'errors': [FAULT]}]
        response = requests.Response()
        response.status_code, response._content = 200, json.dumps(body).encode()
        response.url, response.request = request.url, request
        return response


session = requests.Session()
session.mount('https://', Org())
SalesforceHook.get_conn = lambda _hook: Salesforce(instance=HOST, session_id='session', session=session)
users = [{'Id': f'00500000000000{number}AAA', 'IsActive': False} for number in range(1, 4)]
for retries in (0, 2):
    task = SalesforceBulkOperator(
        task_id='deactivate', operation='update', object_name='User', payload=users, max_retries=retries
    )
    result = task.execute({})
    print(f'{retries} retries: ended, {len(result)} results, {sum(it["success"] for it in result)} successes')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = '0 retries: ended, 3 results, 0 successes
2 retries: ended, 3 results, 0 successes' ]
