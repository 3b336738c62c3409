#!/usr/bin/env bash
# heroku-applink 1.1.4
# Salesforce's library for Python applications on Heroku downloads files by itself: where a query asks for
# `VersionData` of ContentVersion, the field is the content, in bytes. Whether the org gave it is not looked at. A file
# that the user may not read, a request that comes after the end of the session, or too many of them leave the org's
# error in the field, as the bytes of a JSON text, beside the files that were read. No exception is raised, and an
# application that stores or forwards the files stores this text under the name of the file. A refused query
# raises SalesforceRestApiError.
# Seen: of two files the org refuses one; the field has 68 bytes of JSON. A query that is refused raises the error.
# Fails when the refused file raises an error. Run by hand, outside CI; it needs Python and pip, and the server is
# local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" heroku-applink==1.1.4
cat >run.py <<'P'
import asyncio

import server
from heroku_applink.config import Config
from heroku_applink.connection import Connection
from heroku_applink.data_api import DataAPI
from heroku_applink.data_api.exceptions import SalesforceRestApiError

FILES = '/services/data/v66.0/sobjects/ContentVersion'
NAMES = {'068000000000001AAA': 'terms.txt', '068000000000002AAA': 'salaries.txt'}


class Org(server.Org):
    """Has two files, of which it gives the first, and refuses the query for anything else."""

    def do_GET(self):
        if 'FROM+ContentVersion' in self.path:
            records = [
                {
                    'attributes': {'type': 'ContentVersion'},
                    'PathOnClient': name,
                    'VersionData': f'{FILES}/{key}/VersionData',
                }
                for key, name in NAMES.items()
            ]
            self.answer(200, {'totalSize': 2, 'done': True, 'records': records})
        elif '068000000000001AAA' in self.path:
            self.answer(200, 'as agreed')
        else:
            self.answer(403, [{'errorCode': 'INSUFFICIENT_ACCESS', 'message': 'no access to it'}])


async def main(address):
    connection = Connection(Config.default())
    api = DataAPI(org_domain_url=address, api_version='66.0', access_token='session', connection=connection)
    result = await api.query('SELECT PathOnClient, VersionData FROM ContentVersion')
    for record in result.records:
        content = record.fields['VersionData']
        print(f'{record.fields["PathOnClient"]}: {len(content)} bytes, {content.decode()}')
    try:
        await api.query('SELECT Id FROM Account')
    except SalesforceRestApiError as error:
        print(f'a refused query: {type(error).__name__}')
    await connection.close()


org, address = server.start(Org)
asyncio.run(main(address))
org.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'terms.txt: 11 bytes, "as agreed"
salaries.txt: 68 bytes, [{"errorCode": "INSUFFICIENT_ACCESS", "message": "no access to it"}]
a refused query: SalesforceRestApiError' ]
