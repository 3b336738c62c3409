#!/usr/bin/env bash
# @jayree/sfdx-plugin-manifest 3.7.5
# `sf jayree manifest cleanup` takes components out of a manifest by a second file. Its template says how to remove all of
# a type but a few: a member `*` and those to keep. Where none of the kept ones is in the manifest, as after a profile was
# renamed or for an org that does not have it, nothing is removed: each profile of the org stays in the manifest, and is
# retrieved or deployed with it. A kept pattern that fits none removes all of them. The command says which members it
# keeps, and here nothing.
# Seen: of three profiles `*` and `Sales` leave Sales, `*` and `Sales*` leave Sales, `*` and `Service*` leave none, and
# `*` and `Service` leave all three, with status 0.
# Fails when the last one leaves none or fails. Run by hand, outside CI; it needs npm, and no org is asked.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @jayree/sfdx-plugin-manifest@3.7.5
cat >run.mjs <<'JS'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';

const root = `${process.cwd()}/node_modules/@jayree/sfdx-plugin-manifest`;
mkdirSync('crm/force-app', { recursive: true });
process.chdir('crm');
writeFileSync('sfdx-project.json', '{"packageDirectories":[{"path":"force-app","default":true}]}');
const write = (file, members) => {
  const list = members.map((name) => `<members>${name}</members>`).join('');
  const types = `<types>${list}<name>Profile</name></types><version>66.0</version>`;
  const open = '<?xml version="1.0" encoding="UTF-8"?>\n<Package xmlns="http://soap.sforce.com/2006/04/metadata">';
  writeFileSync(file, `${open}${types}</Package>\n`);
};
const cli = await Config.load({ root });
const print = process.stdout.write.bind(process.stdout);
for (const kept of ['Sales', 'Sales*', 'Service*', 'Service']) {
  let said = '';
  write('package.xml', ['Admin', 'Sales', 'Standard']);
  write('cleanup.xml', ['*', kept]);
  process.stdout.write = (text) => (said += text);
  await cli.runCommand('jayree:manifest:cleanup', ['--manifest', 'package.xml', '--file', 'cleanup.xml']);
  process.stdout.write = print;
  const left = [...readFileSync('package.xml', 'utf8').matchAll(/<members>(.*?)</g)].map(([, name]) => name);
  const [, ...lines] = said.trim().split('\n');
  console.log(`* and ${kept}: ${left.join(', ') || 'none'}; ${lines.join('; ') || 'nothing said'}`);
}
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = '* and Sales: Sales; include only members Sales for type Profile
* and Sales*: Sales; include only members Sales for type Profile
* and Service*: none; exclude all members for type Profile
* and Service: Admin, Sales, Standard; nothing said' ]
