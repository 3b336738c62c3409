#!/usr/bin/env bash
# tableauserverclient 0.42
# Salesforce's client for Tableau gives all users of a site as something to go through: `for user in server.users.all()`
# asks for page after page. One error of the server, that a page does not exist, ends the loop. Each other one does so,
# too: a page that is refused with status 400, 403, 404 or 429 is caught and not raised again. A loop over the users of
# a site ends behind the last page that came, as if those were all, and where the first page is refused there are none:
# a comparison takes the rest for users who left. Status 401 and those from 500 on raise an error. `Pager`, the older
# way to go through the pages, raises for all of them.
# Seen: of 250 users on three pages, with 400 to 429 for the third, the loop has 200, with 403 for the first none; with
# 401 and 500 for the third it raises. `Pager` has all 250 or raises.
# Fails when the loop raises for 403. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" tableauserverclient==0.42 requests==2.34.2
cat >run.py <<'P'
import logging
import re

import requests
import tableauserverclient

logging.disable()


def send(_adapter, request, **_options):
    """A site with 250 users on pages of 100, that refuses one page."""
    status, inner = 200, '<credentials token="session"><site id="site" contentUrl="acme"/><user id="1"/></credentials>'
    if 'signin' not in request.url:
        number = int(re.search('pageNumber=([0-9]+)', request.url).group(1))
        users = ''.join(f'<user id="{number}-{each}" name="user"/>' for each in range(100 if number < 3 else 50))
        inner = f'<pagination pageNumber="{number}" pageSize="100" totalAvailable="250"/><users>{users}</users>'
        if number == page:
            status = code
            inner = f'<error code="{code}000"><summary>Refused</summary><detail>Not now</detail></error>'
    response = requests.Response()
    response.status_code = status
    response._content = f'<tsResponse xmlns="http://tableau.com/api">{inner}</tsResponse>'.encode()
    response.url, response.request = request.url, request
    return response


def tried(call):
    try:
        return f'{sum(1 for _ in call())} users'
    except Exception as error:
        return type(error).__name__


requests.adapters.HTTPAdapter.send = send
server = tableauserverclient.Server('https://tableau.example.com', use_server_version=False)
server.auth.sign_in(tableauserverclient.TableauAuth('ann', 'password', 'acme'))
for page, code in ((0, 0), (3, 400), (3, 403), (3, 404), (3, 429), (1, 403), (3, 401), (3, 500)):
    loop, pager = tried(server.users.all), tried(lambda: tableauserverclient.Pager(server.users))
    print(f'page {page} {code}: loop {loop}, Pager {pager}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'page 0 0: loop 250 users, Pager 250 users
page 3 400: loop 200 users, Pager ServerResponseError
page 3 403: loop 200 users, Pager ServerResponseError
page 3 404: loop 200 users, Pager ServerResponseError
page 3 429: loop 200 users, Pager ServerResponseError
page 1 403: loop 0 users, Pager ServerResponseError
page 3 401: loop FailedSignInError, Pager FailedSignInError
page 3 500: loop InternalServerError, Pager InternalServerError' ]
