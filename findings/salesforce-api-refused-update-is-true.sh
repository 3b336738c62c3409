#!/usr/bin/env bash
# salesforce-api 0.1.46
# `update`, `upsert` and `delete` of a record return True, and a refusal raises an exception, as a test with a wrong
# id shows. Exceptions belong to seven statuses of HTTP. For every other one from 400 on the answer is taken as it is,
# and the three methods return True: when the org, or a proxy before it, answers 502 or 503 because it cannot take the
# request now, 429 because there are too many, or 412 because a condition does not hold. A synchronisation notes the
# record as written, and does not come back to it.
# Seen: for 404 all three raise an exception; for 412, 429, 502 and 503 all three return True.
# Fails when one of these statuses raises an exception. Run by hand, outside CI; it needs Python and pip, and the
# server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" salesforce-api==0.1.46 requests==2.34.2
cat >run.py <<'P'
from salesforce_api import Salesforce
from salesforce_api.core import Connection

import server


class Org(server.Org):
    """Refuses each request with the status that is set."""

    def refuse(self):
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.answer(self.server.status, [{'errorCode': 'REFUSED', 'message': 'not now'}])

    do_PATCH = do_DELETE = refuse


def attempt(call):
    try:
        return str(call())
    except Exception as error:  # whatever the library raises
        return type(error).__name__


org, address = server.start(Org)
contacts = Salesforce(connection=Connection(access_token='session', instance_url=address)).sobjects.Contact
record = '003000000000001AAA'
for status in (404, 412, 429, 502, 503):
    org.status = status
    said = (
        attempt(lambda: contacts.update(record, {'Phone': '1'})),
        attempt(lambda: contacts.upsert('Key__c', '1', {'Phone': '1'})),
        attempt(lambda: contacts.delete(record)),
    )
    print(f'{status}: {", ".join(said)}')
org.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
missing=RestResourceNotFoundError
[ "$seen" = "404: $missing, $missing, $missing
412: True, True, True
429: True, True, True
502: True, True, True
503: True, True, True" ]
