#!/usr/bin/env bash
# simple-salesforce 1.12.10 and salesforce-api 0.1.46
# A query may ask for the children of a record, too: `SELECT Name, (SELECT Email FROM Contacts) FROM Account`. An org
# may answer in pages, and where a record has many children they come in pages of their own: `done` is false within
# the record, and `nextRecordsUrl` there leads to the rest. `query_all` and `query_all_iter` of simple-salesforce and
# `query` of salesforce-api follow the pages of the records and never those of the children: an account with 500
# contacts has those of the first page. Nothing warns, and a program that compares the contacts takes the rest for
# deleted. Only `totalSize` of the children tells.
# Seen: of two accounts on two pages both are had, and of the three contacts of the first one two; the page with the
# third is not asked for.
# Fails when the third contact is returned. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" simple-salesforce==1.12.10 salesforce-api==0.1.46 requests==2.34.2
cat >run.py <<'P'
import json

import requests
import salesforce_api
from salesforce_api.core import Connection
from simple_salesforce import Salesforce

HOST = 'acme.my.salesforce.com'
QUERY = 'SELECT Name, (SELECT Email FROM Contacts) FROM Account'
FIRST, SECOND, THIRD = ({'Email': f'{name}@example.com'} for name in ('ann', 'bob', 'cem'))
REST = '/services/data/v59.0/query/01g000000000001AAA-2'
CHILDREN = {'totalSize': 3, 'done': False, 'records': [FIRST, SECOND], 'nextRecordsUrl': f'{REST}-contacts'}
PAGES = {
    REST: {'totalSize': 2, 'done': True, 'records': [{'Name': 'Globex', 'Contacts': None}]},
    f'{REST}-contacts': {'totalSize': 3, 'done': True, 'records': [THIRD]},
}
asked = []


def send(_adapter, request, **_options):
    """An org that answers in pages."""
    path = request.path_url.split('?')[0]
    asked.append(path)
    records = [{'Name': 'Acme', 'Contacts': CHILDREN}]
    page = PAGES.get(path, {'totalSize': 2, 'done': False, 'records': records, 'nextRecordsUrl': REST})
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(page).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = Salesforce(instance=HOST, session_id='session')
connection = Connection(access_token='session', instance_url=f'https://{HOST}', session=requests.Session())
calls = {
    'query_all': lambda: client.query_all(QUERY)['records'],
    'query_all_iter': lambda: list(client.query_all_iter(QUERY)),
    'salesforce-api': lambda: salesforce_api.Salesforce(connection=connection).sobjects.query(QUERY),
}
for name, call in calls.items():
    asked.clear()
    accounts = call()
    contacts = [contact['Email'] for contact in accounts[0]['Contacts']['records']]
    followed = f'{REST}-contacts' in asked
    print(f'{name}: {len(accounts)} accounts, {" ".join(contacts)}, {"followed" if followed else "not followed"}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
found='2 accounts, ann@example.com bob@example.com, not followed'
[ "$seen" = "query_all: $found
query_all_iter: $found
salesforce-api: $found" ]
