#!/usr/bin/env bash
# simple-salesforce 1.12.10
# The client for the Metadata API is made when it is used first, and kept: with the session of that moment. When this has
# ended, a deployment or a look at its state is refused without a login. That much is so for the Bulk APIs, too. There a
# renewal by any other request helps, as their client is made anew each time; this one sends the first session for as
# long as the process lives, beside queries that are answered.
# Seen: after the end of the session the state of a deployment is refused, a query is answered after a second login, and
# the state is refused again, both with the first session; a new client gets it.
# Fails when the second look is answered. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"
cat >run.py <<'P'
import re

from org import Org
from simple_salesforce import Salesforce
from simple_salesforce.exceptions import SalesforceError


class Deploying(Org):
    """An org that also answers where a deployment stands."""

    def send(self, request, **options):
        response = super().send(request, **options)
        if '/services/Soap/m/' in request.url:
            self.given = re.search('sessionId>(.*?)<', request.body).group(1)
            answer = '<soapenv:Fault><faultcode>sf:INVALID_SESSION_ID</faultcode></soapenv:Fault>'
            response.status_code = 500
            if self.given == self.current:
                answer = '<checkDeployStatusResponse><result><status>Succeeded</status></result></checkDeployStatusResponse>'
                response.status_code = 200
            response._content = (
                '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
                f' xmlns="http://soap.sforce.com/2006/04/metadata"><soapenv:Body>{answer}</soapenv:Body></soapenv:Envelope>'
            ).encode()
        return response


org = Deploying('acme.my.salesforce.com')


def client():
    return Salesforce('sync@example.com', 'password', 'token', session=org.session)


def look(sf):
    try:
        said = sf.checkDeployStatus('0Af000000000001AAA')['state']
    except SalesforceError as error:
        said = type(error).__name__
    print(f'state: {said} ({org.given}), {org.logins} logins')


sf = client()
look(sf)
org.expire()
look(sf)
sf.query('SELECT Id FROM Lead')
print(f'query: answered ({sf.session_id}), {org.logins} logins')
look(sf)
look(client())
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'state: Succeeded (session 1), 1 logins
state: SalesforceGeneralError (session 1), 1 logins
query: answered (session 2), 2 logins
state: SalesforceGeneralError (session 1), 2 logins
state: Succeeded (session 3), 3 logins' ]
