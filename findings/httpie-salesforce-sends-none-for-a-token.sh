#!/usr/bin/env bash
# httpie-salesforce 0.0.12 (with httpie 3.2.4)
# The plugin takes its login from the environment and appends the security token, `SF_TOKEN`, to the password. Where the
# variable is not set, as for a user who logs in from a trusted network and needs no token, it appends the word `None`:
# the org gets another password and refuses the login. The request is sent all the same, with `Bearer None`, so what one
# sees is an error about the session and not the one about the login; each try counts as a failed login of this user.
# `SF_TEST` chooses the sandbox whatever it says: `SF_TEST=0` does, too.
# Seen: without a token `passwordNone` is sent to login.salesforce.com, then `Bearer None` to the org; with an empty one
# `password` and the session; with `SF_TEST=0` the login goes to test.salesforce.com.
# Fails when the password is sent as it is. Run by hand, outside CI; it needs Python and pip, and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check httpie-salesforce==0.0.12 httpie==3.2.4 requests==2.34.2
cat >run.py <<'P'
import http.server
import json
import os
import threading
from urllib.parse import parse_qs, urlsplit

import requests
from httpie.core import main


class Login(requests.adapters.BaseAdapter):
    """Knows the password `password`, without a token."""

    def close(self):
        pass

    def send(self, request, **_options):
        password, = parse_qs(request.body)['password']
        print(f'{urlsplit(request.url).hostname} gets {password}', end=', ')
        response = requests.Response()
        response.status_code, body = 200, {'access_token': 'session'}
        if password != 'password':
            response.status_code, body = 400, {'error': 'invalid_grant', 'error_description': 'authentication failure'}
        response.url, response.request, response._content = request.url, request, json.dumps(body).encode()
        return response


class Org(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print(f'the org gets {self.headers["Authorization"]}')
        self.send_response(200)
        self.send_header('Content-Length', '0')
        self.end_headers()

    def log_message(self, *_words):
        pass


requests.sessions.HTTPAdapter = Login
server = http.server.ThreadingHTTPServer(('127.0.0.1', 0), Org)
threading.Thread(target=server.serve_forever, daemon=True).start()
user = {'SF_CLIENT_ID': 'app', 'SF_CLIENT_SECRET': 'secret', 'SF_USERNAME': 'sync@example.com', 'SF_PASSWORD': 'password'}
for given in ({}, {'SF_TOKEN': ''}, {'SF_TOKEN': '', 'SF_TEST': '0'}):
    for name in ('SF_TOKEN', 'SF_TEST'):
        os.environ.pop(name, None)
    os.environ.update(user, **given)
    print(' '.join(f'{name}={value}' for name, value in given.items()) or 'neither', end=': ')
    main(['http', '--ignore-stdin', '--quiet', '--auth-type', 'salesforce', f'http://127.0.0.1:{server.server_port}'])
server.shutdown()
P
seen=$(HOME=$work python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "neither: login.salesforce.com gets passwordNone, the org gets Bearer None
SF_TOKEN=: login.salesforce.com gets password, the org gets Bearer session
SF_TOKEN= SF_TEST=0: test.salesforce.com gets password, the org gets Bearer session" ]
