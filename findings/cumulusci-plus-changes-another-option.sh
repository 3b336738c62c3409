#!/usr/bin/env bash
# cumulusci-plus 5.7.0
# The task UpdateExternalAuthIdentityProvider changes an option of an identity provider by its name: its help has
# PkceEnabled and UserinfoEnabled as examples. The parameter to change is looked for by its type alone, and all options
# have one type: the first one in the org's list gets the new name and the new value, whatever it was. The option that
# was meant stays as it is, and is there twice; another one is gone. Two options in one run both go to the first place,
# so only the last one is sent. The task reports success for each.
# Seen: of UserinfoEnabled true and PkceEnabled false, a change of PkceEnabled to true makes PkceEnabled true and
# PkceEnabled false; a change of both makes the same. A header of a named credential is found by its name.
# Fails when the option is found by its name. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/cumulusci-plus.sh"
cat >run.py <<'P'
from cumulusci.tasks.salesforce.update_external_auth_identity_provider import UpdateExternalAuthIdentityProvider
from cumulusci.tasks.salesforce.update_named_credential import UpdateNamedCredential
from plus import changes, parameter


def show(about, parameters):
    print(f'{about}:', ', '.join(f'{it["parameterName"]} {it["parameterValue"]}' for it in parameters))


def options():
    values = {'UserinfoEnabled': 'true', 'PkceEnabled': 'false'}
    return [parameter('IdentityProviderOptions', name, value) for name, value in values.items()]


show('before', options())
pkce = {'identity_provider_option': {'name': 'PkceEnabled', 'value': 'true'}}
user = {'identity_provider_option': {'name': 'UserinfoEnabled', 'value': 'false'}}
for about, given in {'PkceEnabled': [pkce], 'both': [user, pkce]}.items():
    provider = {'externalAuthIdentityProviderParameters': options()}
    sent, = changes(UpdateExternalAuthIdentityProvider, provider, parameters=given)
    show(about, sent['Metadata']['externalAuthIdentityProviderParameters'])
named = {
    'namedCredentialType': 'SecuredEndpoint',
    'namedCredentialParameters': [parameter('HttpHeader', name, 'old') for name in ('X-First', 'X-Second')],
}
sent, = changes(UpdateNamedCredential, named, parameters=[{'http_header': [{'name': 'X-Second', 'value': 'new'}]}])
show('X-Second', sent['Metadata']['namedCredentialParameters'])
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "before: UserinfoEnabled true, PkceEnabled false
PkceEnabled: PkceEnabled true, PkceEnabled false
both: PkceEnabled true, PkceEnabled false
X-Second: X-First old, X-Second new" ]
