#!/usr/bin/env bash
# django-salesforce 6.0 (with Django 5.2.14)
# In a `LIKE` of SOQL `_` stands for any character and `%` for any text, unless a backslash stands before it (SOQL and
# SOSL Reference, LIKE). Django's lookups `startswith`, `contains` and `endswith` take both as they are, and its own
# backends escape them. This backend sends them as they are, though it escapes them for `iexact`: `startswith='QA_'`
# also finds `QATAR`, and `contains='_'` finds everything. `update` and `delete` of such a query change those records,
# too, and nothing warns. An address or a name with an underscore is a usual thing to look for.
# Seen: for `startswith` and `contains` Django's backend for SQLite gives `QA\_%` and `%\_%`, and this one `QA_%` and
# `%_%`, each as the value of a LIKE; for `iexact` both escape the underscore.
# Fails when the underscore is escaped. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" django-salesforce==6.0 Django==5.2.14
cat >run.py <<'P'
import django
from django.conf import settings

local = {'ENGINE': 'django.db.backends.sqlite3', 'NAME': ':memory:'}
org = {
    'ENGINE': 'salesforce.backend', 'HOST': 'https://acme.my.salesforce.com', 'USER': 'user', 'PASSWORD': 'word',
    'CONSUMER_KEY': 'app', 'CONSUMER_SECRET': 'secret',
}
settings.configure(
    DATABASES={'default': local, 'salesforce': org},
    INSTALLED_APPS=['salesforce'],
    DATABASE_ROUTERS=['salesforce.router.ModelRouter'],
    DEFAULT_AUTO_FIELD='django.db.models.BigAutoField',
)
django.setup()

from django.db import models
from salesforce import models as salesforce


class Ours(models.Model):
    """A table of Django's own."""

    email = models.CharField(max_length=80)

    class Meta:
        app_label = 'crm'


class Contact(salesforce.Model):
    """The object in Salesforce."""

    email = salesforce.CharField(db_column='Email', max_length=80)

    class Meta:
        app_label = 'crm'
        db_table = 'Contact'


for lookup, text in (('startswith', 'QA_'), ('contains', '_'), ('iexact', 'QA_')):
    for model, name in ((Ours, 'default'), (Contact, 'salesforce')):
        query = model.objects.using(name).filter(**{f'email__{lookup}': text}).query
        statement, values = query.get_compiler(name).as_sql()
        print(f'{name}, {lookup}: {statement.split(" ")[-2 if name == "salesforce" else -4]} {values[0]}')
P
seen=$(python/bin/python run.py 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'default, startswith: LIKE QA\_%
salesforce, startswith: LIKE QA_%
default, contains: LIKE %\_%
salesforce, contains: LIKE %_%
default, iexact: LIKE QA\_
salesforce, iexact: LIKE QA\_' ]
