#!/usr/bin/env bash
# sf-toolkit 0.6.1
# The client builds queries from classes and values of Python, and quotes the values. When the query is written out, two
# and more spaces in it become one, also between the quotes: a query for the account `Acme  Ltd`, as an import or a
# typing error made it, asks for `Acme Ltd`. That finds nothing, or the other account of this name, and what was to be
# changed or deleted by the name is the other one. A value that was read from the org by the same client is not found
# again. `format_soql` of the package leaves the spaces as they are.
# Seen: with two spaces in the name the query has one, as for the name with one; `format_soql` has two.
# Fails when the query keeps both spaces. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sf-toolkit==0.6.1
cat >run.py <<'P'
from sf_toolkit.data import select
from sf_toolkit.data.fields import IdField
from sf_toolkit.data.sobject import SObject
from sf_toolkit.formatting import format_soql


class Account(SObject):
    Id = IdField()


for name in ('Acme Ltd', 'Acme  Ltd'):
    print(f'select: {select(Account).where(Name=name)}')
    print(f'format_soql: {format_soql("SELECT Id FROM Account WHERE Name = {}", name)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "select: SELECT Id FROM Account WHERE Name = 'Acme Ltd'
format_soql: SELECT Id FROM Account WHERE Name = 'Acme Ltd'
select: SELECT Id FROM Account WHERE Name = 'Acme Ltd'
format_soql: SELECT Id FROM Account WHERE Name = 'Acme  Ltd'" ]
