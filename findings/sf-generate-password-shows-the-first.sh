#!/usr/bin/env bash
# @salesforce/plugin-user 6.0.3 (with @salesforce/core 9.4.0)
# `sf org generate password` takes several users (`--on-behalf-of`) and sets a new password for each. Its output has the
# first user and password alone, as if no other had been changed. When the org refuses one of them, the command fails
# and shows none, also with `--json`, though the users before have new passwords: the old ones no longer work, and the
# error does not say for whom it stopped. The passwords are in the logins on this machine, where one that knows of them
# finds them (`sf org auth show-user-password`).
# Seen: of two changed passwords the output has the first, with `--json` both; when the second user is refused, the
# first one's password is changed, and neither output has a password or a user.
# Fails when all changed passwords are shown. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-user@6.0.3 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo, User } from '@salesforce/core';
import Org from './org.js';

const users = ['ann@example.com', 'bob@example.com'];
const org = new Org({ answer: () => ({ totalSize: 1, done: true, records: [{ Id: '005000000000001AAA' }] }) });
await org.open();
for (const username of users) {
  const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
  const login = await AuthInfo.create({ username, oauth2Options });
  await login.save();
}
let refused;
const changed = new Map();
User.prototype.assignPassword = async (login, password) => {
  const { username } = login.getFields();
  if (username === refused) throw new Error('INSUFFICIENT_ACCESS: insufficient access rights');
  password.value((text) => changed.set(username, text.toString()));
};
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-user` });
const flags = ['--target-org', users[0], ...users.flatMap((name) => ['--on-behalf-of', name])];
const { stdout, stderr } = process;
const [out, err] = [stdout.write.bind(stdout), stderr.write.bind(stderr)];
for (refused of [undefined, users[1]]) {
  for (const json of [[], ['--json']]) {
    changed.clear();
    let said = '';
    stdout.write = stderr.write = (text) => (said += text);
    const error = await cli.runCommand('org:generate:password', [...flags, ...json]).catch((raised) => raised);
    [stdout.write, stderr.write] = [out, err];
    said += error.message ?? '';
    const shown = [...changed].filter(([, password]) => said.includes(JSON.stringify(password).slice(1, -1)));
    const named = users.filter((name) => said.includes(name));
    const list = (names) => names.join(' and ') || 'none';
    console.log(`${json.join() || 'without'}, refused: ${refused ?? 'none'}; changed: ${list([...changed.keys()])};`);
    console.log(`  shown: ${list(shown.map(([name]) => name))}; named: ${list(named)}`);
  }
}
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs || true)
printf '%s\n' "$seen"
[ "$seen" = 'without, refused: none; changed: ann@example.com and bob@example.com;
  shown: ann@example.com; named: ann@example.com
--json, refused: none; changed: ann@example.com and bob@example.com;
  shown: ann@example.com and bob@example.com; named: ann@example.com and bob@example.com
without, refused: bob@example.com; changed: ann@example.com;
  shown: none; named: none
--json, refused: bob@example.com; changed: ann@example.com;
  shown: none; named: none' ]
