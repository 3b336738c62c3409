#!/usr/bin/env bash
# cumulusci-plus 5.7.0
# The task UpdateEcaOauthPolicy changes the OAuth policies of an external client app. It wants at least one change, and
# does not count a `false`: a task that turns the client credentials flow on is accepted, the same task that turns it off
# is refused with `At least one update option must be provided`. With any other change beside it the flow is turned off.
# It also appends `_oauth_defaultPolicy` to every name: policies that are called otherwise, such as `Sync_oauthPlcy`,
# cannot be named.
# Seen: true is written, false alone is refused, false with a label is written; `Sync_oauthPlcy` is looked for as
# `Sync_oauthPlcy_oauth_defaultPolicy`.
# Fails when false alone is accepted. Run by hand, outside CI; it needs Python and pip, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check cumulusci-plus==5.7.0
cat >run.py <<'P'
from cumulusci.core.config import BaseProjectConfig, OrgConfig, TaskConfig, UniversalConfig
from cumulusci.core.exceptions import TaskOptionsError
from cumulusci.core.keychain import BaseProjectKeychain
from cumulusci.tasks.metadata_etl import UpdateEcaOauthPolicy
from cumulusci.utils.xml import metadata_tree

universal = UniversalConfig()
repository = {'name': 'crm', 'owner': 'acme', 'url': 'https://example.com/acme/crm', 'commit': '1'}
project = BaseProjectConfig(universal, config=universal.config, repo_info=repository)
project.set_keychain(BaseProjectKeychain(project, None))
org = OrgConfig({'instance_url': 'https://acme.my.salesforce.com', 'access_token': 'session'}, 'org')
for options in (
    {'is_client_credentials_flow_enabled': True},
    {'is_client_credentials_flow_enabled': False},
    {'is_client_credentials_flow_enabled': False, 'label': 'Sync'},
):
    try:
        config = TaskConfig({'options': {'api_names': ['Sync_oauthPlcy'], 'managed': False, **options}})
        task = UpdateEcaOauthPolicy(project, config, org)
    except TaskOptionsError as error:
        print(*options.values(), '-', str(error).split('.')[0])
        continue
    policies = metadata_tree.fromstring(
        b'<ExtlClntAppOauthConfigurablePolicies xmlns="http://soap.sforce.com/2006/04/metadata">'
        b'<isClientCredentialsFlowEnabled>true</isClientCredentialsFlowEnabled>'
        b'<label>Old</label></ExtlClntAppOauthConfigurablePolicies>'
    )
    name, = task.api_names
    written = task._transform_entity(policies, name)
    print(*options.values(), '-', written.isClientCredentialsFlowEnabled.text, name)
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "True - true Sync_oauthPlcy_oauth_defaultPolicy
False - At least one update option must be provided
False Sync - false Sync_oauthPlcy_oauth_defaultPolicy" ]
