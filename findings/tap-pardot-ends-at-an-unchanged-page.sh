#!/usr/bin/env bash
# tap-pardot 1.4.9
# The tap loads opportunities from Pardot. Pardot does not sort them by the time of their last change, so each run goes
# through all of them by id, page by page, and passes on those that were changed since the run before. A page of 200
# without a change is taken for the end. The oldest come first and are the least likely to change: a run ends there and
# reports success, and what was changed behind is not loaded. When an old one changes later, the run loads it, goes on
# to the next 200 behind it, and keeps the new time: changes from before that time are passed over from then on, also
# where a run reaches them. The first run has everything, and so has a test account with less than 200.
# Seen: of 400 opportunities the first run loads 400. Number 300 is changed, and the second run loads none after one
# page; number 1 is changed, and the third loads it alone. Numbers 1 and 150 are changed, and the fourth goes over all
# pages up to 350 and loads these two: number 300 has not been loaded since it was changed.
# Fails when the second run loads number 300. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" tap-pardot==1.4.9 requests==2.32.4
cat >run.py <<'P'
import contextlib
import io
import json
import logging

import requests
import tap_pardot

logging.disable()
opportunities = {number: {'id': number, 'updated_at': '2026-03-01 08:00:00'} for number in range(1, 401)}
CONFIG = {
    'start_date': '2026-01-01 00:00:00', 'refresh_token': 'refresh', 'client_id': 'app', 'client_secret': 'secret',
    'pardot_business_unit_id': '0Uv000000000001',
}
CATALOG = {'streams': [{
    'stream': 'opportunities', 'tap_stream_id': 'opportunities', 'key_properties': ['id'],
    'schema': {'type': 'object', 'selected': True, 'properties': {
        'id': {'type': 'integer'}, 'updated_at': {'type': 'string'}}},
    'metadata': [{'breadcrumb': [], 'metadata': {'selected': True}}],
}]}


def request(_method, url, params=None, **_options):
    """Pardot, with pages of 200."""
    body = {'access_token': 'session'}
    if '/opportunity/' in url:
        pages.append(url)
        found = [each for number, each in opportunities.items() if number > int(params['id_greater_than'])]
        body = {'result': {'total_results': len(found), 'opportunity': found[:200]}}
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(body).encode()
    return response


requests.request = request


def run(what):
    written = io.StringIO()
    pages.clear()
    with contextlib.redirect_stdout(written):
        tap_pardot.sync(tap_pardot.Client(dict(CONFIG)), CONFIG, state, tap_pardot.singer.Catalog.from_dict(CATALOG))
    messages = [json.loads(line) for line in written.getvalue().splitlines()]
    numbers = [each['record']['id'] for each in messages if each['type'] == 'RECORD']
    print(f'{what}: {len(numbers)} loaded, the last is {max(numbers, default="none")}, pages: {len(pages)}')


pages, state = [], {}
run('first run')
opportunities[300]['updated_at'] = '2026-03-02 08:00:00'
run('300 changed')
opportunities[1]['updated_at'] = '2026-03-03 08:00:00'
run('1 changed')
for number in (1, 150):
    opportunities[number]['updated_at'] = '2026-03-04 08:00:00'
run('1 and 150 changed')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'first run: 400 loaded, the last is 400, pages: 3
300 changed: 0 loaded, the last is none, pages: 1
1 changed: 1 loaded, the last is 1, pages: 2
1 and 150 changed: 2 loaded, the last is 150, pages: 2' ]
