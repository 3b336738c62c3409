#!/usr/bin/env bash
# shane-sfdx-plugins 4.43.0
# `sfdx shane:profile:convert` moves the grants of a profile into a permission set, which by its help may be there
# already: new ones are added to it. Where both have an entry for one object or field, the set's own stays as it is,
# and the profile's is dropped. With `--editprofile` it is taken out of the profile as well: users who could edit the
# accounts by their profile can only read them, as the set had it, and the command reports that the permissions were
# added. It also takes `ViewAllData` out of the profile, and does not put it into the set.
# Seen: a profile that may edit accounts and a field, and view all data, and a set that may read both: after the
# command neither has edit or `ViewAllData`, and the status is 0. With a set that has no entry for them, edit is in the
# set.
# Fails when edit is in the set. Run by hand, outside CI; it needs npm.
set -euo pipefail
export PUPPETEER_SKIP_DOWNLOAD=true
. "$(dirname "$0")/lib/node.sh" shane-sfdx-plugins@4.43.0
cat >run.js <<'JS'
const fs = require('node:fs');
const { Config } = require('@oclif/config');

const write = (type, name, content) => {
  const folder = `force-app/main/default/${type.toLowerCase()}s`;
  const root = `<${type} xmlns="http://soap.sforce.com/2006/04/metadata">${content}</${type}>`;
  fs.mkdirSync(folder, { recursive: true });
  const text = `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`;
  fs.writeFileSync(`${folder}/${name}.${type.toLowerCase()}-meta.xml`, text);
};
const grants = (edit) => `<fieldPermissions><editable>${edit}</editable><field>Account.Code__c</field>
<readable>true</readable></fieldPermissions>`;
const about = (edit) => `<objectPermissions><allowCreate>false</allowCreate><allowDelete>false</allowDelete>
<allowEdit>${edit}</allowEdit><allowRead>true</allowRead><modifyAllRecords>false</modifyAllRecords>
<object>Account</object><viewAllRecords>false</viewAllRecords></objectPermissions>`;
const has = (type, name) => {
  const text = fs.readFileSync(`force-app/main/default/${type}s/${name}.${type}-meta.xml`, 'utf8');
  const found = ['allowRead', 'allowEdit', 'editable'].filter((word) => text.includes(`<${word}>true</${word}>`));
  return [...found, ...(text.includes('ViewAllData') ? ['ViewAllData'] : [])].join(', ') || 'none';
};
(async () => {
  const project = { packageDirectories: [{ path: 'force-app', default: true }], sourceApiVersion: '66.0' };
  fs.writeFileSync('sfdx-project.json', JSON.stringify(project));
  const cli = new Config({ root: `${process.cwd()}/node_modules/shane-sfdx-plugins` });
  await cli.load();
  for (const [name, ...entries] of [['Empty', '', ''], ['Reader', grants(false), about(false)]]) {
    const users = ['ApiEnabled', 'ViewAllData'].map((right) => `<userPermissions><enabled>true</enabled>
<name>${right}</name></userPermissions>`);
    write('Profile', 'Sales', `${grants(true)}${about(true)}<userLicense>Salesforce</userLicense>${users.join('')}`);
    write('PermissionSet', name, entries.join(`<label>${name}</label>`));
    console.log(`${name}: the profile has ${has('profile', 'Sales')}; the set ${has('permissionset', name)}`);
    const log = process.stdout.write;
    process.stdout.write = () => true;
    await cli.runCommand('shane:profile:convert', ['--profile', 'Sales', '--name', name, '--editprofile']);
    process.stdout.write = log;
    const status = process.exitCode ?? 0;
    console.log(`  afterwards ${has('profile', 'Sales')}; ${has('permissionset', name)}; status ${status}`);
  }
  process.exit(0);
})();
JS
export HOME=$work
seen=$(node_modules/.bin/node --no-deprecation run.js)
printf '%s\n' "$seen"
[ "$seen" = 'Empty: the profile has allowRead, allowEdit, editable, ViewAllData; the set none
  afterwards none; allowRead, allowEdit, editable; status 0
Reader: the profile has allowRead, allowEdit, editable, ViewAllData; the set allowRead
  afterwards none; allowRead; status 0' ]
