#!/usr/bin/env bash
# @salesforce/plugin-auth 6.0.0 (with @salesforce/core 9.4.0 and @salesforce/plugin-templates 57.4.8)
# The CLI has a setting for the host of logins, `org-instance-url`. A login by JWT or in the browser takes it in one
# place only: within a project that names no `sfdcLoginUrl`. The projects that the CLI generates name one, that of
# production, and it goes before the setting; outside of a project the setting is not looked at, not even from the
# environment (`SF_ORG_INSTANCE_URL`). A machine that is set up for a sandbox asks production for the login from both
# places.
# Seen: with a sandbox as the global setting the login goes to production outside of a project and in a generated one,
# and to the sandbox once `sfdcLoginUrl` is taken out of it.
# Fails when the setting counts in the first two. Run by hand, outside CI; it needs npm, and no server is asked.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-auth@6.0.0 @salesforce/core@9.4.0 @salesforce/plugin-templates@57.4.8
cat >run.mjs <<'JS'
import fs from 'node:fs';
import { Config as Cli } from '@oclif/core';
import { AuthInfo, Config } from '@salesforce/core';

let asked;
AuthInfo.create = async ({ oauth2Options }) => {
  asked = oauth2Options.loginUrl;
  throw new Error('no login here');
};
const home = process.cwd();
const plugin = (name) => Cli.load({ root: `${home}/node_modules/@salesforce/${name}` });
const auth = await plugin('plugin-auth');
const login = async (about) => {
  const flags = ['--username', 'sync@example.com', '--client-id', 'app', '--jwt-key-file', `${home}/key.pem`];
  await auth.runCommand('org:login:jwt', flags).catch(() => {});
  console.log(`${about}: ${asked}`);
};
fs.writeFileSync('key.pem', '');
const settings = await Config.create({ isGlobal: true });
settings.set('org-instance-url', 'https://acme--test.sandbox.my.salesforce.com');
await settings.write();
await login('outside of a project');
process.env.SF_ORG_INSTANCE_URL = 'https://acme--test.sandbox.my.salesforce.com';
await login('outside of a project, with the variable');
delete process.env.SF_ORG_INSTANCE_URL;
const log = console.log;
console.log = () => {};
await (await plugin('plugin-templates')).runCommand('template:generate:project', ['--name', 'crm', '--json']);
console.log = log;
process.chdir('crm');
await login('in a generated project');
const { sfdcLoginUrl, ...project } = JSON.parse(fs.readFileSync('sfdx-project.json', 'utf8'));
process.chdir('..');
fs.cpSync('crm', 'other', { recursive: true });
process.chdir('other');
fs.writeFileSync('sfdx-project.json', JSON.stringify(project));
await login(`without ${sfdcLoginUrl} in it`);
process.exit(0);
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'outside of a project: https://login.salesforce.com
outside of a project, with the variable: https://login.salesforce.com
in a generated project: https://login.salesforce.com/
without https://login.salesforce.com in it: https://acme--test.sandbox.my.salesforce.com/' ]
