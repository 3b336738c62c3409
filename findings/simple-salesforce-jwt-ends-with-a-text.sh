#!/usr/bin/env bash
# simple-salesforce 1.12.10 (with PyJWT 2.15.1 and joserfc 1.8.0)
# The `exp` of a JWT is a number by its definition (RFC 7519, section 4.1.4). In a login by JWT the client writes the
# digits as a text. Whether that is a valid assertion is up to who reads it: PyJWT makes a number of it, joserfc refuses
# the claim before it looks at the time. The login works as long as the token endpoint is lenient, and a stand-in for it
# that was tried with the assertions of other clients refuses this one, with an error about the time of a fresh token.
# Seen: the assertion has `exp` as a text; PyJWT accepts it, joserfc raises `Claim 'exp' must be a NumericDate value`.
# Fails when `exp` is a number or both accept it. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/simple-salesforce.sh"
python/bin/pip install --quiet --disable-pip-version-check pyjwt==2.15.1 joserfc==1.8.0
cat >run.py <<'P'
from urllib.parse import parse_qs

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from joserfc.errors import JoseError
from joserfc.jwk import RSAKey
from joserfc.jwt import JWTClaimsRegistry, decode
from org import Org
from simple_salesforce import Salesforce

key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()).decode()
org = Org('acme.my.salesforce.com')
Salesforce(username='sync@example.com', consumer_key='app', privatekey=pem, session=org.session)
assertion = parse_qs(org.sent[0].body)['assertion'][0]
read = decode(assertion, RSAKey.import_key(pem))
print(f'exp: {type(read.claims["exp"]).__name__}')
claims = jwt.decode(assertion, key.public_key(), ['RS256'], audience='https://login.salesforce.com')
print(f'PyJWT: accepted, {claims["sub"]}')
try:
    JWTClaimsRegistry().validate(read.claims)
    print('joserfc: accepted')
except JoseError as error:
    print(f'joserfc: {error.description}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "exp: str
PyJWT: accepted, sync@example.com
joserfc: Claim 'exp' must be a NumericDate value" ]
