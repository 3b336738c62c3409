#!/usr/bin/env bash
# salesforce-fuelsdk-sans 1.3.1
# The client for Marketing Cloud logs in by OAuth 2.0 when `useOAuth2Authentication` (FUELSDK_USE_OAUTH2 in the
# environment) is the text `True`, and only then. The boolean True in `params`, and `true` or `1` in the environment or
# in the configuration file, count as no: the client logs in by the old way, at the bare address with `?legacy=1`, and
# leaves out the account and the scope. Nothing warns. The login fails with `Unable to validate App Keys`, and the keys
# are right.
# Seen: `True` asks `/v2/token` with account and scope; True, `true` and `1` ask `?legacy=1` without.
# Fails when True or `true` is taken for yes. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" salesforce-fuelsdk-sans==1.3.1
cat >run.py <<'P'
import json
import os

import requests
from FuelSDK import ET_Client

asked = []


def post(url, data, headers):
    asked.append((url, json.loads(data)))
    response = requests.Response()
    response.status_code = 400
    response._content = json.dumps({'error': 'invalid_client'}).encode()
    return response


requests.post = post
with open('some.wsdl', 'w') as file:
    file.write('<definitions/>')
common = {
    'clientid': 'app', 'clientsecret': 'secret', 'authenticationurl': 'https://acme.auth.marketingcloudapis.com',
    'accountId': '7001', 'scope': 'email_read', 'wsdl_file_local_loc': os.path.abspath('some.wsdl'),
}
for where, value in (('params', 'True'), ('params', True), ('environment', 'true'), ('environment', '1')):
    more = {}
    if where == 'params':
        more['useOAuth2Authentication'] = value
    else:
        os.environ['FUELSDK_USE_OAUTH2'] = value
    try:
        ET_Client(params={**common, **more})
    except Exception as error:
        url, body = asked.pop()
        print(f'{where} {value!r}: {url}, {", ".join(body)}; {str(error)[:27]}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
old='https://acme.auth.marketingcloudapis.com?legacy=1, clientId, clientSecret, accessType; Unable to validate App Keys'
new='https://acme.auth.marketingcloudapis.com/v2/token, client_id, client_secret, grant_type, account_id, scope'
[ "$seen" = "params 'True': $new; Unable to validate App Keys
params True: $old
environment 'true': $old
environment '1': $old" ]
