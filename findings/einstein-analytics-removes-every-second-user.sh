#!/usr/bin/env bash
# SalesforceEinsteinAnalytics 1.2
# `update_app_access` with `removeUsers` takes access to an analytics app away from a list of users: it asks the org who
# has access, takes those users out of the answer and sends the rest back. It goes through the list that it shortens at
# the same time, and passes over the user behind each one that it takes out. Of users who stand side by side in the
# org's list, every second keeps the access. There is no error and no message, and who removes one user at a time, as
# in a first try, sees it work.
# Seen: three users who left stand side by side among five; the list that is sent back has one of them. With another
# user between them all three are gone.
# Fails when all three are taken out in both orders. Run by hand, outside CI; it needs Python and pip, and asks no
# server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" SalesforceEinsteinAnalytics==1.2 requests==2.34.2
cat >run.py <<'P'
import json

import requests
from SalesforceEinsteinAnalytics import salesforceEinsteinAnalytics

access = []


def send(_adapter, request, **_options):
    """Answers as an org with one app, and says what is sent to it."""
    if request.method == 'PATCH':
        names = [share['sharedWithId'] for share in json.loads(request.body)['shares']]
        print(f'  sent: {" ".join(names)}')
    shares = [{'sharedWithId': name, 'accessType': 'view', 'shareType': 'User'} for name in access]
    response = requests.Response()
    response.status_code = 200
    response._content = json.dumps({'shares': shares, 'info': {'version': '1.2'}}).encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
client = salesforceEinsteinAnalytics('https://acme.my.salesforce.com', 'chrome', rawcookie='session')
for access in (['ann', 'left1', 'left2', 'left3', 'bob'], ['left1', 'ann', 'left2', 'bob', 'left3']):
    print(f'before: {" ".join(access)}')
    users = [{'sharedWithId': name} for name in access if name.startswith('left')]
    client.update_app_access(users, '00l000000000001AAA', 'removeUsers')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'before: ann left1 left2 left3 bob
  sent: ann left2 bob
before: left1 ann left2 bob left3
  sent: ann bob' ]
