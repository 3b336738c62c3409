#!/usr/bin/env bash
# simple-salesforce 1.12.10
# When a session has expired, the client logs in again and repeats the request, but not in its two Bulk APIs: there the
# same client raises an error without a login. A job that loads records for hours ends where a query would go on, and a
# handler that was taken from the client before a renewal keeps the session of before.
# Seen: the query is answered after a second login; `bulk` and `bulk2` raise errors after the first; a handler that is
# older than a renewal sends the first session.
# Fails when a Bulk request is repeated. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"

cat >run.py <<'P'
import json

from org import Org
from simple_salesforce import Salesforce, SalesforceError


class BulkOrg(Org):
    """The first Bulk API has the session in a header of its own, and answers an expired one with 400."""

    def send(self, request, **options):
        session = request.headers.get('X-SFDC-Session')
        if session is None:
            return super().send(request, **options)
        request.headers['Authorization'] = f'Bearer {session}'
        response = super().send(request, **options)
        if response.status_code == 401:
            response.status_code = 400
            response._content = json.dumps({'exceptionCode': 'InvalidSessionId', 'exceptionMessage': 'x'}).encode()
        return response


calls = {
    'query': lambda client: client.query('SELECT Id FROM Lead'),
    'bulk': lambda client: client.bulk.Lead.insert([{'LastName': 'Example'}]),
    'bulk2': lambda client: client.bulk2.Lead.insert(records=[{'LastName': 'Example'}]),
}
user = {'username': 'sync@example.com', 'password': 'password', 'security_token': 'token'}
for name, call in calls.items():
    org = BulkOrg('acme.my.salesforce.com')
    client = Salesforce(session=org.session, **user)
    org.expire()
    try:
        call(client)
        print(f'{name}: answered, {org.logins} logins')
    except SalesforceError as error:
        print(f'{name}: {type(error).__name__}, {org.logins} logins')
org = BulkOrg('acme.my.salesforce.com')
client = Salesforce(session=org.session, **user)
older = client.bulk
org.expire()
client.query('SELECT Id FROM Lead')
org.sent.clear()
try:
    older.Lead.insert([{'LastName': 'Example'}])
except SalesforceError:
    print(f'the older handler sends {org.sent[0].headers["X-SFDC-Session"]}, the client has {client.session_id}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "query: answered, 2 logins
bulk: SalesforceMalformedRequest, 1 logins
bulk2: SalesforceExpiredSession, 1 logins
the older handler sends session 1, the client has session 2" ]
