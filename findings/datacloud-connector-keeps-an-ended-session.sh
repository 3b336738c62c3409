#!/usr/bin/env bash
# salesforce-datacloud-connector 2.0.0b1
# The answer to a login at Salesforce is reported to have `issued_at` and no `expires_in`: how long a session lasts
# depends on the timeout of the org or the profile. Without `expires_in` the connector assumes two hours. A request that
# the org refuses raises an error and does not renew the session, though the class has a method for that. Where the
# timeout is shorter, a service fails from the end of its session until the two hours are over, though it has a refresh
# token.
# Seen: with a timeout of 15 minutes, queries in minute 16 and in minute 118 are refused, without a second login; in
# minute 120 there is one, and the query is answered.
# Fails when the session is renewed earlier. Run by hand, outside CI; it needs Python and pip, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/python.sh" salesforce-datacloud-connector==2.0.0b1 requests==2.34.2
cat >run.py <<'P'
import time

import salesforce_datacloud_connector as sfdc
import server

logins, minute, started = 0, 0, time.time()
time.time = lambda: started + 60 * minute


class Answers(server.Org):
    ends = 0

    def do_POST(self):
        global logins
        self.rfile.read(int(self.headers['Content-Length']))
        status, body = 200, {'status': {'queryId': '1', 'completionStatus': 'Finished'}, 'data': [], 'metadata': []}
        if self.path == '/services/oauth2/token':
            logins += 1
            Answers.ends = minute + 15
            issued_at = str(int(time.time() * 1000))
            body = {'access_token': f'session {logins}', 'instance_url': url, 'issued_at': issued_at}
        elif minute >= Answers.ends:
            status, body = 401, {'errorCode': 'INVALID_SESSION_ID', 'message': 'Session expired or invalid'}
        self.answer(status, body)


local, url = server.start(Answers)
connection = sfdc.connect(
    login_url=url, auth_type='refresh_token', client_id='app', client_secret='secret', refresh_token='refresh'
)
for minute in (0, 16, 118, 120):
    try:
        connection.cursor().execute('SELECT 1')
        said = 'answered'
    except sfdc.Error as error:
        said = type(error).__name__
    print(f'minute {minute}: {said}, {logins} logins')
local.shutdown()
P
seen=$(python/bin/python run.py)
printf '%s\n' "$seen"
[ "$seen" = "minute 0: answered, 1 logins
minute 16: OperationalError, 1 logins
minute 118: OperationalError, 1 logins
minute 120: answered, 2 logins" ]
