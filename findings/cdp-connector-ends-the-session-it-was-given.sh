#!/usr/bin/env bash
# salesforce-cdp-connector 1.0.20
# The connector exchanges a session of the org for a token of Data Cloud, and then revokes the session, also one that
# the caller passed as `core_token`. A script that queries Data Cloud in between loses its own session: its next request
# to the org is refused, and so is everything else that shares the session. The read-me has `core_token` in its example
# and does not mention this.
# Seen: the org answers before the list of Data Cloud's tables is read, and answers 401 after it.
# Fails when the session is left alone. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check salesforce-cdp-connector==1.0.20 requests==2.34.2
cat >run.py <<'P'
import json
from urllib.parse import parse_qs, urlsplit

import requests
from salesforcecdpconnector.connection import SalesforceCDPConnection
from salesforcecdpconnector.query_submitter import QuerySubmitter


class Org(requests.adapters.BaseAdapter):
    sessions = {'session of the script'}

    def close(self):
        pass

    def send(self, request, **_options):
        url, status, body = urlsplit(request.url), 200, {}
        parameters = {name: values[0] for name, values in parse_qs(url.query).items()}
        if url.path == '/services/a360/token':
            assert parameters['subject_token'] in self.sessions
            body = {'access_token': 'data', 'expires_in': 7200, 'instance_url': 'acme.c360a.salesforce.com'}
        elif url.path == '/services/oauth2/revoke':
            print('revoked:', parameters['token'])
            self.sessions.discard(parameters['token'])
        elif url.path == '/api/v1/metadata':
            body = {'metadata': []}
        elif request.headers['Authorization'].removeprefix('Bearer ') not in self.sessions:
            status = 401
        response = requests.Response()
        response.status_code, response._content = status, json.dumps(body).encode()
        response.url, response.request = request.url, request
        return response


host, session = 'https://acme.my.salesforce.com', 'session of the script'
script = requests.Session()
connection = SalesforceCDPConnection(
    host, client_id='app', client_secret='secret', core_token=session, refresh_token='refresh'
)
for client in (script, connection.authentication_helper.session, QuerySubmitter.session):
    client.mount('https://', Org())


def ask(when):
    answer = script.get(f'{host}/services/data/v66.0/limits', headers={'Authorization': f'Bearer {session}'})
    print(f'{when}: {answer.status_code}')


ask('before')
connection.list_tables()
ask('after')
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "before: 200
revoked: session of the script
after: 401" ]
