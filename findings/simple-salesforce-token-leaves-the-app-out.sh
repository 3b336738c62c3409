#!/usr/bin/env bash
# simple-salesforce 1.12.10
# With a consumer key and a consumer secret the client logs in by OAuth as that app. Given the user's security token
# as well, it logs in by SOAP instead: the key and the secret are accepted and never sent, and nothing warns. An
# integration that was moved to an app, and kept its token, still logs in without the app.
# Seen: without the token the login goes to `oauth2/token` and has the key, with it to `Soap/u` and has no key.
# Fails when the key is sent in both. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"

cat >run.py <<'P'
import warnings

from org import Org
from simple_salesforce import Salesforce

app = {'consumer_key': 'key-of-the-app', 'consumer_secret': 'secret-of-the-app', 'domain': 'acme.my'}
with warnings.catch_warnings(record=True) as given:
    warnings.simplefilter('always')
    for more in ({}, {'security_token': 'token'}):
        org = Org('acme.my.salesforce.com')
        Salesforce(username='sync@example.com', password='password', session=org.session, **app, **more)
        login = org.sent[0]
        print(login.url.split('/services/')[1], 'key-of-the-app' in login.body, 'secret-of-the-app' in login.body)
print(len(given), 'warnings')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "oauth2/token True True
Soap/u/59.0 False False
0 warnings" ]
