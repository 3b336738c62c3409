#!/usr/bin/env bash
# cumulusci 4.10.1
# A login by JWT names in `exp` until when its assertion is valid. CumulusCI puts the second in there in which it makes
# the assertion, so by the rules for JWT (RFC 7519, section 4.1.4) it has expired when it arrives: the login works only
# as far as the token endpoint makes allowance for clocks that differ. A CI machine whose clock is behind uses that up
# first.
# Seen: the endpoint gets an assertion that lasts 0 seconds, and a check without allowance says `Signature has expired`.
# Fails when the assertion lasts longer. Run by hand, outside CI; it needs Python and pip, and the endpoint is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check cumulusci==4.10.1
cat >run.py <<'P'
import http.server
import json
import threading
import time
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from cumulusci.oauth.salesforce import jwt_session

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
pem = key.private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
).decode()
login = 'https://login.salesforce.com'


class Endpoint(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = parse_qs(self.rfile.read(int(self.headers['Content-Length'])).decode())
        assertion = body['assertion'][0]
        claims = jwt.decode(assertion, options={'verify_signature': False})
        print('lasts', max(0, claims['exp'] - int(time.time())), 'seconds')
        try:
            jwt.decode(assertion, key.public_key(), algorithms=['RS256'], audience=login)
        except jwt.PyJWTError as error:
            print(error)
        answer = json.dumps({'access_token': 'session'}).encode()
        self.send_response(200)
        self.send_header('Content-Length', str(len(answer)))
        self.end_headers()
        self.wfile.write(answer)

    def log_message(self, *_words):
        pass


server = http.server.HTTPServer(('127.0.0.1', 0), Endpoint)
threading.Thread(target=server.serve_forever, daemon=True).start()
jwt_session('app', pem, 'sync@example.com', f'http://127.0.0.1:{server.server_port}', auth_url=f'{login}/id/00D/005')
server.shutdown()
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "lasts 0 seconds
Signature has expired" ]
