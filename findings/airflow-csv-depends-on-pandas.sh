#!/usr/bin/env bash
# apache-airflow-providers-salesforce 5.15.1 (with apache-airflow 3.3.2, and with pandas 2.3.3 and 3.1.1)
# `write_object_to_file` of the hook writes the records of a query into a CSV file. With pandas 2 a field without a value
# is the word `None` in it, and the lines of a text are joined without a space: a user without a manager has one of this
# name, a date that is not set is no date, and the database that reads the file takes both for values. With pandas 3 the
# field is empty and the text stays as it is: the columns are of another type there, and the cleaning passes them by. The
# package takes both versions, so the same pipeline writes another file after a new installation. JSON is the same.
# Seen: the two users of the query in a file of each version, with and without `None`, and one and the same JSON.
# Fails when both versions write one CSV. Run by hand, outside CI; it needs Python and pip, takes minutes to install, and
# asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" apache-airflow-providers-salesforce==5.15.1 apache-airflow==3.3.2 pandas==2.3.3
cat >run.py <<'P'
import os
import warnings

import pandas

warnings.simplefilter('ignore')
os.environ['AIRFLOW_HOME'] = os.getcwd() + '/airflow'
os.environ['AIRFLOW__LOGGING__LOGGING_LEVEL'] = 'CRITICAL'
from airflow.providers.salesforce.hooks.salesforce import SalesforceHook  # noqa: E402

about = {'attributes': {'type': 'User'}}
records = [
    {**about, 'Alias': 'ann', 'Manager__c': 'bob', 'AboutMe': 'Until Friday\nby phone', 'Left__c': None},
    {**about, 'Alias': 'bob', 'Manager__c': None, 'AboutMe': None, 'Left__c': '2026-03-12'},
]
print(f'pandas {pandas.__version__}')
for kind in ('csv', 'json'):
    SalesforceHook().write_object_to_file(records, f'users.{kind}', fmt=kind)
    with open(f'users.{kind}') as file:
        print(file.read().strip())
P
seen=$(python/bin/python run.py)
python/bin/pip install --quiet --disable-pip-version-check pandas==3.1.1
seen+=$'\n'$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'pandas 2.3.3
alias,manager__c,aboutme,left__c
ann,bob,Until Fridayby phone,None
bob,None,None,2026-03-12
[{"alias":"ann","manager__c":"bob","aboutme":"Until Friday\nby phone","left__c":null},{"alias":"bob","manager__c":null,"aboutme":null,"left__c":"2026-03-12"}]
pandas 3.1.1
alias,manager__c,aboutme,left__c
ann,bob,"Until Friday
by phone",
bob,,,2026-03-12
[{"alias":"ann","manager__c":"bob","aboutme":"Until Friday\nby phone","left__c":null},{"alias":"bob","manager__c":null,"aboutme":null,"left__c":"2026-03-12"}]' ]
