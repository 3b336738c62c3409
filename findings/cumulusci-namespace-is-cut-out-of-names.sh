#!/usr/bin/env bash
# cumulusci 4.10.1
# A deployment can take the namespace of a package out of the metadata (`namespace_strip`), and a retrieve can put a
# token in its place (`namespace_tokenize`). Both look for the letters of the namespace with `__` or a colon behind
# them, wherever they stand, in names of others and in values. With the namespace `pay` the object `Prepay__c` is
# `Prec`, of the field `Repay__c` there is `Rec` left, and a file's name is cut in the same way. Colons also stand in
# addresses: a connected app with the callback `pay://oauth`, as for the company's app on a phone, gets `c://oauth`,
# and a host of this name with a port is another host. Nothing warns.
# Seen: for both options in a permission set, a connected app and a remote site; beside them `pay__Invoice__c`, which
# is what they are for.
# Fails when the callback stays as it is. Run by hand, outside CI; it needs Python and pip, and no org is asked.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" cumulusci==4.10.1
cat >run.py <<'P'
import io
import re
import zipfile
from types import SimpleNamespace

from cumulusci.core.source_transforms.transforms import NamespaceInjectionOptions, NamespaceInjectionTransform

FILES = {
    'permissionsets/Sync.permissionset': '<object>pay__Invoice__c</object><object>Prepay__c</object>',
    'connectedApps/Phone.connectedApp': '<callbackUrl>pay://oauth</callbackUrl>',
    'remoteSiteSettings/Local.remoteSite': '<url>https://pay:8443</url>',
    'objects/Prepay__c.object': '<label>Prepay</label>',
}
context = SimpleNamespace(logger=SimpleNamespace(info=lambda _text: None))
for option in ('namespace_strip', 'namespace_tokenize'):
    archive = zipfile.ZipFile(io.BytesIO(), 'w')
    for name, content in FILES.items():
        archive.writestr(name, content)
    transform = NamespaceInjectionTransform(NamespaceInjectionOptions(**{option: 'pay'}))
    result = transform.process(archive, context)
    print(option)
    for name in result.namelist():
        print(f'  {name.split("/")[1]}: {" ".join(re.findall(r">([^<]+)<", result.read(name).decode()))}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'namespace_strip
  Sync.permissionset: Invoice__c Prec
  Phone.connectedApp: c://oauth
  Local.remoteSite: https://c:8443
  Prec.object: Prepay
namespace_tokenize
  Sync.permissionset: %%%NAMESPACE%%%Invoice__c Pre%%%NAMESPACE%%%c
  Phone.connectedApp: %%%NAMESPACE_OR_C%%%//oauth
  Local.remoteSite: https://%%%NAMESPACE_OR_C%%%8443
  Pre___NAMESPACE___c.object: Prepay' ]
