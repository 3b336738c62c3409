#!/usr/bin/env bash
# cumulusci 4.10.1
# The task assign_permission_sets takes permission sets by name, and users by alias. A permission set that is not there
# is an error. A user who is not there is none: of several aliases those that the org knows get the set, and the task
# reports success. Where the org gives several records for one name, all of them are taken: two users with one alias
# both get the grants, and where a package in the org has a permission set of the same name, which the task cannot tell
# apart as it does not ask for the namespace, they get those of both sets.
# Seen: of the aliases `ann` and `bob` one is missing and the other is that of two users; two sets are called `Support`.
# The task makes four assignments and raises nothing; for a missing set it makes none and raises CumulusCIException.
# Fails when it raises an error or makes one assignment. Run by hand, outside CI; it needs Python and pip, and asks no
# server.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" cumulusci==4.10.1
cat >run.py <<'P'
import contextlib
import io
import json
import re

from cumulusci.core.config import BaseProjectConfig, OrgConfig, TaskConfig, UniversalConfig
from cumulusci.tasks.salesforce.users.permsets import AssignPermissionSets


class Org:
    """Knows two users and two permission sets, and accepts every assignment."""

    def __init__(self):
        self.made = []
        self.users = [{'Id': '005-1', 'Alias': 'ann'}, {'Id': '005-2', 'Alias': 'ann'}]
        self.sets = [{'Id': '0PS-own', 'Name': 'Support'}, {'Id': '0PS-package', 'Name': 'Support'}]

    def query(self, soql):
        names = re.findall("'(.*?)'", soql)
        if 'FROM User' in soql:
            records = [{**user, 'PermissionSetAssignments': None} for user in self.users if user['Alias'] in names]
        else:
            records = [found for found in self.sets if found['Name'] in names]
        return {'totalSize': len(records), 'done': True, 'records': records}

    def restful(self, _path, method, data):
        records = json.loads(data)['records']
        self.made += [f'{record["PermissionSetId"]} to {record["AssigneeId"]}' for record in records]
        return [{'id': '0Pa', 'success': True, 'errors': []} for _record in records]


universal = UniversalConfig()
repository = {'name': 'crm', 'owner': 'acme', 'url': 'https://example.com/acme/crm', 'commit': '1'}
project = BaseProjectConfig(universal, config=universal.config, repo_info=repository)
login = OrgConfig({'instance_url': 'https://acme.my.salesforce.com', 'access_token': 'session'}, 'org')
for names in ('Support', 'Support,Audit'):
    task = AssignPermissionSets(project, TaskConfig({'options': {'api_names': names, 'user_alias': 'ann,bob'}}), login)
    task.sf = Org()
    raised = 'nothing raised'
    with contextlib.redirect_stdout(io.StringIO()):
        try:
            task._run_task()
        except Exception as error:
            raised = f'{type(error).__name__}: {error}'
    print(f'{names}: {", ".join(task.sf.made) or "none"}; {raised}')
P
seen=$(HOME=$work PYTHONWARNINGS=ignore python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = 'Support: 0PS-own to 005-1, 0PS-package to 005-1, 0PS-own to 005-2, 0PS-package to 005-2; nothing raised
Support,Audit: none; CumulusCIException: The following Permission Sets were not found: Audit.' ]
