#!/usr/bin/env bash
# sftocsv 1.0.4
# `collect_token` logs in by the client credentials flow and keeps the session in a file, so that the next run does not
# log in again. `key_tag` names the place in the file, for programs with several orgs. A session is looked for at that
# place and stored at the place `default`, whatever the tag, and the file is written anew each time. A call with a tag
# never finds what it stored: it logs in each time. A call without a tag, for another org, finds the session of the org
# that was asked last, does not log in, and sends it to a host that refuses it. An ended session is not replaced either:
# since when it is kept stands in the file and is not looked at.
# Seen: four calls for org B with a tag make four logins; a call for org A without a tag makes none and returns B's
# session, and so it does when that is of the year 2020.
# Fails when B logs in once. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sftocsv==1.0.4 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from sftocsv import utils

logins = []


def send(_adapter, request, **_options):
    host = request.url.split('/')[2]
    logins.append(host)
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({'access_token': f'session {len(logins)} of {host}'}).encode()
    response.url, response.request = request.url, request
    return response


def collect(org, **more):
    before = len(logins)
    token = utils.collect_token(f'https://{org}.my.salesforce.com', 'app', 'secret', 'tokens.json', **more)
    print(f'{org} {more}: {len(logins) - before} logins, {token}')


requests.adapters.HTTPAdapter.send = send
for _ in range(4):
    collect('b', key_tag='b')
collect('a')
with open('tokens.json') as file:
    tokens = json.load(file)
tokens['default']['timestamp'] = '2020-03-12 08:00:00+00:00'
with open('tokens.json', 'w') as file:
    json.dump(tokens, file)
collect('a')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "b {'key_tag': 'b'}: 1 logins, session 1 of b.my.salesforce.com
b {'key_tag': 'b'}: 1 logins, session 2 of b.my.salesforce.com
b {'key_tag': 'b'}: 1 logins, session 3 of b.my.salesforce.com
b {'key_tag': 'b'}: 1 logins, session 4 of b.my.salesforce.com
a {}: 0 logins, session 4 of b.my.salesforce.com
a {}: 0 logins, session 4 of b.my.salesforce.com" ]
