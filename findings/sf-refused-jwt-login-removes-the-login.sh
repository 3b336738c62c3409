#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0)
# `sf org login jwt` for a user who is logged in already first removes the login that there is, with its aliases and the
# setting that made it the default org, and only then asks the org. When the org refuses, or cannot be reached, the
# command fails and nothing is left: who tries out a new key or app with the command loses the login that worked. When
# the org accepts, there is a login again, and aliases and default are gone unless the command names them. A login by
# auth URL keeps them in both cases.
# Seen: with the alias `prod` as default org, a refused login by JWT leaves no login, no alias and no default, and an
# accepted one only the login; a refused and an accepted login by URL leave all three.
# Fails when the refused login leaves the old one. Run by hand, outside CI; it needs npm, and nothing is sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0 node@24.21.0 >/dev/null
cat >run.mjs <<'JS'
import { generateKeyPairSync } from 'node:crypto';
import fs from 'node:fs';
import { createRequire } from 'node:module';
import { Config as Cli } from '@oclif/core';
import { AuthInfo, Config, StateAggregator } from '@salesforce/core';

const { default: Transport } = createRequire(import.meta.url)('@jsforce/jsforce-node/lib/transport');
const [step, way, answer] = process.argv.slice(2);
const host = 'acme.my.salesforce.com';
const username = 'sync@example.com';
Transport.prototype.httpRequest = async ({ url }) => {
  const user = { Username: username, organization_id: '00D000000000001', user_id: '005000000000001' };
  let [statusCode, body] = [200, { totalSize: 0, done: true, records: [], ...user }];
  if (url === `https://${host}/services/data`) body = [{ version: '66.0' }];
  if (url.endsWith('/services/oauth2/token')) {
    const id = `https://${host}/id/00D000000000001AAA/005000000000001AAA`;
    body = { access_token: 'session', instance_url: `https://${host}`, id };
    if (step === 'logs in' && answer === 'refused') [statusCode, body] = [400, { error: 'invalid_grant' }];
  }
  return { statusCode, headers: {}, body: JSON.stringify(body) };
};
if (step === 'has a login') {
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 });
  fs.writeFileSync('app.key', privateKey.export({ type: 'pkcs8', format: 'pem' }));
  fs.writeFileSync('url.txt', `force://app:secret:refresh@${host}`);
  const app = { clientId: 'app', clientSecret: 'secret', loginUrl: `https://${host}` };
  const login = await AuthInfo.create({ username, oauth2Options: { ...app, refreshToken: 'refresh' } });
  await login.save();
  await login.handleAliasAndDefaultSettings({ alias: 'prod', setDefault: true, setDefaultDevHub: false });
} else if (step === 'logs in') {
  const app = ['--username', username, '--client-id', 'app', '--instance-url', `https://${host}`];
  const [command, ...options] =
    way === 'JWT' ? ['org:login:jwt', '--jwt-key-file', 'app.key', ...app] : ['org:login:sfdx-url', '--sfdx-url-file', 'url.txt'];
  const cli = await Cli.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-auth` });
  await cli.runCommand(command, [...options, '--json', '--no-prompt']).catch(() => {});
} else {
  const { aliases, orgs } = await StateAggregator.getInstance();
  const logins = (await orgs.list()).length;
  const config = await Config.create({ isGlobal: true });
  console.log(`${way}, ${answer}: ${logins} logins, alias ${aliases.get(username)}, default ${config.get('target-org')}`);
}
JS
export SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(
  for way in JWT 'auth URL'; do
    for answer in refused accepted; do
      mkdir "$way $answer"
      for step in 'has a login' 'logs in'; do
        HOME="$work/$way $answer" node_modules/.bin/node run.mjs "$step" "$way" "$answer" >"$way $answer/log"
      done
      HOME="$work/$way $answer" node_modules/.bin/node run.mjs 'is asked' "$way" "$answer"
    done
  done
)
printf '%s\n' "$seen"
[ "$seen" = "JWT, refused: 0 logins, alias null, default undefined
JWT, accepted: 1 logins, alias null, default undefined
auth URL, refused: 1 logins, alias prod, default prod
auth URL, accepted: 1 logins, alias prod, default prod" ]
