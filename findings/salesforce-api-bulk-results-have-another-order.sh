#!/usr/bin/env bash
# salesforce-api 0.1.46
# `client.bulk.insert` takes a list of records and returns a list of the same length: one result for each, with its
# id. The results are not in the order of the records. The records that the org refused come first, then the others,
# as the library asks for both in this order and joins them. A program that goes through both lists at once, to keep
# the id of each record, keeps the ids of others; as long as nothing is refused it is right. What a result has of its
# record is read line by line: a text of several lines comes back as one, so it is no help to find the record either.
# Seen: of three contacts the second is refused: its result is the first, and the id of the first contact stands
# beside the second; the address `Main Street 1` above `Springfield` comes back without the line's end.
# Fails when the results are in the order of the records. Run by hand, outside CI; it needs Python and pip, and the
# server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" salesforce-api==0.1.46 requests==2.34.2
cat >run.py <<'P'
import csv
import io

from salesforce_api import Salesforce
from salesforce_api.core import Connection

import server

JOB = {'id': '750000000000001AAA', 'state': 'JobComplete'}
ADDRESS = 'Main Street 1\nSpringfield'
CONTACTS = [{'LastName': name, 'MailingStreet': ADDRESS} for name in ('Ann', 'Bob', 'Cem')]


class Org(server.Org):
    """Takes each record but that of Bob."""

    def change(self):
        self.rfile.read(int(self.headers.get('Content-Length', 0)))
        self.answer(200, JOB)

    do_POST = do_PUT = do_PATCH = change

    def do_GET(self):
        if not self.path.endswith('Results'):
            return self.answer(200, JOB)
        failed = 'failed' in self.path
        text = io.StringIO()
        writer = csv.writer(text, lineterminator='\n')
        writer.writerow(['sf__Id', 'sf__Error' if failed else 'sf__Created', *CONTACTS[0]])
        for number, contact in enumerate(CONTACTS):
            if failed == (contact['LastName'] == 'Bob'):
                first = ['', 'refused'] if failed else [f'00300000000000{number}AAA', 'true']
                writer.writerow([*first, *contact.values()])
        body = text.getvalue().encode()
        self.send_response(200)
        self.send_header('Content-Type', 'text/csv; charset=UTF-8')
        self.send_header('Content-Length', str(len(body)))
        self.end_headers()
        self.wfile.write(body)


org, address = server.start(Org)
client = Salesforce(connection=Connection(access_token='session', instance_url=address))
for contact, result in zip(CONTACTS, client.bulk.insert('Contact', CONTACTS)):
    about = f'{result.data["LastName"]}, {result.record_id or "refused"}'
    print(f'{contact["LastName"]}: result of {about}, {result.data["MailingStreet"]!r}')
org.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "Ann: result of Bob, refused, 'Main Street 1Springfield'
Bob: result of Ann, 003000000000000AAA, 'Main Street 1Springfield'
Cem: result of Cem, 003000000000002AAA, 'Main Street 1Springfield'" ]
