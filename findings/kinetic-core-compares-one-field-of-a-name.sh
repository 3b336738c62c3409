#!/usr/bin/env bash
# kinetic-core 2.1.1
# `compare` tells what differs between the metadata of two folders, or of a folder and an org. In source format the
# fields of an object are in its folder `fields`, and so are those of each other object. The comparison names a field by
# the folder that it is in: `CustomField:fields.Status__c` for the one of each object. Of all objects that have a field
# of one name, which is usual for the fields of a template or of an integration, one is compared and the others are
# passed over: nothing is said of a change in them, of a new one, or of one that is gone. Which one it is depends on the
# order of the file system.
# Seen: `Status__c` of three objects was changed, and one is reported; `Key__c` was deleted from two of three, and
# nothing is; of three fields of different names that were changed all are reported.
# Fails when all three are reported. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" kinetic-core==2.1.1
cat >run.py <<'P'
from pathlib import Path

from kinetic_core import MetadataClient, SalesforceSession


def write(side, sobject, name, label):
    path = Path(side, 'objects', sobject, 'fields', f'{name}.field-meta.xml')
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(
        '<?xml version="1.0" encoding="UTF-8"?>\n<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">\n'
        f'    <fullName>{name}</fullName>\n    <label>{label}</label>\n    <type>Checkbox</type>\n</CustomField>\n'
    )


for sobject in ('Account', 'Contact', 'Lead'):
    for side in ('old', 'new'):
        write(side, sobject, 'Status__c', f'{side} label')
        write(side, sobject, f'Status_of_{sobject}__c', f'{side} label')
        if side == 'old' or sobject == 'Lead':
            write(side, sobject, 'Key__c', 'Key')
client = MetadataClient(SalesforceSession('https://acme.my.salesforce.com', 'session'))
difference = client.compare('old', 'new')
for name in sorted(each['name'] for each in difference.modified):
    print(f'changed: {name}')
print(f'deleted: {len(difference.deleted)}, unchanged: {", ".join(difference.unchanged)}')
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'changed: CustomField:fields.Status__c
changed: CustomField:fields.Status_of_Account__c
changed: CustomField:fields.Status_of_Contact__c
changed: CustomField:fields.Status_of_Lead__c
deleted: 0, unchanged: CustomField:fields.Key__c' ]
