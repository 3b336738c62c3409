#!/usr/bin/env bash
# soql 1.2.0
# The package builds queries from classes of Python: `where`, `order_by` and `limit` of a query each return a copy with
# what was added. They also add it to the query that they were called on. Of one query that others are made from, as the
# customers of which a page takes those of a city, each gets the conditions of all that were made before it: the first
# has its own, the second has both and finds nothing, and a process that keeps such a query in a module finds fewer
# records the longer it runs. A `limit` stays in the same way. Nothing warns.
# Seen: of two queries from one the first asks for Berlin and the second for Berlin and for Rome; a third has the
# `LIMIT 1` of one that was made before it.
# Fails when the query stays as it was. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" soql==1.2.0
cat >run.py <<'P'
from soql import Model, attributes, select


class Account(Model):
    id = attributes.String('Id')
    city = attributes.String('BillingCity')
    type = attributes.String('Type')


def conditions(query):
    return str(query).split('WHERE ')[1].replace('Account.', '')


customers = select(Account).where(Account.type == 'Customer')
print(f'before: {conditions(customers)}')
for city in ('Berlin', 'Rome'):
    print(f'{city}: {conditions(customers.where(Account.city == city))}')
customers.limit(1)
print(f'after: {conditions(customers)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "before: Type = 'Customer'
Berlin: Type = 'Customer' AND BillingCity = 'Berlin'
Rome: Type = 'Customer' AND BillingCity = 'Berlin' AND BillingCity = 'Rome'
after: Type = 'Customer' AND BillingCity = 'Berlin' AND BillingCity = 'Rome' LIMIT 1" ]
