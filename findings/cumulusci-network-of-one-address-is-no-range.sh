#!/usr/bin/env bash
# cumulusci 4.10.1
# The task add_profile_ip_ranges writes login IP ranges into a profile, from two addresses or from a network in CIDR
# notation. Of a network it leaves out the first and the last address, as if both were reserved: that of one address
# (`/32`, the usual form of a NAT gateway) becomes a range that begins after its end and does not contain the address,
# and that of two (`/31`) is turned round. Of a `/30` that a provider assigns, two of the four addresses may log in. A
# range from two addresses is written as it stands.
# Seen: 203.0.113.7/32 is written as 203.0.113.8 to 203.0.113.6, 203.0.113.16/31 as .17 to .16, /30 as .17 to .18.
# Fails when all addresses of a network are in its range. Run by hand, outside CI; it needs Python and pip.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check cumulusci==4.10.1
cat >run.py <<'P'
from cumulusci.core.config import BaseProjectConfig, OrgConfig, TaskConfig, UniversalConfig
from cumulusci.tasks.metadata_etl.permissions import AddIPRanges
from cumulusci.utils.xml import metadata_tree

universal = UniversalConfig()
repository = {'name': 'crm', 'owner': 'acme', 'url': 'https://example.com/acme/crm', 'commit': '1'}
project = BaseProjectConfig(universal, config=universal.config, repo_info=repository)
org = OrgConfig({'instance_url': 'https://acme.my.salesforce.com', 'access_token': 'session'}, 'org')
for given in (
    {'start_address': '203.0.113.7', 'end_address': '203.0.113.7'},
    {'network': '203.0.113.7/32'},
    {'network': '203.0.113.16/31'},
    {'network': '203.0.113.16/30'},
):
    task = AddIPRanges(project, TaskConfig({'options': {'api_names': ['Sync'], 'ranges': [given]}}), org)
    profile = metadata_tree.fromstring(b'<Profile xmlns="http://soap.sforce.com/2006/04/metadata"/>')
    written = task._transform_entity(profile, 'Sync').find('loginIpRanges')
    print(f'{" ".join(given.values())}: {written.startAddress.text} to {written.endAddress.text}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "203.0.113.7 203.0.113.7: 203.0.113.7 to 203.0.113.7
203.0.113.7/32: 203.0.113.8 to 203.0.113.6
203.0.113.16/31: 203.0.113.17 to 203.0.113.16
203.0.113.16/30: 203.0.113.17 to 203.0.113.18" ]
