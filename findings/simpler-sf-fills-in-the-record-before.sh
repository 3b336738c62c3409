#!/usr/bin/env bash
# simpler-sf 1.0.4 (with simple-salesforce 1.12.10 and pandas 3.1.1)
# `smart_query` gives the records of a query as a table, with a column for each field of a related record. Where a record
# has no related one, the org answers null in its place. The table then has the values of the record before: the fields
# of each record are collected in one and the same dictionary, which is never emptied. A contact without an account
# stands in the table under the account of the contact above it, and the next query of the process begins with the
# values that the last one left. Nothing warns, a record without a value looks like one with it, and sorted in another
# way the same query gives another account.
# Seen: of three contacts the second has no account, and the table has the first one's there; in a second query it has
# the account of the first query's last record.
# Fails when the second has no account in the table. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" \
    simpler-sf==1.0.4 simple-salesforce==1.12.10 requests==2.34.2 pandas==3.1.1 tqdm==4.67.1
cat >run.py <<'P'
import json

import requests
import simpler_sf
from simple_salesforce import Salesforce

JOB = {'id': '750000000000001AAA', 'jobId': '750000000000001AAA', 'state': 'Completed'}
QUERY = 'SELECT LastName, Account.Name FROM Contact'


def contact(name, account):
    related = {'attributes': {'type': 'Account'}, 'Name': account} if account else None
    return {'attributes': {'type': 'Contact'}, 'LastName': name, 'Account': related}


def send(_adapter, request, **_options):
    """An org that does every job at once."""
    path = request.path_url
    answer = records if '/result/' in path else ['752000000000001AAA'] if path.endswith('/result') else JOB
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(answer).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
simpler_sf.simple_salesforce()
client = Salesforce(instance='acme.my.salesforce.com', session_id='session')
for contacts in ((('Ann', 'Acme'), ('Bob', None), ('Cem', 'Globex')), (('Bob', None), ('Ann', 'Acme'))):
    records = [contact(*each) for each in contacts]
    print(f'the org: {", ".join(f"{name} {account}" for name, account in contacts)}')
    rows = client.smart_query(QUERY)[['LastName', 'Account.Name']].to_numpy()
    print(f'  the table: {", ".join(" ".join(row) for row in rows)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'the org: Ann Acme, Bob None, Cem Globex
  the table: Ann Acme, Bob Acme, Cem Globex
the org: Bob None, Ann Acme
  the table: Bob Globex, Ann Acme' ]
