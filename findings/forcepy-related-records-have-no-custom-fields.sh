#!/usr/bin/env bash
# forcepy 0.1.7
# The records of a query are dictionaries with a `get` of their own, which also finds a field of a related record:
# `get('Account.Name')`. A related record by itself, `record.Account`, has a `get` that separates fields by two
# underscores. Each custom field ends with two underscores and a letter: `get('Locked__c')` looks for a field `c` in
# `Locked`, does not find it, and gives None or the default, whatever the org answered. `record.Account['Locked__c']`
# has the value, and so has `get` for the record's own custom fields and for standard fields of both. A default that
# stands for a missing value, as in `get('Locked__c', False)`, takes the place of each value.
# Seen: `Locked__c` is true for a contact and for its account; `get` with False has True for the contact and False for
# the account, and the account's name.
# Fails when `get` has the account's custom field. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" forcepy==0.1.7 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from forcepy import Salesforce

CONTACT = {'Name': 'Ann', 'Locked__c': True, 'Account': {'Name': 'Acme', 'Locked__c': True}}


def send(_adapter, request, **_options):
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({'totalSize': 1, 'done': True, 'records': [CONTACT]}).encode()
    response.headers['Content-Type'] = 'application/json'
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = Salesforce(session_id='session', instance_url='https://acme.my.salesforce.com')
contact = client.query('SELECT Name, Locked__c, Account.Name, Account.Locked__c FROM Contact')[0]
print(contact.get('Account.Name'))
for record in (contact, contact.Account):
    print(f'{record.get("Name")}: Locked__c {record["Locked__c"]}, get {record.get("Locked__c", False)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'Acme
Ann: Locked__c True, get True
Acme: Locked__c True, get False' ]
