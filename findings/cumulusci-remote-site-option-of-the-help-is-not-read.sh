#!/usr/bin/env bash
# cumulusci 4.10.1
# The task add_remote_site_settings makes remote sites. By its help a site takes the optional key
# `disable_security_protocol`, which defaults to False. The task reads `disable_protocol_security`, and ignores a key
# that it does not know: who follows the help gets a site that is not changed by it, and no message. What the task
# does write for its two switches are Python's words, `True` and `False`. XML Schema's boolean, which is the type of
# both in Salesforce's WSDL for metadata, has `true` and `false`: a schema refuses the file, and whether an org takes
# `True` for true is up to the org.
# Seen: with the key of the help the file has `False` for disableProtocolSecurity, with the other `True`; a schema
# with that type refuses `True` and takes `true`.
# Fails when the key of the help is read, or refused. Run by hand, outside CI; it needs Python and pip, and no org is
# asked.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" cumulusci==4.10.1
cat >run.py <<'P'
import pathlib

from cumulusci.core.config import BaseProjectConfig, OrgConfig, TaskConfig, UniversalConfig
from cumulusci.tasks.metadata_etl.remote_site_settings import AddRemoteSiteSettings
from lxml import etree

SCHEMA = etree.XMLSchema(etree.fromstring(
    '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema"><xs:element name="switch" type="xs:boolean"/></xs:schema>'
))
universal = UniversalConfig()
repository = {'name': 'crm', 'owner': 'acme', 'url': 'https://example.com/acme/crm', 'commit': '1'}
project = BaseProjectConfig(universal, config=universal.config, repo_info=repository)
org = OrgConfig({'instance_url': 'https://acme.my.salesforce.com', 'access_token': 'session'}, 'org')
print('disable_security_protocol' in AddRemoteSiteSettings.task_options['records']['description'])
for key in ('disable_security_protocol', 'disable_protocol_security'):
    site = {'full_name': key, 'url': 'http://printer.example.com', 'is_active': True, key: True}
    task = AddRemoteSiteSettings(project, TaskConfig({'options': {'api_version': '66.0', 'records': [site]}}), org)
    task.deploy_dir = pathlib.Path.cwd()
    task._synthesize()
    root = etree.parse(f'remoteSiteSettings/{key}.remoteSite').getroot()
    print(f'{key}: {root.findtext("{*}disableProtocolSecurity")}, isActive {root.findtext("{*}isActive")}')
for value in ('True', 'true'):
    print(f'{value}: {"taken" if SCHEMA.validate(etree.fromstring(f"<switch>{value}</switch>")) else "refused"}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'True
disable_security_protocol: False, isActive True
disable_protocol_security: True, isActive True
True: refused
true: taken' ]
