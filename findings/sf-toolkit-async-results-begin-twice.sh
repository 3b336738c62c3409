#!/usr/bin/env bash
# sf-toolkit 0.6.1 (with httpx 0.28.1)
# A long query is answered in pages, and the result of the client is iterated over as if it were one list. With
# `async for`, the client does not wait for one page after the other: it works out the addresses of the pages that are
# left from that of the second one, which ends with the number of a record, and asks for all at once. It begins at
# record 0, which it has already. An org that answers that gives the first records twice: sums and counts are too high,
# and an export has rows twice, as soon as there is more than one page. The count that the result names is right.
# Without `async` each page is asked for by the address that the org gave.
# Seen: of five records on pages of two `for` gives five, and `async for` seven, the first two of them twice; the org
# is asked for the page at 0.
# Fails when both give five. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sf-toolkit==0.6.1 httpx==0.28.1
cat >run.py <<'P'
import asyncio

import httpx
from sf_toolkit import AsyncSalesforceClient, SalesforceClient
from sf_toolkit.auth.types import SalesforceToken
from sf_toolkit.data import select
from sf_toolkit.data.fields import IdField, TextField
from sf_toolkit.data.sobject import SObject

PAGE = '/services/data/v66.0/query/01g000000000001AAA-'
asked = []


class Contact(SObject):
    Id = IdField()
    Name = TextField()


def answer(request):
    path = request.url.path
    start = int(path.removeprefix(PAGE)) if path.startswith(PAGE) else 0
    asked.append(f'page {start}' if path.startswith(PAGE) else 'query')
    records = [
        {'attributes': {'type': 'Contact'}, 'Id': f'00300000000000{index}AAA', 'Name': f'c{index}'}
        for index in range(start, min(start + 2, 5))
    ]
    done = start + 2 >= 5
    more = {} if done else {'nextRecordsUrl': f'{PAGE}{start + 2}'}
    return httpx.Response(200, json={'totalSize': 5, 'done': done, 'records': records, **more})


def say(how, result, names):
    print(f'{how}: {" ".join(names)}; {len(result)} in all; asked for {", ".join(asked)}')
    asked.clear()


async def iterate():
    client = AsyncSalesforceClient(token=token, transport=transport, api_version=66.0)
    result = await select(Contact).execute_async(connection=client)
    say('async for', result, [contact.Name async for contact in result])


token = SalesforceToken(httpx.URL('https://acme.my.salesforce.com'), 'session')
transport = httpx.MockTransport(answer)
result = select(Contact).execute(connection=SalesforceClient(token=token, transport=transport, api_version=66.0))
say('for', result, [contact.Name for contact in result])
asyncio.run(iterate())
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'for: c0 c1 c2 c3 c4; 5 in all; asked for query, page 2, page 4
async for: c0 c1 c0 c1 c2 c3 c4; 5 in all; asked for query, page 0, page 2, page 4' ]
