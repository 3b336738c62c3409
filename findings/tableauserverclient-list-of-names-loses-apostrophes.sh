#!/usr/bin/env bash
# tableauserverclient 0.42
# A filter of Salesforce's client for Tableau takes one value or, with `In`, a list of them. What is sent for a list is
# made from Python's own text for it, by taking out the quotes of that text: with them go the apostrophes of the values,
# and Python writes a value with an apostrophe in double quotes, which stay. A name like that in a list is not found; the
# other names are, and nothing tells that one was asked for in another way. With `Equals` the same name is sent as it is.
# The help names the characters that cannot be in a value, and the apostrophe is none of them.
# Seen: of `O'Hara` and `Sales` in a list the server is asked for `"OHara"` and `Sales`, and finds Sales; with `Equals`
# it is asked for `O'Hara` and finds it.
# Fails when the list has the apostrophe. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" tableauserverclient==0.42 requests==2.34.2
cat >run.py <<'P'
import re
from urllib.parse import unquote_plus

import requests
from tableauserverclient import Filter, RequestOptions, Server, TableauAuth

GROUPS = ("O'Hara", 'Sales', 'All Users')


def send(_adapter, request, **_options):
    """A site with three groups."""
    inner = '<credentials token="session"><site id="site" contentUrl="acme"/><user id="1"/></credentials>'
    if 'signin' not in request.url:
        asked = re.search('name:(?:in|eq):([^&]*)', unquote_plus(request.url)).group(1)
        print(f'  asked for {asked}')
        found = [name for name in GROUPS if name in asked.strip('[]').split(',')]
        groups = ''.join(f'<group id="{name}" name="{name}"><domain name="local"/></group>' for name in found)
        inner = f'<pagination pageNumber="1" pageSize="100" totalAvailable="{len(found)}"/><groups>{groups}</groups>'
    response = requests.Response()
    response.status_code = 200
    response._content = f'<tsResponse xmlns="http://tableau.com/api">{inner}</tsResponse>'.encode()
    response.url, response.request = request.url, request
    return response


requests.adapters.HTTPAdapter.send = send
server = Server('https://tableau.example.com', use_server_version=False)
server.auth.sign_in(TableauAuth('ann', 'password', 'acme'))
for operator, value in (
    (RequestOptions.Operator.In, ['Sales', 'All Users']), (RequestOptions.Operator.In, ["O'Hara", 'Sales']),
    (RequestOptions.Operator.Equals, "O'Hara"),
):
    print(f'{operator} {value}')
    options = RequestOptions()
    options.filter.add(Filter(RequestOptions.Field.Name, operator, value))
    groups, _page = server.groups.get(options)
    print(f'  found {", ".join(group.name for group in groups)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "in ['Sales', 'All Users']
  asked for [Sales,All Users]
  found Sales, All Users
in [\"O'Hara\", 'Sales']
  asked for [\"OHara\",Sales]
  found Sales
eq O'Hara
  asked for O'Hara
  found O'Hara" ]
