#!/usr/bin/env bash
# @salesforce/plugin-deploy-retrieve 4.2.18 (with @salesforce/core 9.4.0)
# `sf project retrieve start` ends with status 1 when the org has taken the request and the retrieve then fails. The same
# command with `--json` ends with status 0, and `status` in its JSON, where the CLI's commands have their exit code, is 0,
# too. That it failed is in `result.success` alone, beside the org's error. A job that keeps a copy of the org's profiles
# and settings, or looks for changes of them, goes by the exit code, finds no difference and reports that nothing changed.
# Seen: of a retrieve that fails with INSUFFICIENT_ACCESS the command says `Status: Failed` and exits with 1, and with
# `--json` it exits with 0; both leave no file.
# Fails when both end alike. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-deploy-retrieve@4.2.18 @salesforce/core@9.4.0
mkdir -p crm/force-app
echo '{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"66.0"}' >crm/sfdx-project.json
cat >cli.mjs <<'JS'
import { Config } from '@oclif/core';

const root = `${process.cwd()}/node_modules/@salesforce/plugin-deploy-retrieve`;
process.chdir('crm');
const cli = await Config.load({ root });
await cli.runCommand('project:retrieve:start', process.argv.slice(2));
JS
cat >run.mjs <<'JS'
import { execFile } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'backup@example.com';
const answer = ({ url }, body) => {
  if (url === '/services/data') return [{ version: '66.0' }];
  const [, call] = body.match(/<(checkRetrieveStatus|retrieve)\b/) ?? [];
  if (!call) return { totalSize: 1, done: true, records: [{ Name: 'crm', IsSandbox: false }] };
  const refused =
    '<done>true</done><errorMessage>insufficient access rights</errorMessage>' +
    '<errorStatusCode>INSUFFICIENT_ACCESS</errorStatusCode><status>Failed</status><success>false</success>';
  const result = `<id>09S000000000001AAA</id>${call === 'retrieve' ? '<done>false</done>' : refused}`;
  const open = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';
  return `${open}<${call}Response><result>${result}</result></${call}Response></soapenv:Body></soapenv:Envelope>`;
};
const org = new Org({ answer });
await org.open();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username, oauth2Options });
await login.save();
for (const json of [[], ['--json']]) {
  const words = ['cli.mjs', '--metadata', 'Profile', '--target-org', username, ...json];
  const [error, out] = await new Promise((end) => execFile(process.execPath, words, (...results) => end(results)));
  const { status, result } = json.length ? JSON.parse(out) : { result: { status: out.match(/Status: (\w+)/)[1] } };
  const said = [status ?? 'no JSON', result.status, result.errorStatusCode].filter((word) => word !== undefined);
  const files = readdirSync('crm/force-app').length;
  console.log(`${json.join() || 'without'}: exit ${error?.code ?? 0}; ${said.join(', ')}; ${files} files`);
}
org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'without: exit 1; no JSON, Failed; 0 files
--json: exit 0; 0, Failed, INSUFFICIENT_ACCESS; 0 files' ]
