#!/usr/bin/env bash
# sf-toolkit 0.6.1 (with httpx 0.28.1)
# The client is built to log in again and repeat the request when its session has expired. To see whether it has, it
# reads the body of the refused answer, which has not been received at that point: the HTTP library raises
# `ResponseNotRead`, an error about streams, and there is no login. The check asks for `errorDetails`, too, where
# Salesforce's error has the code in `errorCode`. Only a run that outlives its session shows it.
# Seen: the query is answered after the first login; when the session has ended it raises `ResponseNotRead`, still after
# one login. A client without a login, which cannot renew, raises `SalesforceExpiredSession`.
# Fails when there is a second login. Run by hand, outside CI; it needs Python and pip, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" sf-toolkit==0.6.1 httpx==0.28.1
cat >run.py <<'P'
import httpx
import server
from sf_toolkit import SalesforceClient
from sf_toolkit.auth import SalesforceToken, client_credentials_flow_login

logins, expired = 0, False


class Answers(server.Org):
    def do_POST(self):
        global logins, expired
        self.rfile.read(int(self.headers['Content-Length']))
        logins, expired = logins + 1, False
        self.answer(200, {'access_token': f'session {logins}', 'instance_url': 'https://acme.my.salesforce.com'})

    def do_GET(self):
        if expired:
            self.answer(401, [{'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}])
        else:
            self.answer(200, {'totalSize': 0, 'done': True, 'records': []})


class Local(httpx.HTTPTransport):
    """Asks the local org, whatever host was meant."""

    def handle_request(self, request):
        request.url = request.url.copy_with(scheme='http', host='127.0.0.1', port=local.server_port)
        return super().handle_request(request)


local, _url = server.start(Answers)


def ask(about, client):
    try:
        said = client.get('/services/data/v66.0/query', params={'q': 'SELECT Id FROM Account'}).status_code
    except Exception as error:
        said = type(error).__name__
    print(f'{about}: {said}, {logins} logins')


able = SalesforceClient('able', login=client_credentials_flow_login('app', 'secret', 'acme.my'), transport=Local())
token = SalesforceToken(httpx.URL('https://acme.my.salesforce.com'), 'session 1')
unable = SalesforceClient('unable', token=token, transport=Local())
ask('with a login', able)
expired = True
ask('expired, with a login', able)
ask('expired, without one', unable)
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "with a login: 200, 1 logins
expired, with a login: ResponseNotRead, 1 logins
expired, without one: SalesforceExpiredSession, 1 logins" ]
