#!/usr/bin/env bash
# salesforcerestapi 0.2.7
# In a login by JWT the assertion names the server that it is meant for (`aud`). Other clients, as the Salesforce CLI, put
# the host of logins there (`https://login.salesforce.com`), this one by default the whole address of the token endpoint.
# Its parameter `audience` should set that right, and it also sets where the assertion is sent: to the host itself. Where
# that answers with a page, the error is about JSON. The client cannot send this audience to the token endpoint.
# Seen: without `audience` the assertion for `.../services/oauth2/token` is sent to `/services/oauth2/token`; with the
# host as `audience` the assertion is for the host, is sent to `/`, and the login raises JSONDecodeError.
# Fails when the second login goes to the token endpoint. Run by hand, outside CI; it needs Python and pip, and the
# server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" salesforcerestapi==0.2.7 requests==2.34.2 PyJWT==2.15.1 cryptography==50.0.2
cat >run.py <<'P'
import urllib.parse

import jwt
import server
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from SalesforceRESTAPI import SalesforceRESTAPI


class Answers(server.Org):
    def do_POST(self):
        form = urllib.parse.parse_qs(self.rfile.read(int(self.headers['Content-Length'])).decode())
        audience = jwt.decode(form['assertion'][0], options={'verify_signature': False})['aud']
        print(f'  sent to {self.path}, for {audience.replace(host, "HOST")}')
        if self.path == '/services/oauth2/token':
            self.answer(200, {'access_token': 'session', 'instance_url': host})
        else:
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b'<!DOCTYPE html><title>Login</title>')


local, host = server.start(Answers)
key = rsa.generate_private_key(65537, 2048).private_bytes(
    serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
)
for about, options in (('without', {}), ('with', {'audience': host})):
    print(f'{about} an audience')
    try:
        SalesforceRESTAPI.authenticate_JWT('app', 'sync@example.com', key.decode(), host, **options)
        print('  logged in')
    except ValueError as error:
        print(f'  {type(error).__name__}')
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'without an audience
  sent to /services/oauth2/token, for HOST/services/oauth2/token
  logged in
with an audience
  sent to /, for HOST
  JSONDecodeError' ]
