#!/usr/bin/env bash
# jsforce 3.10.26, @jsforce/jsforce-node 3.12.0, salesforce-api 0.1.46 and kinetic-core 2.1.1
# An upsert of one record names it in the address, by the field of the external id and its value. These clients put
# the value there as it is. In an address `?` begins the query and `#` what is not sent at all: an upsert of the
# record with the id `A#2` or `A?2` is one of the record `A`, which the org changes or creates, and the client reports
# success. The record that was meant stays as it is. Article numbers and keys that were put together from two parts
# have such signs. jsforce sends several records in the body instead, and there each id is what it is: whether the
# right record is changed depends on their number.
# Seen: for `A2` each client names `A2`; for `A#2` and `A?2` each names `A`, and jsforce with a list names both as
# given.
# Fails when the ids are encoded. Run by hand, outside CI; it needs npm, Python and pip, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check salesforce-api==0.1.46 kinetic-core==2.1.1 requests==2.34.2
cat >run.js <<'JS'
const Org = require('./org.js');

let named;
const org = new Org({
  answer: ({ url }, body) => {
    const { records } = JSON.parse(body);
    const path = new URL(url, org.url).pathname;
    named = records?.map(({ Key__c }) => Key__c) ?? decodeURIComponent(path.split('/').at(-1));
    const saved = { id: '003000000000001AAA', success: true, created: false, errors: [] };
    return records?.map(() => saved) ?? saved;
  },
});
org.open().then(async () => {
  org.current = 'session';
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    const connection = new Connection({ instanceUrl: org.url, accessToken: org.current, version: '66.0' });
    const contacts = connection.sobject('Contact');
    for (const Key__c of ['A2', 'A#2', 'A?2']) {
      const { success } = await contacts.upsert({ Key__c, Phone: '1' }, 'Key__c');
      console.log(`${name}, ${Key__c}: ${named}, ${success ? 'success' : 'refused'}`);
    }
    await contacts.upsert([{ Key__c: 'A#2' }, { Key__c: 'A?2' }], 'Key__c');
    console.log(`${name}, a list: ${named.join(' ')}`);
  }
  org.close();
});
JS
cat >run.py <<'P'
import logging

import requests
import salesforce_api
from kinetic_core import SalesforceClient, SalesforceSession
from salesforce_api.core import Connection

logging.disable()
URL = 'https://acme.my.salesforce.com'
named = ''


def send(_adapter, request, **_options):
    """Takes each upsert."""
    global named
    named = requests.utils.unquote(requests.utils.urlparse(f'{URL}{request.path_url}').path.split('/')[-1])
    response = requests.Response()
    response.status_code, response._content = 201, b'{"id": "003000000000001AAA", "success": true, "errors": []}'
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
connection = Connection(access_token='session', instance_url=URL, session=requests.Session())
contacts = salesforce_api.Salesforce(connection=connection).sobjects.Contact
client = SalesforceClient(SalesforceSession(URL, 'session'))
for key in ('A2', 'A#2', 'A?2'):
    for name, call in (
        ('salesforce-api', lambda: contacts.upsert('Key__c', key, {'Phone': '1'})),
        ('kinetic-core', lambda: client.upsert('Contact', 'Key__c', key, {'Phone': '1'})),
    ):
        success = call()
        print(f'{name}, {key}: {named}, {"success" if success else "refused"}')
P
seen=$(
    node_modules/.bin/node run.js
    python/bin/python run.py
)
printf '%s\n' "$seen"
for name in jsforce @jsforce/jsforce-node; do
    printf '%s\n' "$name, A2: A2, success" "$name, A#2: A, success" "$name, A?2: A, success" "$name, a list: A#2 A?2"
done >wanted
for answer in 'A2: A2' 'A#2: A' 'A?2: A'; do
    printf '%s\n' "salesforce-api, $answer, success" "kinetic-core, $answer, success"
done >>wanted
[ "$seen" = "$(cat wanted)" ]
