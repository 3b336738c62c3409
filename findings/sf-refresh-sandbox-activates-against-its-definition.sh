#!/usr/bin/env bash
# @salesforce/plugin-org 7.0.2 (with @salesforce/core 9.4.0)
# `sf org refresh sandbox` takes a definition file that overrides how the sandbox is set up. One of its options is
# `autoActivate` (Salesforce DX Developer Guide, Create a Sandbox Definition File). The command sends true whatever the
# file says, unless the flag `--no-auto-activate` is given; the other options of the file are sent as they are. A team
# that wants to activate the copy itself, when the work in the sandbox is saved, and says so in its file, has it
# activated at once. Nothing warns. The prompt shows the value, and pipelines turn the prompt off. What the sandbox had
# at its last refresh does not count either.
# Seen: the sandbox has false from its last refresh and the file says false: true is sent, beside the file's
# description. With the flag false is sent, also where the file says true.
# Fails when false is sent for the file. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-org@7.0.2 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'production@example.com';
const Id = '0GQ000000000001AAA';
let sent;
const answer = ({ method, url }, body) => {
  if (method === 'PATCH') {
    sent = JSON.parse(body);
    return { id: Id, success: true, errors: [] };
  }
  const query = decodeURIComponent(url).replaceAll('+', ' ');
  const process = { Id: '0GR000000000001AAA', Status: 'Pending', SandboxName: 'dev', SandboxInfoId: Id };
  const sandbox = { Id, SandboxName: 'dev', LicenseType: 'DEVELOPER', AutoActivate: false, Description: 'before' };
  const records = query.includes('FROM SandboxProcess') ? [process] : [sandbox];
  return query.includes('FROM Sandbox') ? { totalSize: 1, done: true, records } : undefined;
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-org` });
const write = process.stdout.write.bind(process.stdout);
const flags = ['--target-org', username, '--no-prompt', '--async', '--definition-file', 'sandbox.json'];
const tries = [[false, []], [true, []], [false, ['--no-auto-activate']], [true, ['--no-auto-activate']]];
for (const [autoActivate, more] of tries) {
  writeFileSync('sandbox.json', JSON.stringify({ sandboxName: 'dev', description: 'after', autoActivate }));
  process.stdout.write = () => true;
  await cli.runCommand('org:refresh:sandbox', [...flags, ...more]);
  process.stdout.write = write;
  const { AutoActivate, Description } = sent;
  console.log(`${['the file', ...more].join(' and ')}, ${autoActivate}: ${AutoActivate}, ${Description}`);
}
process.exitCode = 0;
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'the file, false: true, after
the file, true: true, after
the file and --no-auto-activate, false: false, after
the file and --no-auto-activate, true: false, after' ]
