#!/usr/bin/env bash
# @salesforce/plugin-data 5.1.19 (with @salesforce/core 9.4.0)
# `sf data update record` and `sf data create record` take the values of fields as one text with spaces between them.
# An apostrophe in a value stays, as in `LastName=O'Hara`, as long as it is the only one. Two of them are taken for
# quotes: both vanish, and all that is between them is one value, with the names of the fields in it. The org is asked
# to write that, and does: `Successfully updated record`. Where a pipeline puts values of a list into the command,
# most records are right, and one has the next field in its name. Quotes around each value help (`LastName="O'Hara"`).
# Seen: `LastName=O'Hara FirstName=Ann` sends two fields; `LastName=O'Hara FirstName=D'Arcy` sends LastName alone, as
# `OHara FirstName=DArcy`, with status 0; with quotes both names are as they were given.
# Fails when the second update sends two fields, or is refused. Run by hand, outside CI; it needs npm, and the server
# is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-data@5.1.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const org = new Org({
  answer: ({ method, url }, body) => {
    if (url === '/services/data') return [{ version: '66.0' }];
    if (method !== 'PATCH') return undefined;
    console.log(`  ${body}`);
    return { id: '003000000000001AAA', success: true, errors: [] };
  },
});
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-data` });
for (const values of [
  "LastName=O'Hara FirstName=Ann",
  "LastName=O'Hara FirstName=D'Arcy",
  `LastName="O'Hara" FirstName="D'Arcy"`,
]) {
  console.log(values);
  const record = ['--sobject', 'Contact', '--record-id', '003000000000001AAA', '--values', values];
  await cli.runCommand('data:update:record', ['--target-org', 'sync@example.com', ...record]);
}
console.log(`status ${process.exitCode ?? 0}`);
process.exit(process.exitCode);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
done='Successfully updated record: 003000000000001AAA.'
[ "$seen" = "LastName=O'Hara FirstName=Ann
  {\"LastName\":\"O'Hara\",\"FirstName\":\"Ann\"}
$done
LastName=O'Hara FirstName=D'Arcy
  {\"LastName\":\"OHara FirstName=DArcy\"}
$done
LastName=\"O'Hara\" FirstName=\"D'Arcy\"
  {\"LastName\":\"O'Hara\",\"FirstName\":\"D'Arcy\"}
$done
status 0" ]
