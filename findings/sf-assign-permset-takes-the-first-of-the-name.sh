#!/usr/bin/env bash
# @salesforce/plugin-user 6.0.3 (with @salesforce/core 9.4.0)
# `sf org assign permset` looks for a permission set by its name, and tells that of an installed package apart where the
# name has the package's namespace, as in `acme__Support`. For `Support` it asks for the name alone, in no order, and
# assigns the first set in the org's answer. Where the org has a set of its own and one of a package by this name, that
# may be the package's: the user gets other grants than were meant, and the command reports success with the name. The
# org's own set cannot be named in another way.
# Seen: the org's own set and that of a package are called `Support`. As the org lists them, `Support` assigns the one or
# the other, with status 0 and the same output; `acme__Support` assigns the package's.
# Fails when `Support` assigns the same set in both cases. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-user@6.0.3 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'ann@example.com';
const sets = [
  { Id: '0PS000000000001AAA', of: "the org's own" },
  { Id: '0PS000000000002AAA', of: "the package's", NamespacePrefix: 'acme' },
];
let assigned;
const answer = ({ url, method }, body) => {
  if (method === 'POST' && url.includes('/sobjects/PermissionSetAssignment')) {
    assigned = sets.find(({ Id }) => Id === JSON.parse(body).PermissionSetId).of;
    return { id: '0Pa000000000001AAA', success: true, errors: [] };
  }
  const query = decodeURIComponent(url).replaceAll('+', ' ');
  if (!query.includes('FROM PermissionSet ')) return { totalSize: 1, done: true, records: [{ Id: '005000000000001AAA' }] };
  const [, prefix] = query.match(/NamespacePrefix='(\w+)'/) ?? [];
  const records = sets.filter((set) => !prefix || set.NamespacePrefix === prefix).map(({ Id }) => ({ Id }));
  return { totalSize: records.length, done: true, records };
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-user` });
const write = process.stdout.write.bind(process.stdout);
for (const first of sets) {
  sets.sort((set) => (set === first ? -1 : 1));
  for (const name of ['Support', 'acme__Support']) {
    let said = '';
    process.stdout.write = (text) => (said += text);
    await cli.runCommand('org:assign:permset', ['--target-org', username, '--name', name]);
    process.stdout.write = write;
    const row = said.match(/ann@example.com\W+(\w+)/)[1];
    console.log(`${first.of} first: ${name} assigns ${assigned}, status ${process.exitCode}, output ${row}`);
  }
}
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = "the org's own first: Support assigns the org's own, status 0, output Support
the org's own first: acme__Support assigns the package's, status 0, output acme__Support
the package's first: Support assigns the package's, status 0, output Support
the package's first: acme__Support assigns the package's, status 0, output acme__Support" ]
