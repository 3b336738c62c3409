#!/usr/bin/env bash
# simple-salesforce 1.12.10
# When a session has expired, the client logs in again and repeats the request by itself, but without the headers that
# the caller gave: method, address and body are the same, and `Sforce-Auto-Assign: false` is gone. What the request
# does depends on whether the session happened to end before it.
# Seen: the first attempt has the header, the repeated one, which is the one that is carried out, has not.
# Fails when the header is sent again. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"

cat >run.py <<'P'
from org import Org
from simple_salesforce import Salesforce

org = Org('acme.my.salesforce.com')
client = Salesforce(username='sync@example.com', password='password', security_token='token', session=org.session)
for expired in (False, True):
    if expired:
        org.expire()
    org.sent.clear()
    client.Lead.create({'LastName': 'Example'}, headers={'Sforce-Auto-Assign': 'false'})
    requests = [request for request in org.sent if request.url.endswith('/sobjects/Lead/')]
    print(*(request.headers.get('Sforce-Auto-Assign', 'missing') for request in requests))
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = $'false\nfalse missing' ]
