#!/usr/bin/env bash
# fuel-rest 3.2.2 (with fuel-auth 3.3.0)
# Salesforce's client for Marketing Cloud takes an object with the options of a request, and writes the session into it:
# a program that keeps the object and asks with it again, as one does that waits for a job, sends the session of the first
# time from then on. When that has ended, each request is refused, the client logs in, and the repeated request is
# answered, so nothing is seen. The new session is given up with the next refusal, though it has not ended: there is a
# login for each request for as long as the program runs, and requests with other options lose their session, too.
# Seen: five requests are answered in one session; after its end, five with the same object make five logins, and five
# with an object of their own make one.
# Fails when the later requests send the new session. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" fuel-rest@3.2.2 fuel-auth@3.3.0
cat >run.js <<'JS'
const FuelRest = require('fuel-rest');
const Org = require('./org.js');

const run = async (name, options) => {
  let refused = 0;
  const org = new Org({
    // The client looks for the end of the host in the address: here it is in the path of the local server.
    login: () => ({ token_type: 'Bearer', expires_in: 1079, rest_instance_url: `${org.url}/rest.example.com/` }),
    ended: (_request, response) => {
      refused += 1;
      response.setHeader('www-authenticate', 'Bearer error="invalid_token"');
      return { message: 'Not Authorized', errorcode: 0, documentation: '' };
    },
  });
  await org.open();
  const authUrl = `${org.url}/services/oauth2/token`;
  const auth = { clientId: 'app', clientSecret: 'secret', authUrl, authOptions: { authVersion: 2 } };
  const client = new FuelRest({ auth });
  const ask = async () => {
    for (let request = 0; request < 5; request += 1) {
      const { res } = await client.get(options());
      if (res.statusCode !== 200) throw new Error(res.statusCode);
    }
    console.log(`${name}: ${org.sessions} logins, ${refused} refused`);
  };
  await ask();
  org.expire();
  await ask();
  org.close();
};
const kept = { uri: '/messaging/v1/jobs' };
run('one object for all', () => kept).then(() => run('one for each', () => ({ uri: '/messaging/v1/jobs' })));
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'one object for all: 1 logins, 0 refused
one object for all: 6 logins, 5 refused
one for each: 1 logins, 0 refused
one for each: 2 logins, 1 refused' ]
