#!/usr/bin/env bash
# sfmon 3.16.3 (with simple-salesforce 1.12.10)
# The package watches an org and gives what it finds to Prometheus, among it the active users with a profile that nobody
# should have. A query that the org refuses, as for too many requests on that day or for a permission that the
# integration's user lost, counts as a query that found no record. The metric is then made anew: the user who was
# reported before is gone, and there is a line for `No Violations`, with 0, as after a clean check. An alarm ends by
# itself at the moment in which nothing is checked any more, and one that would begin does not. The error is in the log
# alone.
# Seen: with one user the metric is 1 for this user; when the next query is refused with status 403, 503 or, for an
# ended session, 401, it is 0 for `No Violations`, the same as when the org answers that there is none.
# Fails when a refusal can be told from a clean check. Run by hand, outside CI; it needs Python and pip, and asks no
# server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sfmon==3.16.3 simple-salesforce==1.12.10 requests==2.34.2
cat >run.py <<'P'
import json
import logging
import os

import requests
from prometheus_client import REGISTRY
from simple_salesforce import Salesforce

os.environ['FORBIDDEN_PROD_PROFILES'] = 'Delivery Admin'
from sfmon.audit import forbidden_profiles  # noqa: E402

logging.disable()
USER = {'Id': '005000000000001AAA', 'Name': 'Ann', 'Username': 'ann@example.com', 'Profile': {'Name': 'Delivery Admin'}}


def send(_adapter, request, **_options):
    response = requests.Response()
    response.status_code = status
    body = {'totalSize': len(found), 'done': True, 'records': found}
    if status != 200:
        body = [{'errorCode': 'REQUEST_LIMIT_EXCEEDED', 'message': 'TotalRequests Limit exceeded.'}]
    response._content, response.url, response.request = json.dumps(body).encode(), request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = Salesforce(instance='acme.my.salesforce.com', session_id='session')
for what, status, found in (
    ('one user', 200, [USER]), ('refused', 403, []), ('one user', 200, [USER]), ('busy', 503, []),
    ('one user', 200, [USER]), ('session ended', 401, []), ('none', 200, []),
):
    forbidden_profiles.monitor_forbidden_profile_assignments(client)
    for metric in REGISTRY.collect():
        for sample in metric.samples:
            if 'profile_name' in sample.labels and 'forbidden' in metric.name:
                print(f'{what}: {sample.labels["user_name"]} {sample.value:g}')
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'one user: Ann 1
refused: No Violations 0
one user: Ann 1
busy: No Violations 0
one user: Ann 1
session ended: No Violations 0
none: No Violations 0' ]
