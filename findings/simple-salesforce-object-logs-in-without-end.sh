#!/usr/bin/env bash
# simple-salesforce 1.12.10
# When the org refuses a session, the client logs in again and repeats the request, and gives up after the fourth time.
# That holds for a query. A request for a record (`sf.Lead.get`, `create` and so on) loses the count each time: as long as
# the org refuses the new sessions, too, as one does that locks sessions to an IP address where logins leave by another
# one than requests, it logs in again, without a pause, until Python's stack is full. One call makes nearly a thousand
# logins of one user, in the login history and against the limit of logins, and raises RecursionError.
# Seen: with an org that refuses every session a query makes 5 logins and raises SalesforceExpiredSession, a record more
# than 500 and raises RecursionError.
# Fails when a record makes fewer logins. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"
cat >run.py <<'P'
from org import Org
from simple_salesforce import Salesforce


class Refusing(Org):
    """An org whose sessions are of no use."""

    def send(self, request, **options):
        response = super().send(request, **options)
        self.expire()
        return response


requests = {
    'query': lambda sf: sf.query('SELECT Id FROM Lead'),
    'record': lambda sf: sf.Lead.get('00Q000000000001AAA'),
}
for about, request in requests.items():
    org = Refusing('acme.my.salesforce.com')
    sf = Salesforce('sync@example.com', 'password', 'token', session=org.session)
    try:
        request(sf)
    except Exception as error:
        said = type(error).__name__
    print(f'{about}: {said}, {org.logins if org.logins < 500 else "more than 500"} logins')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'query: SalesforceExpiredSession, 5 logins
record: RecursionError, more than 500 logins' ]
