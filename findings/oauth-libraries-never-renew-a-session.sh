#!/usr/bin/env bash
# requests-oauthlib 2.0.0 and Authlib 1.9.10
# Both renew a session by themselves when they are given the token endpoint, but go by `expires_in` alone. Salesforce's
# answer to a login is reported to have `issued_at` and no `expires_in`. For such an answer a session never ends: after
# the org's timeout every request gets 401, the refresh token is never sent, and nothing warns. With another provider
# the same lines work.
# Seen: an answer without `expires_in` gives 401 and one token request, an answer with it gives 200 and two.
# Fails when the session is renewed in both cases. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check \
    requests-oauthlib==2.0.0 Authlib==1.9.10 requests==2.34.2
cat >run.py <<'P'
import json
import time

import authlib.integrations.requests_client
import requests
import requests_oauthlib

host = 'https://acme.my.salesforce.com'
endpoint = f'{host}/services/oauth2/token'


class Org(requests.adapters.BaseAdapter):
    """Ends a session after one second."""

    logins, ends = 0, 0

    def __init__(self, extra):
        super().__init__()
        self.extra = extra

    def close(self):
        pass

    def send(self, request, **_options):
        status, body = 200, {}
        if request.url == endpoint:
            self.logins += 1
            self.ends = time.time() + 1
            body = {
                'access_token': f'session{self.logins}', 'refresh_token': 'refresh', 'token_type': 'Bearer',
                'instance_url': host, 'issued_at': str(int(time.time() * 1000)), **self.extra,
            }
        elif time.time() > self.ends or request.headers['Authorization'] != f'Bearer session{self.logins}':
            status = 401
        response = requests.Response()
        response.status_code, response._content = status, json.dumps(body).encode()
        response.url, response.request = request.url, request
        return response


clients = {
    'requests-oauthlib': lambda: requests_oauthlib.OAuth2Session(
        'app', redirect_uri='https://localhost/callback', token_updater=lambda _token: None,
        auto_refresh_url=endpoint, auto_refresh_kwargs={'client_id': 'app', 'client_secret': 'secret'},
    ),
    'Authlib': lambda: authlib.integrations.requests_client.OAuth2Session(
        'app', 'secret', redirect_uri='https://localhost/callback', token_endpoint=endpoint
    ),
}
for name, client in clients.items():
    for about, extra in (('no expires_in', {}), ('expires_in', {'expires_in': 1})):
        session, org = client(), Org(extra)
        session.mount('https://', org)
        session.fetch_token(endpoint, code='code', client_secret='secret')
        time.sleep(1.5)
        print(f'{name}, {about}: {session.get(f"{host}/services/data").status_code}, {org.logins} token requests')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "requests-oauthlib, no expires_in: 401, 1 token requests
requests-oauthlib, expires_in: 200, 2 token requests
Authlib, no expires_in: 401, 1 token requests
Authlib, expires_in: 200, 2 token requests" ]
