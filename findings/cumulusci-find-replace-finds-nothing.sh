#!/usr/bin/env bash
# cumulusci 4.10.1
# The transform `find_replace` puts values into the metadata of a deployment, from the environment for instance: the host
# of a named credential, a consumer key. It takes an XPath, and understands little of it. `//endpoint` means the root
# element of that name alone. A name in a condition, as of one permission among many, is looked for without the
# namespace that all metadata have. A slash in a condition, as of a URL, cuts the expression there. `paths` takes
# folders; a file that is named there is not changed. Each of these finds nothing, without an error or a warning, and the
# place holder is deployed. Only double quotes around the slash raise an error.
# Seen: of seven entries three change the file: the whole path, a position, and a folder in `paths`; the other four leave
# it as it is, and nothing is logged.
# Fails when one of the four changes the file. Run by hand, outside CI; it needs Python and pip.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" cumulusci==4.10.1
cat >run.py <<'P'
import io
import logging
import zipfile

from cumulusci.core.dependencies.utils import TaskContext
from cumulusci.core.source_transforms.transforms import FindReplaceTransform, FindReplaceTransformOptions

NAMESPACE = 'xmlns="http://soap.sforce.com/2006/04/metadata"'
FILES = {
    'namedCredentials/Billing.namedCredential':
        f'<NamedCredential {NAMESPACE}><endpoint>https://HOST</endpoint></NamedCredential>',
    'profiles/Sync.profile':
        f'<Profile {NAMESPACE}><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>'
        '<userPermissions><enabled>true</enabled><name>AuthorApex</name></userPermissions></Profile>',
}
logged = []
logger = logging.getLogger('find_replace')
logger.addFilter(logged.append)
host = {'find': 'https://HOST', 'replace': 'https://example.com'}
for pattern in (
    {'xpath': '/NamedCredential/endpoint', 'replace': 'https://example.com'},
    {'xpath': '/Profile/userPermissions[2]/enabled', 'replace': 'false'},
    {'paths': ['namedCredentials'], **host},
    {'xpath': '//endpoint', 'replace': 'https://example.com'},
    {'xpath': '/Profile/userPermissions[name="AuthorApex"]/enabled', 'replace': 'false'},
    {'xpath': "/NamedCredential/endpoint[.='https://HOST']", 'replace': 'https://example.com'},
    {'paths': ['namedCredentials/Billing.namedCredential'], **host},
):
    archive = zipfile.ZipFile(io.BytesIO(), 'w')
    for name, text in FILES.items():
        archive.writestr(name, text)
    transform = FindReplaceTransform(FindReplaceTransformOptions.parse_obj({'patterns': [pattern]}))
    done = transform.process(archive, TaskContext(None, None, logger))
    changed = [name for name, text in FILES.items() if done.read(name).decode() != text]
    print(f'{pattern.get("xpath") or pattern["paths"][0]}: {", ".join(changed) or "nothing"}')
print(f'{len(logged)} lines in the log')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "/NamedCredential/endpoint: namedCredentials/Billing.namedCredential
/Profile/userPermissions[2]/enabled: profiles/Sync.profile
namedCredentials: namedCredentials/Billing.namedCredential
//endpoint: nothing
/Profile/userPermissions[name=\"AuthorApex\"]/enabled: nothing
/NamedCredential/endpoint[.='https://HOST']: nothing
namedCredentials/Billing.namedCredential: nothing
0 lines in the log" ]
