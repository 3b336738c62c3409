#!/usr/bin/env bash
# tap-pardot 1.4.9
# The tap loads who is a member of which list from Pardot: it goes from list to list, and within a list from page to page,
# by the id of the membership. The id of the last membership is kept, and not taken back where a new list begins: of the
# second list only the memberships are asked for that are younger than the youngest of the first one. Lists whose members
# were added earlier come out empty or in part. The order of the lists is that of their last change, so each run leaves
# others out. The run ends with success, and the counts in the target look plausible.
# Seen: list 1 has the memberships 5 and 9, list 2 has 3 and 12, list 3 has 4 and 6; loaded are 5, 9 and 12, as lists 2
# and 3 are asked for ids from 9 and from 12 on.
# Fails when all six are loaded. Run by hand, outside CI; it needs Python and pip, and asks no server.
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
LISTS = {1: (5, 9), 2: (3, 12), 3: (4, 6)}
CONFIG = {
    'start_date': '2026-01-01 00:00:00', 'refresh_token': 'refresh', 'client_id': 'app', 'client_secret': 'secret',
    'pardot_business_unit_id': '0Uv000000000001',
}
CATALOG = {'streams': [{
    'stream': 'list_memberships', 'tap_stream_id': 'list_memberships', 'key_properties': ['id'],
    'schema': {'type': 'object', 'selected': True, 'properties': {
        'id': {'type': 'integer'}, 'list_id': {'type': 'integer'}, 'updated_at': {'type': 'string'}}},
    'metadata': [{'breadcrumb': [], 'metadata': {'selected': True}}],
}]}
asked = {}


def request(_method, url, params=None, **_options):
    """Pardot: the lists by their last change, the memberships of a list by id."""
    body = {'access_token': 'session'}
    if '/list/' in url:
        lists = [{'id': each, 'updated_at': f'2026-03-0{each} 08:00:00'} for each in LISTS]
        found = [each for each in lists if each['updated_at'] > params['updated_after']]
        body = {'result': {'total_results': len(found), 'list': found}}
    elif '/listMembership/' in url:
        number, after = params['list_id'], params['id_greater_than']
        asked.setdefault(number, after)
        found = [
            {'id': each, 'list_id': number, 'updated_at': '2026-03-01 08:00:00'}
            for each in LISTS[number] if each > after
        ]
        body = {'result': {'total_results': len(found), 'list_membership': found}}
    response = requests.Response()
    response.status_code, response._content = 200, json.dumps(body).encode()
    return response


requests.request = request
written = io.StringIO()
with contextlib.redirect_stdout(written):
    tap_pardot.sync(tap_pardot.Client(dict(CONFIG)), CONFIG, {}, tap_pardot.singer.Catalog.from_dict(CATALOG))
records = [each['record'] for each in map(json.loads, written.getvalue().splitlines()) if each['type'] == 'RECORD']
for number, members in LISTS.items():
    loaded = [each['id'] for each in records if each['list_id'] == number]
    print(f'list {number}: has {members}, asked for ids above {asked[number]}, loaded {loaded}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'list 1: has (5, 9), asked for ids above 0, loaded [5, 9]
list 2: has (3, 12), asked for ids above 9, loaded [12]
list 3: has (4, 6), asked for ids above 12, loaded []' ]
