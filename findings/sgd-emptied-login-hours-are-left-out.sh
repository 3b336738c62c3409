#!/usr/bin/env bash
# sfdx-git-delta 6.31.0
# A profile's login hours are lifted by an empty `loginHours` element; to leave the element out changes nothing in the
# org (Metadata API Developer Guide, Profile). The delta plugin takes the empty element for none: a profile with that
# change alone is in no package.xml, and where something else changed too, the profile that it generates has no
# `loginHours`. Nothing warns, and the org keeps the hours.
# Seen: changed hours list the profile and are in its file; emptied hours list nothing; with a permission added, the file
# has the permission alone.
# Fails when the empty element is deployed or a warning is given. Run by hand, outside CI; it needs git and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error sfdx-git-delta@6.31.0 node@24.21.0 >/dev/null
cat >delta.mjs <<'J'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import delta from './node_modules/sfdx-git-delta/lib/main.js';

const hours = (end) =>
  `    <loginHours>\n        <mondayEnd>${end}</mondayEnd>\n        <mondayStart>480</mondayStart>\n    </loginHours>\n`;
const permission = (name) =>
  `    <userPermissions>\n        <enabled>true</enabled>\n        <name>${name}</name>\n    </userPermissions>\n`;
const changes = {
  Changed: hours(1080),
  Emptied: '    <loginHours/>\n',
  EmptiedAndMore: `    <loginHours/>\n${permission('RunReports')}`,
};
for (const [name, after] of Object.entries(changes)) {
  const org = `${process.cwd()}/${name}`;
  const file = `force-app/main/default/profiles/${name}.profile-meta.xml`;
  const git = (...words) =>
    execFileSync('git', ['-C', org, '-c', 'user.name=n', '-c', 'user.email=n@example.com', ...words]);
  mkdirSync(`${org}/force-app/main/default/profiles`, { recursive: true });
  git('init', '-q');
  writeFileSync(`${org}/sfdx-project.json`, '{"packageDirectories":[{"path":"force-app","default":true}]}');
  for (const text of [hours(1020), after]) {
    writeFileSync(
      `${org}/${file}`,
      '<?xml version="1.0" encoding="UTF-8"?>\n<Profile xmlns="http://soap.sforce.com/2006/04/metadata">\n' +
        `${text}${permission('ViewSetup')}</Profile>\n`,
    );
    git('add', '.');
    git('commit', '-qm', 'change');
  }
  mkdirSync(`${org}/out`);
  const { diffs, warnings } = await delta({
    from: 'HEAD~1', to: 'HEAD', repo: org, source: ['./'], output: `${org}/out`,
    ignore: '', ignoreDestructive: '', include: '', includeDestructive: '', generateDelta: true, apiVersion: 65,
  });
  const listed = [...diffs.package].map(([type, members]) => `${type} ${[...members]}`).join(', ') || 'nothing';
  const made = existsSync(`${org}/out/${file}`) ? readFileSync(`${org}/out/${file}`, 'utf8') : '';
  const inside = [...made.matchAll(/^ {4}<(\w+)/gm)].map(([, element]) => element).join(', ') || 'no file';
  console.log(`${name}: ${listed}; ${inside}; ${warnings.length} warnings`);
}
J
seen=$(node_modules/.bin/node delta.mjs)
printf '%s\n' "$seen"
[ "$seen" = "Changed: Profile Changed; loginHours; 0 warnings
Emptied: nothing; no file; 0 warnings
EmptiedAndMore: Profile EmptiedAndMore; userPermissions; 0 warnings" ]
