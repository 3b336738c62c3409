#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A project may get a second .forceignore, in a package directory or below it. Of several .gitignore files the rules of
# all hold. Here one file holds, the first one upward from the path that the command was given. A second file in
# `force-app` takes the project's own rules out of force for `--source-dir force-app`, the usual path, and nothing warns:
# a profile that was hidden is deployed. With a second file further down, a command for the whole project hides what a
# command for the folder or the file deploys. A project without such a file takes one from a folder above the project.
# Seen: the project's rule hides Admin for four paths; with a file in `force-app` for `.` alone, and with a file in
# `profiles` for `.` and `force-app`; a file above the project hides it, too; no warning.
# Fails when the rules of both hold. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const { Lifecycle } = require('@salesforce/core');
const { ComponentSet } = require('@salesforce/source-deploy-retrieve');
const { ns } = require('./convert.js');

const profiles = 'force-app/main/default/profiles';
let warnings = 0;
process.on('warning', () => (warnings += 1));
Lifecycle.getInstance().onWarning(async () => (warnings += 1));
const attempt = (name, ignored, paths) => {
  const root = path.join(fs.mkdtempSync(path.join(process.cwd(), 'above-')), 'crm');
  const files = { 'sfdx-project.json': '{"packageDirectories":[{"path":"force-app","default":true}]}' };
  for (const profile of ['Admin', 'Sales']) files[`${profiles}/${profile}.profile-meta.xml`] = `<Profile ${ns}/>`;
  for (const [file, text] of Object.entries({ ...files, ...ignored })) {
    fs.mkdirSync(path.dirname(path.join(root, file)), { recursive: true });
    fs.writeFileSync(path.join(root, file), text);
  }
  const found = paths.map((given) => {
    const components = ComponentSet.fromSource(path.join(root, given)).getSourceComponents().toArray();
    return `${path.basename(given)}: ${components.map(({ fullName }) => fullName).join(' and ') || 'nothing'}`;
  });
  console.log(`${name}; ${found.join(', ')}`);
};
const rule = '**/Admin.profile-meta.xml\n';
const [whole, folder] = ['.', 'force-app'];
const one = `${profiles}/Admin.profile-meta.xml`;
attempt('in the project', { '.forceignore': rule }, [whole, folder, profiles, one]);
attempt('and in force-app', { '.forceignore': rule, 'force-app/.forceignore': '**/*.json\n' }, [whole, folder, profiles, one]);
attempt('and in profiles', { '.forceignore': rule, [`${profiles}/.forceignore`]: '**/*.json\n' }, [whole, folder, profiles, one]);
attempt('above the project', { '../.forceignore': rule }, [whole, folder]);
console.log(`${warnings} warnings`);
JS
seen=$(HOME=$work SF_DISABLE_LOG_FILE=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'in the project; .: Sales, force-app: Sales, profiles: Sales, Admin.profile-meta.xml: nothing
and in force-app; .: Sales, force-app: Admin and Sales, profiles: Admin and Sales, Admin.profile-meta.xml: Admin
and in profiles; .: Sales, force-app: Sales, profiles: Admin and Sales, Admin.profile-meta.xml: Admin
above the project; .: Sales, force-app: Sales
0 warnings' ]
