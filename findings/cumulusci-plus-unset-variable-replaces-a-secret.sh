#!/usr/bin/env bash
# cumulusci-plus 5.7.0
# Three tasks change credentials in an org, so that a package that was installed can reach its service. To keep secrets
# out of the project they take the names of environment variables (`transform_parameters`). Where a variable is not set,
# as on a new machine, none of them stops: each writes something else over what the org has, and reports success. The
# endpoint of a named credential becomes null; an external credential gets a null secret, and for its client id the name
# of the variable; an external auth identity provider gets the names for both. Callouts that worked before the run fail
# after it.
# Seen: without a variable the three send what is said above, and no task raises an error; with all of them the values.
# Fails when a task stops. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/cumulusci-plus.sh"
cat >run.py <<'P'
import os

from cumulusci.tasks.salesforce.update_external_auth_identity_provider import UpdateExternalAuthIdentityProvider
from cumulusci.tasks.salesforce.update_external_credential import UpdateExternalCredential
from cumulusci.tasks.salesforce.update_named_credential import UpdateNamedCredential
from plus import changes, parameter

named = {
    'namedCredentialType': 'SecuredEndpoint',
    'namedCredentialParameters': [parameter('Url', 'Url', 'https://old.example.com')],
}
client = {'client_id': 'SYNC_ID', 'client_secret': 'SYNC_SECRET'}
for variables in ({}, {'SYNC_URL': 'https://new.example.com', 'SYNC_ID': 'new', 'SYNC_SECRET': 'secret'}):
    os.environ.update(variables)
    print('set:', *variables)
    sent, = changes(UpdateNamedCredential, named, transform_parameters=[{'url': 'SYNC_URL'}])
    url, = sent['Metadata']['namedCredentialParameters']
    print('named credential:', url['parameterType'], url['parameterValue'])
    principal = {'named_principal': {'name': 'Sync', **client}}
    _, sent = changes(UpdateExternalCredential, {'label': 'Sync'}, transform_parameters=[principal])
    print('external credential:', *(f'{name} {it["value"]}' for name, it in sent['credentials'].items()))
    provider = {'label': 'Sync'}
    _, sent = changes(UpdateExternalAuthIdentityProvider, provider, transform_parameters=[{'credential': client}])
    print('identity provider:', *(f'{it["credentialName"]} {it["credentialValue"]}' for it in sent['credentials']))
P
seen=$(env -u SYNC_URL -u SYNC_ID -u SYNC_SECRET HOME="$work" PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "set:
named credential: Url None
external credential: clientId SYNC_ID clientSecret None
identity provider: clientId SYNC_ID clientSecret SYNC_SECRET
set: SYNC_URL SYNC_ID SYNC_SECRET
named credential: Url https://new.example.com
external credential: clientId new clientSecret secret
identity provider: clientId new clientSecret secret" ]
