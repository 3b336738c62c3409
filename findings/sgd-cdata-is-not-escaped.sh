#!/usr/bin/env bash
# sfdx-git-delta 6.31.0
# With `--generate-delta` the plugin cuts a changed profile down to what has to be deployed, and writes it anew. A text
# in a CDATA section comes out as its bare content: the section is gone, and `&` and `<` in it are not escaped. What was
# a valid profile is no XML then, and the deployment fails for a line that the change did not touch; a deployment of the
# whole project sends the file as it is. The plugin reports nothing. An escaped text stays escaped.
# Seen: after a change of the login hours `<![CDATA[Sales & Service]]>` in the description is `Sales & Service`, which
# an XML parser refuses; `Sales &amp; Service` stays as it is.
# Fails when both profiles are XML. Run by hand, outside CI; it needs git, npm and Python.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" sfdx-git-delta@6.31.0
cat >delta.mjs <<'J'
import { execFileSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import delta from './node_modules/sfdx-git-delta/lib/main.js';

const org = `${process.cwd()}/org`;
const git = (...words) =>
  execFileSync('git', ['-C', org, '-c', 'user.name=n', '-c', 'user.email=n@example.com', ...words]);
const descriptions = { Section: '<![CDATA[Sales & Service]]>', Escaped: 'Sales &amp; Service' };
mkdirSync(`${org}/force-app/main/default/profiles`, { recursive: true });
mkdirSync('delta');
writeFileSync(
  `${org}/sfdx-project.json`,
  '{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"65.0"}',
);
git('init', '-q');
for (const end of [1020, 1080]) {
  for (const [name, description] of Object.entries(descriptions)) {
    writeFileSync(
      `${org}/force-app/main/default/profiles/${name}.profile-meta.xml`,
      '<?xml version="1.0" encoding="UTF-8"?>\n<Profile xmlns="http://soap.sforce.com/2006/04/metadata">\n' +
        `    <custom>true</custom>\n    <description>${description}</description>\n` +
        `    <loginHours>\n        <mondayEnd>${end}</mondayEnd>\n        <mondayStart>480</mondayStart>\n` +
        '    </loginHours>\n</Profile>\n',
    );
  }
  git('add', '.');
  git('commit', '-qm', `until ${end}`);
}
process.chdir(org);
const { warnings } = await delta({
  from: 'HEAD^', to: 'HEAD', repo: org, output: '../delta', generateDelta: true, source: ['force-app'],
});
console.log(`${warnings.length} warnings`);
J
cat >judge.py <<'P'
import pathlib
import xml.etree.ElementTree as ElementTree

for folder in ('org', 'delta'):
    for name in ('Section', 'Escaped'):
        file = pathlib.Path(folder, f'force-app/main/default/profiles/{name}.profile-meta.xml')
        text = file.read_text()
        try:
            ElementTree.fromstring(text.encode())
            judged = 'XML'
        except ElementTree.ParseError:
            judged = 'no XML'
        print(f'{folder}, {name}: {text.split("description>")[1].removesuffix("</")}, {judged}')
P
seen=$(HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node delta.mjs && python3 judge.py)
printf '%s\n' "$seen"
[ "$seen" = '0 warnings
org, Section: <![CDATA[Sales & Service]]>, XML
org, Escaped: Sales &amp; Service, XML
delta, Section: Sales & Service, no XML
delta, Escaped: Sales &amp; Service, XML' ]
