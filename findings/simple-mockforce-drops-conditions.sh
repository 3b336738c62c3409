#!/usr/bin/env bash
# simple-mockforce 0.8.1 (with python-soql-parser 0.2.0 and simple-salesforce 1.12.10)
# The package stands in for an org in tests of programs that use simple-salesforce: it keeps records, and answers
# queries in SOQL. Its parser reads a query as far as it understands it, and the rest is left out without an error.
# `LIKE`, `NOT IN`, `NOT` and `INCLUDES` are not understood: a condition of this kind is gone, with all that stands
# behind it, `LIMIT` among it, and the query finds all records. A test of a program that deletes what a query finds
# passes or fails by other records than an org would give, and a wrong condition is not found by it.
# Seen: of four leads an equal name finds one; with `LIKE`, `NOT IN`, `NOT` and `INCLUDES`, and behind the first `AND`
# of two conditions, records are found that do not fit, and `LIMIT 1` is kept only by the query with the equal name.
# Fails when `LIKE` finds the right leads or is refused. Run by hand, outside CI; it needs Python and pip, and asks no
# server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" \
    simple-mockforce==0.8.1 python-soql-parser==0.2.0 simple-salesforce==1.12.10 requests==2.34.2 responses==0.20.0
cat >run.py <<'P'
import logging

from simple_mockforce import mock_salesforce
from simple_salesforce import Salesforce

logging.disable()
CONDITIONS = (
    "LastName = 'Ann' LIMIT 1", "LastName LIKE 'A%' LIMIT 1", "LastName NOT IN ('Ann', 'Bob') LIMIT 1",
    "NOT LastName = 'Ann' LIMIT 1", "Colors__c INCLUDES ('Red') LIMIT 1", "Open__c = true AND LastName LIKE 'A%' LIMIT 1",
)


@mock_salesforce
def run():
    client = Salesforce(instance='acme.my.salesforce.com', session_id='session')
    for name in ('Ann', 'Bob', 'Cem', 'Dan'):
        client.Lead.create({'LastName': name, 'Open__c': name != 'Ann'})
    for condition in CONDITIONS:
        records = client.query_all(f'SELECT LastName FROM Lead WHERE {condition}')['records']
        print(f'{condition}: {", ".join(record["LastName"] for record in records)}')


run()
P
seen=$(PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "LastName = 'Ann' LIMIT 1: Ann
LastName LIKE 'A%' LIMIT 1: Ann, Bob, Cem, Dan
LastName NOT IN ('Ann', 'Bob') LIMIT 1: Ann, Bob, Cem, Dan
NOT LastName = 'Ann' LIMIT 1: Ann, Bob, Cem, Dan
Colors__c INCLUDES ('Red') LIMIT 1: Ann, Bob, Cem, Dan
Open__c = true AND LastName LIKE 'A%' LIMIT 1: Bob, Cem, Dan" ]
