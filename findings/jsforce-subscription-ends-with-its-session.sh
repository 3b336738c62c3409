#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# A subscription is made with the session that the connection had at its first one. When that session has ended and the
# org wants a new handshake, the client sends the same token and is refused, in the way that the package's own
# documentation shows. The session is not renewed and nothing is reported. A query does renew the connection's session,
# but a further `topic(...).subscribe` uses the client of the first one: nothing is sent, and its promise stays open. A
# listener gets no more events until the process starts again. Only `createClient` makes a client with the new session.
# Seen: of three events the listener gets the one from before the end; the connection has a new session, and a second
# subscription sends nothing and neither succeeds nor fails; one by `createClient` gets the third event.
# Fails when a subscription outlives its session or an error is reported. Run by hand, outside CI; it needs npm, and the
# server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const http = require('node:http');
let [sessions, clients, current] = [0, 0, ''];
let waiting = [];
const asked = [];
const connected = new Set();
const denied = {
  successful: false, error: '403::Handshake denied', advice: { reconnect: 'none' },
  ext: { sfdc: { failureReason: '401::Authentication invalid' } },
};
const unknown = { successful: false, error: '403::Unknown client', advice: { reconnect: 'handshake', interval: 0 } };
const stream = (token, { channel, id, clientId, subscription }) => {
  const answer = { channel, id, clientId, subscription, successful: true };
  if (channel !== '/meta/connect') asked.push(`${channel.replace('/meta/', '')} with ${token}`);
  if (channel !== '/meta/handshake') return token === current ? answer : { ...answer, ...unknown };
  if (token !== current) return { ...answer, ...denied };
  return { ...answer, clientId: `client${(clients += 1)}`, version: '1.0', supportedConnectionTypes: ['long-polling'] };
};
const server = http.createServer((request, response) => {
  let body = '';
  request.on('data', (part) => (body += part));
  request.on('end', () => {
    response.setHeader('content-type', 'application/json');
    const token = request.headers.authorization?.split(' ')[1];
    let answer = { totalSize: 0, done: true, records: [] };
    if (request.url.startsWith('/cometd/')) {
      const messages = [JSON.parse(body || '[]')].flat();
      const send = (...events) =>
        response.end(JSON.stringify([...events, ...messages.map((message) => stream(token, message))]));
      const [{ channel, clientId } = {}, ...others] = messages;
      const isFirst = !connected.has(clientId);
      if (channel === '/meta/connect') connected.add(clientId);
      if (channel !== '/meta/connect' || others.length > 0 || isFirst) send();
      else waiting.push({ token, send });
      return;
    }
    if (request.url === '/services/oauth2/token') {
      current = `session${(sessions += 1)}`;
      const id = `${base()}/id/00D000000000001AAA/005000000000001AAA`;
      answer = { access_token: current, instance_url: base(), id };
    } else if (token !== current) {
      response.statusCode = 401;
      answer = [{ message: 'Session expired or invalid', errorCode: 'INVALID_SESSION_ID' }];
    }
    response.end(JSON.stringify(answer));
  });
});
const base = () => `http://127.0.0.1:${server.address().port}`;
const pause = () => new Promise((done) => setTimeout(done, 2000));
const publish = async (data) => {
  const polls = waiting;
  waiting = [];
  for (const { token, send } of polls) {
    if (token === current) send({ channel: '/topic/Leads', data });
    else send();
  }
  await pause();
};
process.on('unhandledRejection', (error) => console.log(`not handled: ${error}`));
server.listen(0, '127.0.0.1', async () => {
  const { Connection } = require(process.argv[2]);
  const connection = new Connection({
    oauth2: { loginUrl: base(), clientId: 'app', clientSecret: 'secret' }, instanceUrl: base(), version: '66.0',
    accessToken: (current = 'session0'), refreshToken: 'refresh',
  });
  const state = { first: 'open', second: 'open', third: 'open' };
  const got = [];
  const subscribe = async (which, to) => {
    to((data) => got.push(`${which} ${data}`)).then(() => (state[which] = 'made'), () => (state[which] = 'refused'));
    await pause();
  };
  await subscribe('first', (listener) => connection.streaming.topic('Leads').subscribe(listener));
  await publish('event1');
  current = 'ended';
  await publish('event2');
  await connection.query('SELECT Id FROM Lead');
  const before = asked.length;
  await subscribe('second', (listener) => connection.streaming.topic('Leads').subscribe(listener));
  console.log(`the connection has ${connection.accessToken}, the second subscription sent ${asked.length - before}`);
  await subscribe('third', (listener) => connection.streaming.createClient().subscribe('/topic/Leads', listener));
  await publish('event3');
  console.log(asked.join(', '));
  console.log(JSON.stringify(state), got.join(', '));
  process.exit();
});
JS
for name in jsforce @jsforce/jsforce-node; do
    seen=$(node_modules/.bin/node run.js "$name")
    printf '%s\n' "$name" "$seen"
    [ "$seen" = 'the connection has session1, the second subscription sent 0
handshake with session0, subscribe with session0, handshake with session0, handshake with session1, subscribe with session1
{"first":"made","second":"open","third":"made"} first event1, third event3' ]
done
