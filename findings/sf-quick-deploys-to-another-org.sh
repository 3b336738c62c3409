#!/usr/bin/env bash
# @salesforce/plugin-deploy-retrieve 4.2.18 (with @salesforce/core 9.4.0)
# `sf project deploy quick --use-most-recent --target-org staging` deploys the last validation on this machine, in the
# org for which it was validated. The named org is not looked at: after a validation for production, the command for
# staging deploys to production, and the deploy URL that it prints leads to staging, where there is no such job. An
# example in the command's help has both flags. The last validation need not be one: a deployment that was started later
# takes its place. The help of `project deploy report` says that the org of the cached job counts; this one's does not.
# Seen: validated for staging and then for production, the command for staging deploys production's job in production
# and prints a URL of staging; after a later deployment to staging, the command for production sends that job to staging.
# Fails when the named org counts. Run by hand, outside CI; it needs npm, and both servers are local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-deploy-retrieve@4.2.18 @salesforce/core@9.4.0
mkdir -p crm/force-app/main/default/settings
cat >crm/sfdx-project.json <<'J'
{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"66.0"}
J
cat >crm/force-app/main/default/settings/Security.settings-meta.xml <<'X'
<SecuritySettings xmlns="http://soap.sforce.com/2006/04/metadata">
    <sessionSettings><sessionTimeout>TwoHours</sessionTimeout></sessionSettings>
</SecuritySettings>
X
cat >cli.mjs <<'JS'
import { Config } from '@oclif/core';

const [command, ...flags] = process.argv.slice(2);
const root = `${process.cwd()}/node_modules/@salesforce/plugin-deploy-retrieve`;
process.chdir('crm');
const cli = await Config.load({ root });
await cli.runCommand(`project:deploy:${command}`, flags);
JS
cat >run.mjs <<'JS'
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const orgs = {};
let asked = [];
let jobs = 0;
for (const name of ['staging', 'production']) {
  const answer = ({ url }, body) => {
    if (url === '/services/data') return [{ version: '66.0' }];
    const [call] = body.match(/deployRecentValidation|deploy/) ?? [];
    if (!call) return { totalSize: 1, done: true, records: [{ Name: name, IsSandbox: false }] };
    jobs += 1;
    const id = `0Af00000000000${jobs}AAA`;
    const of = body.match(/0Af0+(\d)AAA/)?.[1];
    asked.push(of ? `job ${of} deployed in ${name}` : `job ${jobs} in ${name}`);
    const result = call === 'deploy' ? `<id>${id}</id><done>false</done>` : id;
    const open = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';
    return `${open}<${call}Response><result>${result}</result></${call}Response></soapenv:Body></soapenv:Envelope>`;
  };
  const org = (orgs[name] = new Org({ answer }));
  await org.open();
  const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
  const login = await AuthInfo.create({ username: `release@${name}.example.com`, oauth2Options });
  await login.save();
}
const run = async (command, name, ...flags) => {
  asked = [];
  const words = [command, '--async', '--target-org', `release@${name}.example.com`, ...flags];
  const { stdout } = await promisify(execFile)(process.execPath, ['cli.mjs', ...words]);
  const where = Object.keys(orgs).find((org) => stdout.includes(`Deploy URL: ${orgs[org].url}`));
  console.log(`${command} for ${name}: ${asked.join()}${where ? `, URL of ${where}` : ''}`);
};
const source = ['--source-dir', 'force-app'];
await run('validate', 'staging', ...source);
await run('validate', 'production', ...source);
await run('quick', 'staging', '--use-most-recent');
await run('validate', 'production', ...source);
await run('start', 'staging', ...source);
await run('quick', 'production', '--use-most-recent');
for (const org of Object.values(orgs)) org.close();
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'validate for staging: job 1 in staging, URL of staging
validate for production: job 2 in production, URL of production
quick for staging: job 2 deployed in production, URL of staging
validate for production: job 4 in production, URL of production
start for staging: job 5 in staging
quick for production: job 5 deployed in staging, URL of production' ]
