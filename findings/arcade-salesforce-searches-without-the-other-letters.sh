#!/usr/bin/env bash
# arcade-salesforce 2.2.1
# The tools for a language model search an org by a keyword. They take every letter out of it that is not one of the 26
# of English, before they ask: `Müller` is looked for as `Mller` and is not found. A keyword that has none of the 26, as
# a name in Japanese or Greek, is looked for as nothing between two wildcards, which fits every contact: the search
# returns people who have nothing to do with it, as if they had been found by the name. What the org was asked for is in
# no answer, so the model tells its user one or the other.
# Seen: of the contacts Miller, Müller and 山田 the keyword `Miller` finds Miller, `Müller` none, and `山田` all three.
# Fails when `Müller` is found. Run by hand, outside CI; it needs Python and pip, takes minutes to install, and asks no
# server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" arcade-salesforce==2.2.1 arcade-mcp-server==1.32.1 httpx==0.28.1
cat >run.py <<'P'
import asyncio
import re

import httpx
from arcade_salesforce.tools import search_contacts

NAMES = ('Miller', 'Müller', '山田')


async def request(_client, _method, url, *, params=None, **_options):
    """An org with three contacts that knows LIKE."""
    asked = re.search("Name LIKE '%(.*?)%'", params['q']).group(1)
    found = [{'Id': f'00300000000000{number}AAA', 'Name': name} for number, name in enumerate(NAMES) if asked in name]
    if 'COUNT()' not in params['q']:
        print(f'  asked for {asked!r}')
    body = {'totalSize': len(found), 'done': True, 'records': found}
    return httpx.Response(200, json=body, request=httpx.Request('GET', url))


class Context:
    def get_secret(self, name):
        return {'SALESFORCE_ORG_SUBDOMAIN': 'acme'}.get(name, '3')

    def get_auth_token_or_empty(self):
        return 'session'


httpx.AsyncClient.request = request
for name in NAMES:
    print(name)
    result = asyncio.run(search_contacts(Context(), query=name))
    print(f'  found: {", ".join(each["name"] for each in result["contacts"]) or "none"}')
P
seen=$(PYTHONIOENCODING=utf-8 python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "Miller
  asked for 'Miller'
  found: Miller
Müller
  asked for 'Mller'
  found: none
山田
  asked for ''
  found: Miller, Müller, 山田" ]
