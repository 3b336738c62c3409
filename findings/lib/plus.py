"""Runs tasks of CumulusCI Plus that change credentials against a stand-in for an org, and gives what they send."""
import json

import requests
from cumulusci.core.config import BaseProjectConfig, OrgConfig, TaskConfig, UniversalConfig
from cumulusci.core.keychain import BaseProjectKeychain
from simple_salesforce import Salesforce

HOST = 'acme.my.salesforce.com'


class Org(requests.adapters.BaseAdapter):
    """Knows one component, by its metadata, with a secret that was set before, and accepts every change."""

    def __init__(self, metadata):
        super().__init__()
        self.metadata, self.changes = metadata, []

    def close(self):
        pass

    def send(self, request, **_options):
        if request.method != 'GET':
            self.changes.append(json.loads(request.body))
        body = {'credentials': {'clientSecret': {}}, 'authenticationStatus': 'Configured'}
        if '/query' in request.url:
            body = {'size': 1, 'records': [{'Id': '0XA000000000001'}]}
        elif '/sobjects/' in request.url:
            body = {'Metadata': self.metadata}
        response = requests.Response()
        response.status_code, response._content = 200, json.dumps(body).encode()
        response.url, response.request = request.url, request
        return response


def changes(task_class, metadata, **options):
    """The bodies of the changes that the task sends. A failure of the task is raised."""
    universal = UniversalConfig()
    repository = {'name': 'crm', 'owner': 'acme', 'url': 'https://example.com/acme/crm', 'commit': '1'}
    project = BaseProjectConfig(universal, config=universal.config, repo_info=repository)
    project.set_keychain(BaseProjectKeychain(project, None))
    org_config = OrgConfig({'instance_url': f'https://{HOST}', 'access_token': 'session'}, 'org')
    task = task_class(project, TaskConfig({'options': {'name': 'Sync', **options}}), org_config)
    org = Org(metadata)
    session = requests.Session()
    session.mount('https://', org)
    task.tooling = task.connect = Salesforce(instance=HOST, session_id='session', session=session)
    task._run_task()
    return org.changes


def parameter(kind, name, value=None, **more):
    """A parameter of a credential, as an org gives it."""
    given = {'parameterType': kind, 'parameterName': name, 'parameterValue': value}
    return {**given, 'description': None, 'sequenceNumber': None, **more}
