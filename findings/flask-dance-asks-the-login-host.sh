#!/usr/bin/env bash
# flask-dance 7.1.0
# The blueprint for Salesforce logs a user in, and `salesforce.get('/services/data/...')` sends requests with the session.
# The answer to the login names the host of the user's org (`instance_url`). It is stored and not used: without `hostname`
# each request goes to login.salesforce.com, and with `is_sandbox` to test.salesforce.com, and not to the org. An
# application for several orgs cannot set `hostname`, which is the host of the login, too. The help for `scope` says that
# it is a list with commas. It is sent as it stands, and scopes are separated by spaces (RFC 6749, section 3.3).
# Seen: after a login with `instance_url` of acme.my.salesforce.com a query is sent to login.salesforce.com; the scopes of
# the help go out as `api,refresh_token`.
# Fails when the query goes to the org. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" flask-dance==7.1.0
cat >run.py <<'P'
import json
from urllib.parse import parse_qs, urlsplit

import requests
from flask import Flask
from flask_dance.contrib.salesforce import make_salesforce_blueprint, salesforce

asked = []


def send(_session, request, **_options):
    asked.append(request.url)
    body = {'totalSize': 0}
    if request.url.endswith('/services/oauth2/token'):
        body = {'access_token': 'session', 'token_type': 'Bearer', 'instance_url': 'https://acme.my.salesforce.com'}
    response = requests.Response()
    response.status_code, response.request, response.url = 200, request, request.url
    response._content = json.dumps(body).encode()
    return response


requests.Session.send = send
app = Flask('crm')
app.secret_key = 'secret'
app.register_blueprint(make_salesforce_blueprint('app', 'secret', scope='api,refresh_token', redirect_url='/done'))


@app.route('/done')
def done():
    return str(salesforce.get('/services/data/v66.0/query?q=SELECT+Id+FROM+Account').status_code)


client = app.test_client()
page = client.get('/salesforce', base_url='https://crm.example.com').headers['Location']
words = parse_qs(urlsplit(page).query)
print(f'scope: {words["scope"][0]}')
client.get(f'/salesforce/authorized?code=code&state={words["state"][0]}', base_url='https://crm.example.com')
client.get('/done', base_url='https://crm.example.com')
for url in asked:
    print(f'{urlsplit(url).hostname}{urlsplit(url).path}')
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'scope: api,refresh_token
login.salesforce.com/services/oauth2/token
login.salesforce.com/services/data/v66.0/query' ]
