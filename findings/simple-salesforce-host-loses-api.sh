#!/usr/bin/env bash
# simple-salesforce 1.12.10
# After a login by SOAP (a password with a security token) every `-api` is removed from the host that the login
# returned, wherever in a name it stands: where a My Domain or a sandbox has it in its name, all requests go to the
# host of another name. A login as an app keeps the host.
# Seen: with the sandbox `apitest` the request goes to `acme-test.sandbox...`, not to `acme--apitest.sandbox...`.
# Fails when the host is kept. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"

cat >run.py <<'P'
from urllib.parse import urlsplit

from org import Org
from simple_salesforce import Salesforce

user = {'username': 'sync@example.com', 'password': 'password', 'domain': 'acme--apitest.sandbox.my'}
for more in ({'security_token': 'token'}, {'consumer_key': 'key', 'consumer_secret': 'secret'}):
    org = Org('acme--apitest.sandbox.my.salesforce.com')
    Salesforce(session=org.session, **user, **more).Lead.get('00Q000000000001AAA')
    print(*(urlsplit(request.url).hostname for request in org.sent))
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "acme--apitest.sandbox.my.salesforce.com acme-test.sandbox.my.salesforce.com
acme--apitest.sandbox.my.salesforce.com acme--apitest.sandbox.my.salesforce.com" ]
