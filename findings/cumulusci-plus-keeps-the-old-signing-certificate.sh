#!/usr/bin/env bash
# cumulusci-plus 5.7.0
# An external credential that logs in by JWT names the certificate that signs. The task UpdateExternalCredential has an
# option for it, `signing_certificate`, for the time when a certificate runs out. To find the parameter that it should
# change, the task compares the certificate, too, and with the new one: what the org has never agrees. The new
# certificate is added as a second parameter of the same name, and the old one stays. The log says `Added`, and the task
# reports success. A run with the certificate that is there already changes nothing. The task for named credentials
# leaves the certificate out of the comparison and replaces it.
# Seen: with Jwt_2025 in the org and Jwt_2026 given, both are sent for an external credential, Jwt_2026 alone for a
# named one.
# Fails when the old certificate is replaced. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/cumulusci-plus.sh"
cat >run.py <<'P'
from cumulusci.tasks.salesforce.update_external_credential import UpdateExternalCredential
from cumulusci.tasks.salesforce.update_named_credential import UpdateNamedCredential
from plus import changes, parameter


def show(about, sent, kind):
    parameters, = (value for value in sent['Metadata'].values() if isinstance(value, list))
    print(f'{about}:', ', '.join(it['certificate'] for it in parameters if it['parameterType'] == kind))


for given in ('Jwt_2025', 'Jwt_2026'):
    kind = 'SigningCertificate'
    signing = parameter(kind, kind, certificate='Jwt_2025', parameterGroup='DefaultGroup')
    credential = {'externalCredentialParameters': [signing]}
    sent, = changes(UpdateExternalCredential, credential, parameters=[{'signing_certificate': given}])
    show(f'external credential, {given}', sent, kind)
    kind = 'ClientCertificate'
    client = parameter(kind, kind, certificate='Jwt_2025')
    named = {'namedCredentialType': 'SecuredEndpoint', 'namedCredentialParameters': [client]}
    sent, = changes(UpdateNamedCredential, named, parameters=[{'certificate': given}])
    show(f'named credential, {given}', sent, kind)
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "external credential, Jwt_2025: Jwt_2025
named credential, Jwt_2025: Jwt_2025
external credential, Jwt_2026: Jwt_2025, Jwt_2026
named credential, Jwt_2026: Jwt_2026" ]
