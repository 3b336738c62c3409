#!/usr/bin/env bash
# parsons 6.1.0 (with simple-salesforce 1.12.10)
# The connector takes the options of a login as arguments or from the environment. By its help `test_environment` is not
# needed where `SALESFORCE_DOMAIN` is set. It is: with `SALESFORCE_DOMAIN=test` alone a user of a sandbox logs in at
# production, where each run of a job is a failed login, and who has the same name and password there works in the other
# org. With `test_environment` the variable is not read either, so a login at My Domain is not to be had. And the login of
# an app that is given its key and its secret sends the key twice: the org refuses it, whatever the secret is. From the
# environment the secret is taken.
# Seen: the host that each login goes to, and what is sent for an app.
# Fails when the variable or the secret is used. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" parsons==6.1.0 simple-salesforce==1.12.10 requests==2.34.2
cat >run.py <<'P'
import base64
import os
import urllib.parse

import requests
from parsons import Salesforce


def send(_adapter, request, **_options):
    """Shows a login, and does not reach the org."""
    kind, _, text = request.headers.get('Authorization', '').partition(' ')
    app = f' as {base64.b64decode(text).decode()}' if kind == 'Basic' else ''
    print(f'  at {urllib.parse.urlsplit(request.url).hostname}{app}')
    raise requests.ConnectionError


requests.adapters.HTTPAdapter.send = send
user = {'username': 'sync@example.com.uat', 'password': 'password', 'security_token': 'token'}
app = {'authentication_method': 'client_credentials', 'domain': 'acme.my'}
key, secret = 'SALESFORCE_CONSUMER_KEY', 'SALESFORCE_CONSUMER_SECRET'
for about, environment, options in (
    ('SALESFORCE_DOMAIN=test', {'SALESFORCE_DOMAIN': 'test'}, user),
    ('test_environment', {}, {**user, 'test_environment': True}),
    ('SALESFORCE_DOMAIN=acme.my', {'SALESFORCE_DOMAIN': 'acme.my'}, user),
    ('both', {'SALESFORCE_DOMAIN': 'acme.my'}, {**user, 'test_environment': True}),
    ('an app by arguments', {}, {**app, 'consumer_key': 'key', 'consumer_secret': 'secret'}),
    ('an app by the environment', {key: 'key', secret: 'secret'}, app),
):
    print(about)
    os.environ.update(environment)
    try:
        Salesforce(**options).client
    except requests.ConnectionError:
        pass
    for name in environment:
        del os.environ[name]
P
seen=$(python/bin/python -W ignore run.py)
printf '%s\n' "$seen"
[ "$seen" = 'SALESFORCE_DOMAIN=test
  at login.salesforce.com
test_environment
  at test.salesforce.com
SALESFORCE_DOMAIN=acme.my
  at login.salesforce.com
both
  at test.salesforce.com
an app by arguments
  at acme.my.salesforce.com as key:key
an app by the environment
  at acme.my.salesforce.com as key:secret' ]
