#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0)
# `sf org login jwt` takes a file with a key. What the CLI stores of it is the path, not the key: each renewal reads the
# file again. A pipeline that writes the key from a secret, logs in and removes the file, as it is careful to do, has a
# login for one session: it works until the org's timeout, and then each command fails. With a refresh token the CLI
# stores, encrypted, all that a renewal takes. The command's help does not say that the file has to stay, and where
# another key lies at the same path by then, the renewal signs with that one.
# Seen: with the file a session is renewed; without it the session works until its end, and then the query raises
# `Unable to refresh session due to: ENOENT`; with another key in its place, the assertion is signed by the other key.
# Fails when the session is renewed without the file. Run by hand, outside CI; it needs npm and openssl, and the server
# is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0
openssl genrsa -out first.pem 2048 2>/dev/null
openssl genrsa -out second.pem 2048 2>/dev/null
cat >run.mjs <<'JS'
import crypto from 'node:crypto';
import fs from 'node:fs';
import { Config } from '@oclif/core';
import { Org as Target, StateAggregator } from '@salesforce/core';
import Org from './org.js';

const user = 'sync@example.com';
const asked = [];
const signer = (assertion) => {
  const [, signed, signature] = assertion.match(/^(.*)\.(.*)$/);
  return ['first', 'second'].find((name) => {
    const key = crypto.createPublicKey(fs.readFileSync(`${name}.pem`));
    return crypto.verify('RSA-SHA256', Buffer.from(signed), key, Buffer.from(signature, 'base64url'));
  });
};
const org = new Org({
  login: (parameters) => {
    asked.push(`login by the ${signer(parameters.get('assertion'))} key`);
    return {};
  },
  answer: ({ url }) => (url === '/services/data' ? [{ version: '66.0' }] : undefined),
});
await org.open();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-auth` });
const query = async (about) => {
  asked.length = 0;
  StateAggregator.clearInstance();
  const connection = (await Target.create({ aliasOrUsername: user })).getConnection();
  const said = await connection.query('SELECT Id FROM Account').then(() => 'answered', ({ message }) => message.split(':')[1]);
  console.log(`${about}: ${said.trim()}, ${[...new Set(asked)].join(', ') || 'no login'}`);
};
fs.copyFileSync('first.pem', 'key.pem');
const flags = { username: user, 'client-id': 'app', 'jwt-key-file': 'key.pem', 'instance-url': org.url };
await cli.runCommand('org:login:jwt', Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]));
org.expire();
await query('with the file, after the end of a session');
fs.rmSync('key.pem');
await query('without the file');
org.expire();
await query('without the file, after the end of a session');
fs.copyFileSync('second.pem', 'key.pem');
await query('with another key there');
process.exit();
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1 \
    node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'Successfully authorized sync@example.com with org ID 00D000000000001AAA
with the file, after the end of a session: answered, login by the first key
without the file: answered, no login
without the file, after the end of a session: ENOENT, no login
with another key there: answered, login by the second key' ]
