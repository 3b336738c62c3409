#!/usr/bin/env bash
# sfdx-git-delta 6.31.0 with @salesforce/source-deploy-retrieve 13.7.0
# The delta plugin has a registry of its own. A change to a type that Salesforce's registry knows and this one does not
# gives no line in package.xml and no warning, so a delta deployment leaves it in the org as it was. Among these types
# are the security settings of external client apps, pinned certificates and mobile security policies.
# Seen: of five changed components only the profile's session setting is listed.
# Fails when another one is listed or a warning is given. Run by hand, outside CI; it needs git and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error sfdx-git-delta@6.31.0 @salesforce/source-deploy-retrieve@13.7.0 node@24.21.0 >/dev/null
cat >delta.mjs <<'J'
import { mkdirSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import sdr from '@salesforce/source-deploy-retrieve';
import delta from './node_modules/sfdx-git-delta/lib/main.js';

const git = (...words) =>
  execFileSync('git', ['-C', 'org', '-c', 'user.name=n', '-c', 'user.email=n@example.com', ...words]);
const names = ['ProfileSessionSetting', 'ExtlClntAppOauthSecuritySettings', 'MobSecurityCertPinConfig',
  'MobileSecurityPolicy', 'MobileSecurityAssignment'];
const registry = new sdr.RegistryAccess();
function write(label) {
  for (const name of names) {
    const type = registry.getTypeByName(name);
    const folder = `org/force-app/main/default/${type.directoryName}`;
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}/One.${type.suffix}-meta.xml`,
      `<${name} xmlns="http://soap.sforce.com/2006/04/metadata"><label>${label}</label></${name}>\n`);
  }
}
mkdirSync('org');
git('init', '-q');
writeFileSync('org/sfdx-project.json', '{"packageDirectories":[{"path":"force-app","default":true}]}');
for (const label of ['old', 'new']) {
  write(label);
  git('add', '.');
  git('commit', '-qm', label);
}
const { diffs, warnings } = await delta({
  from: 'HEAD~1', to: 'HEAD', repo: `${process.cwd()}/org`, source: ['./'], output: `${process.cwd()}/out`,
  ignore: '', ignoreDestructive: '', include: '', includeDestructive: '', generateDelta: false, apiVersion: 65,
});
for (const [type, members] of diffs.package) console.log(type, [...members].join(' '));
console.log(names.length, 'changed,', warnings.length, 'warnings');
J
mkdir out
seen=$(node_modules/.bin/node delta.mjs)
printf '%s\n' "$seen"
[ "$seen" = $'ProfileSessionSetting One\n5 changed, 0 warnings' ]
