#!/usr/bin/env bash
# aiosalesforce 0.6.2, forcepy 0.1.7, salesforcepy 2.2.1 and sfdclib 0.2.26 (beside simple-salesforce 1.12.10)
# A login by SOAP has the password in an XML text. These four clients put it there as it stands: with `&` or `<` in it,
# which a policy that wants special characters invites, the request is no XML, and no server can get as far as the
# password. A login that worked for months ends with a new password, which works in the browser and in
# simple-salesforce, since that escapes it.
# Seen: with `Fog&Mist<1` simple-salesforce sends XML with this password, the other four send what a parser refuses;
# with `FogMist1!` all five send XML.
# Fails when one of the four escapes it. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check simple-salesforce==1.12.10 aiosalesforce==0.6.2 \
    forcepy==0.1.7 salesforcepy==2.2.1 sfdclib==0.2.26 requests==2.34.2 httpx==0.28.1
cat >run.py <<'P'
import asyncio
import logging
import xml.etree.ElementTree as ElementTree

import aiosalesforce
import forcepy
import httpx
import requests
import SalesforcePy
import sfdclib
import simple_salesforce
from aiosalesforce.auth import SoapLogin

logging.disable()
sent = []


class Refused(Exception):
    """No request leaves this machine."""


def send(_session, request, **_options):
    sent.append(request.body)
    raise Refused


def answer(request):
    sent.append(request.content)
    return httpx.Response(500, text='refused')


async def with_aiosalesforce(password):
    async with httpx.AsyncClient(transport=httpx.MockTransport(answer)) as http:
        user = SoapLogin('sync@example.com', password, '')
        await aiosalesforce.Salesforce(http, 'https://acme.my.salesforce.com', user, retry_policy=None).get_limits()


requests.Session.send = send
user = 'sync@example.com'
clients = {
    'simple-salesforce': lambda password: simple_salesforce.Salesforce(user, password, ''),
    'aiosalesforce': lambda password: asyncio.run(with_aiosalesforce(password)),
    'forcepy': lambda password: forcepy.Salesforce(username=user, password=password),
    'salesforcepy': lambda password: SalesforcePy.client(username=user, password=password).login_via_soap(),
    'sfdclib': lambda password: sfdclib.SfdcSession(user, password).login(),
}
for password in ('Fog&Mist<1', 'FogMist1!'):
    for name, login in clients.items():
        sent.clear()
        try:
            login(password)
        except Exception:
            pass
        body = sent[0] if isinstance(sent[0], bytes) else sent[0].encode()
        try:
            read = [part.text for part in ElementTree.fromstring(body).iter() if part.tag.endswith('}password')]
        except ElementTree.ParseError:
            read = 'no XML'
        print(f'{password}, {name}: {read}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "Fog&Mist<1, simple-salesforce: ['Fog&Mist<1']
Fog&Mist<1, aiosalesforce: no XML
Fog&Mist<1, forcepy: no XML
Fog&Mist<1, salesforcepy: no XML
Fog&Mist<1, sfdclib: no XML
FogMist1!, simple-salesforce: ['FogMist1!']
FogMist1!, aiosalesforce: ['FogMist1!']
FogMist1!, forcepy: ['FogMist1!']
FogMist1!, salesforcepy: ['FogMist1!']
FogMist1!, sfdclib: ['FogMist1!']" ]
