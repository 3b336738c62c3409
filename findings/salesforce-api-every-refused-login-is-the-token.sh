#!/usr/bin/env bash
# salesforce-api 0.1.46
# When a login by SOAP is refused, the fault has a code with the reason: the password, the login hours or the IP ranges
# of the profile, an org that is locked. The client looks for one of these codes, takes every answer of `str.find` but
# 0 for a match, and raises `Missing or invalid security-token provided` for all of them, without the code and the text
# of the fault. Teams reset a security token, which also stops everything else that uses it, and the login hours stay.
# Seen: the same error for five codes of which one is about the token.
# Fails when the errors differ. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check salesforce-api==0.1.46 requests==2.34.2
cat >run.py <<'P'
import requests
from salesforce_api import Salesforce
from salesforce_api.exceptions import AuthenticationError


class Org(requests.adapters.BaseAdapter):
    def close(self):
        pass

    def send(self, request, **_options):
        response = requests.Response()
        response.status_code, response.url, response.request = 500, request.url, request
        response._content = (
            '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"'
            ' xmlns:sf="urn:fault.enterprise.soap.sforce.com"><soapenv:Body><soapenv:Fault>'
            f'<faultcode>sf:{code}</faultcode><faultstring>{code}: the reason</faultstring>'
            '</soapenv:Fault></soapenv:Body></soapenv:Envelope>'
        ).encode()
        return response


session = requests.Session()
session.mount('https://', Org())
for code in (
    'LOGIN_MUST_USE_SECURITY_TOKEN',
    'INVALID_LOGIN',
    'LOGIN_DURING_RESTRICTED_TIME',
    'LOGIN_DURING_RESTRICTED_DOMAIN',
    'ORG_LOCKED',
):
    try:
        Salesforce(
            domain='acme.my.salesforce.com', username='sync@example.com', password='password', security_token='token',
            session=session,
        )
    except AuthenticationError as error:
        print(f'{code}: {error}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "LOGIN_MUST_USE_SECURITY_TOKEN: Missing or invalid security-token provided.
INVALID_LOGIN: Missing or invalid security-token provided.
LOGIN_DURING_RESTRICTED_TIME: Missing or invalid security-token provided.
LOGIN_DURING_RESTRICTED_DOMAIN: Missing or invalid security-token provided.
ORG_LOCKED: Missing or invalid security-token provided." ]
