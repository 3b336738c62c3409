#!/usr/bin/env bash
# cloudy-salesforce 0.5.0
# The library turns the records of an org into objects and back, with `datetime` for the fields that have one. Before it
# writes such a value it does not convert it: a time of another zone is sent with its own hour and with `+0000` behind
# it, so 09:30 in Berlin becomes 09:30 of UTC, two hours later in summer. In a query the same value is converted: a
# record that was just inserted is not found by the time that it was given. Nothing warns, and where all times are in
# UTC, as in many tests, everything is right.
# Seen: of 09:30 in Berlin an insert sends 09:30 `+0000` and a condition 07:30 `Z`; of the same moment in UTC both are
# 07:30.
# Fails when both name one moment. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" cloudy-salesforce==0.5.0 tzdata==2026.3
cat >run.py <<'P'
import datetime
from dataclasses import dataclass
from zoneinfo import ZoneInfo

from cloudy_salesforce.collections import insert
from cloudy_salesforce.sobjects import sobject


@sobject()
@dataclass
class Event:
    StartDateTime: datetime.datetime | None = None


class Client:
    """Keeps what would be sent."""

    api_version = 'v66.0'

    def request(self, _method, body, **_options):
        self.records = body['records']
        return [{'id': '00U000000000001AAA', 'success': True, 'errors': []}]


client = Client()
berlin = datetime.datetime(2026, 7, 1, 9, 30, tzinfo=ZoneInfo('Europe/Berlin'))
for when in (berlin, berlin.astimezone(datetime.timezone.utc)):
    insert([Event(StartDateTime=when)], client=client)
    query = Event.select('StartDateTime').where(StartDateTime=when).to_soql()
    print(f'{when}: {client.records[0]["StartDateTime"]}, {query.split("WHERE ")[1]}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = '2026-07-01 09:30:00+02:00: 2026-07-01T09:30:00.000+0000, StartDateTime = 2026-07-01T07:30:00Z
2026-07-01 07:30:00+00:00: 2026-07-01T07:30:00.000+0000, StartDateTime = 2026-07-01T07:30:00Z' ]
