#!/usr/bin/env bash
# salesforce-pubsub-api-client 5.5.2 (with avro-js 1.12.1; 1.12.2, which a fresh install takes, cannot be loaded)
# `publishBatch` keeps one stream for each topic and never gives it up. When the session ends, the org ends the stream,
# and the callback gets the error. A program then calls `connect`, which logs in again and makes a new connection, but
# the next `publishBatch` writes to the stream of before: it raises nothing, the callback is not called, and the org gets
# no event. A single `publish` and a subscription work after the same `connect`. Only `close` before `connect` makes the
# client forget the stream, and with it all subscriptions that still run.
# Seen: a batch arrives and is acknowledged; the end of the session gives `error 16`; after `connect` a batch ends without
# an error, the org has nothing and the callback nothing, `publish` and `subscribe` arrive; after `close` and `connect`
# a batch arrives.
# Fails when a batch after `connect` arrives. Run by hand, outside CI; it needs npm and openssl, and the servers are local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" salesforce-pubsub-api-client@5.5.2 avro-js@1.12.1 @grpc/grpc-js@1.14.7 \
    @grpc/proto-loader@0.8.1
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 1 -subj /CN=localhost 2>/dev/null
cat >run.mjs <<'JS'
import fs from 'node:fs';
import { setTimeout as pause } from 'node:timers/promises';
import grpc from '@grpc/grpc-js';
import loader from '@grpc/proto-loader';
import Client from 'salesforce-pubsub-api-client';
import Org from './org.js';

const parts = 'node_modules/salesforce-pubsub-api-client/dist';
const proto = fs.readdirSync(parts).find((name) => name.endsWith('.proto'));
const { PubSub } = grpc.loadPackageDefinition(loader.loadSync(`${parts}/${proto}`)).eventbus.v1;
const topic = '/event/Order__e';
const schema = { type: 'record', name: 'Order__e', fields: [{ name: 'Number__c', type: 'string' }] };
const refused = { code: grpc.status.UNAUTHENTICATED, details: 'session expired' };
const streams = new Set();
const arrived = [];
const said = [];

const one = (answer) => (call, done) =>
  call.metadata.get('accesstoken')[0] === login.current ? done(null, answer(call.request)) : done(refused);
const many = (answer) => (call) => {
  if (call.metadata.get('accesstoken')[0] !== login.current) return call.emit('error', refused);
  streams.add(call);
  call.on('data', (request) => answer(call, request));
};
const org = new grpc.Server();
const result = { replayId: Buffer.alloc(8) };
org.addService(PubSub.service, {
  GetTopic: one(() => ({ topicName: topic, schemaId: 'schema' })),
  GetSchema: one(() => ({ schemaId: 'schema', schemaJson: JSON.stringify(schema) })),
  Publish: one(() => (arrived.push('publish'), { results: [result] })),
  PublishStream: many((call, { events }) => {
    arrived.push('batch');
    call.write({ results: events.map(({ id }) => ({ ...result, correlationKey: id })) });
  }),
  Subscribe: many(() => arrived.push('subscribe')),
});
const keys = grpc.ServerCredentials.createSsl(null, [
  { cert_chain: fs.readFileSync('cert.pem'), private_key: fs.readFileSync('key.pem') },
]);
const port = await new Promise((done, failed) =>
  org.bindAsync('127.0.0.1:0', keys, (error, bound) => (error ? failed(error) : done(bound))),
);
const login = new Org({
  answer: () => ({ organization_id: '00D000000000001AAA', preferred_username: 'sync@example.com' }),
});
await login.open();

const silent = Object.fromEntries(['debug', 'info', 'warn', 'error'].map((level) => [level, () => {}]));
const client = new Client({
  authType: 'oauth-client-credentials', loginUrl: login.url, clientId: 'app', clientSecret: 'secret',
  pubSubEndpoint: `localhost:${port}`, rejectUnauthorizedSsl: false,
}, silent);
const callback = (_info, kind, data) => said.push(kind === 'error' ? `error ${data.code}` : kind);
const attempt = async (about, call) => {
  arrived.length = said.length = 0;
  const ended = await Promise.resolve().then(call).then(() => 'done', (error) => error.cause.details);
  await pause(500);
  console.log(`${about}: ${ended}, callback [${said}], arrived [${arrived}]`);
};
const payload = { Number__c: '1' };
const batch = () => client.publishBatch(topic, [{ payload }], callback);
await client.connect();
await attempt('batch', batch);
await attempt('end of the session', () => {
  login.expire();
  for (const stream of streams) stream.emit('error', refused);
});
await attempt('batch without a login', batch);
await client.connect();
await attempt('batch after connect', batch);
await attempt('publish after connect', () => client.publish(topic, payload));
await attempt('subscribe after connect', () => client.subscribe(topic, callback));
client.close();
await client.connect();
await attempt('batch after close and connect', batch);
process.exit();
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'batch: done, callback [publishResponse], arrived [batch]
end of the session: done, callback [error 16,grpcStatus], arrived []
batch without a login: session expired, callback [], arrived []
batch after connect: done, callback [], arrived []
publish after connect: done, callback [], arrived [publish]
subscribe after connect: done, callback [], arrived [subscribe]
batch after close and connect: done, callback [publishResponse], arrived [batch]' ]
