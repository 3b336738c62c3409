#!/usr/bin/env bash
# @jongpie/sfdx-bummer-plugin 0.0.20
# `sfdx bummer:package:versions:retrieve` asks the Dev Hub for the versions of a project's packages and writes them
# into `packageAliases` of sfdx-project.json. It makes that list anew, of the packages that have an alias of their own
# and the versions that the Dev Hub has of them. The versions of other publishers, which the Dev Hub does not have, are
# left out: the dependency `Logger@4.7.0-1` names an alias that is gone, and its id is nowhere any more. The command
# reports what it adds and not what it removes, and ends as usual. It also writes `sfdcLoginUrl` into the file, the
# default host of logins.
# Seen: of a package in the Dev Hub the new version is added; a dependency without a package alias, and the version of
# a package that the Dev Hub does not have, are removed; `sfdcLoginUrl` is new.
# Fails when the dependency keeps its alias. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @jongpie/sfdx-bummer-plugin@0.0.20
cat >run.js <<'JS'
const { mkdirSync, readFileSync, writeFileSync } = require('node:fs');
const { Config } = require('@oclif/config');
const Org = require('./org.js');
const { AuthInfo } = require(require.resolve('@salesforce/core', { paths: [require.resolve('@salesforce/command')] }));

const username = 'hub@example.com';
const own = '0Ho000000000001AAA';
const ids = ['04t000000000001AAA', '04t000000000002AAA'];
const versions = ids.map((SubscriberPackageVersionId, minor) => ({
  Package2Id: own, SubscriberPackageVersionId, MajorVersion: 1, MinorVersion: minor, PatchVersion: 0, BuildNumber: 1,
}));
const answer = ({ url }) => {
  if (url === '/services/data') return [{ version: '66.0' }];
  const records = /FROM.Package2Version/.test(decodeURIComponent(url)) ? versions : [{ Id: own, Name: 'Access' }];
  return { totalSize: records.length, done: true, records };
};
const project = {
  packageDirectories: [{
    path: 'force-app', default: true, package: 'Access', versionNumber: '1.2.0.NEXT',
    dependencies: [{ package: 'Logger@4.7.0-1' }],
  }],
  packageAliases: {
    Access: own, 'Access@1.0.0-1': ids[0], 'Logger@4.7.0-1': '04t000000000008AAA',
    Partner: '0Ho000000000009AAA', 'Partner@2.1.0-3': '04t000000000009AAA',
  },
};
const say = (when) => {
  const { packageAliases, ...rest } = JSON.parse(readFileSync('sfdx-project.json', 'utf8'));
  console.log(`${when}: ${Object.keys(packageAliases).join(', ')}; ${Object.keys(rest).join(', ')}`);
};
(async () => {
  const org = new Org({ answer });
  await org.open();
  mkdirSync('force-app');
  writeFileSync('sfdx-project.json', JSON.stringify(project));
  const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
  const login = await AuthInfo.create({ username, oauth2Options });
  await login.save({ isDevHub: true });
  const cli = new Config({ root: `${process.cwd()}/node_modules/@jongpie/sfdx-bummer-plugin` });
  await cli.load();
  say('before');
  const write = process.stdout.write;
  process.stdout.write = () => true;
  await cli.runCommand('bummer:package:versions:retrieve', ['--targetdevhubusername', username]);
  process.stdout.write = write;
  say('afterwards');
  process.exit();
})();
JS
export HOME=$work SFDX_DISABLE_DNS_CHECK=true SFDX_USE_GENERIC_UNIX_KEYCHAIN=true SF_DISABLE_LOG_FILE=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'before: Access, Access@1.0.0-1, Logger@4.7.0-1, Partner, Partner@2.1.0-3; packageDirectories
afterwards: Access, Access@1.0.0-1, Access@1.1.0-1, Partner; packageDirectories, sfdcLoginUrl' ]
