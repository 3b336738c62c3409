#!/usr/bin/env bash
# sfcc-connector 1.0.3 (with api-client 1.3.1)
# A client for Commerce Cloud is made for one instance, with its host, its user and its password. The addresses of the
# API are in classes, with places for the host; the first client writes its host into them, and then there are no places
# left. A second client of the process, for another instance, has a configuration of its own and the addresses of the
# first: it logs in there with its own user and password, and asks there for orders. Where one user has a login for
# both, a comparison of a staging instance with the production compares one of them with itself. Nothing warns, and
# `configuration` of each client shows the right host.
# Seen: a client for a.example.com logs in and asks for an order there; one for b.example.com does so at a.example.com,
# as the user of b.
# Fails when b.example.com is asked. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sfcc-connector==1.0.3 api-client==1.3.1 requests==2.34.2
cat >run.py <<'P'
import base64
import contextlib
import io
import json

import requests
from sfcc_connector import SFCCClient


def send(_adapter, request, **_options):
    kind, value = request.headers['Authorization'].split()
    if kind == 'Basic':
        value = base64.b64decode(value).decode().split(':')[0]
    asked.append(f'{request.url.split("?")[0]} as {value}')
    body = {'access_token': f'session-of-{value}', 'expires_in': 899, 'order_no': '7'}
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(body).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
for shop in ('a', 'b'):
    asked = []
    client = SFCCClient({
        'domain': f'{shop}.example.com', 'use_ssl': True, 'site_id': 'shop', 'username': f'user-of-{shop}',
        'password': 'password', 'client_id': 'app', 'client_password': 'secret',
    })
    with contextlib.redirect_stdout(io.StringIO()):
        client.get_order(7)
    print(f'client for {client.configuration.domain}')
    for each in asked:
        print(f'  {each}')
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'client for a.example.com
  https://a.example.com/dw/oauth2/access_token as user-of-a
  https://a.example.com/s/shop/dw/shop/v21_3/orders/7 as session-of-user-of-a
client for b.example.com
  https://a.example.com/dw/oauth2/access_token as user-of-b
  https://a.example.com/s/shop/dw/shop/v21_3/orders/7 as session-of-user-of-b' ]
