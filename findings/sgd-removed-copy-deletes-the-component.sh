#!/usr/bin/env bash
# sfdx-git-delta 6.31.0
# Where a component has a file in two folders of a project and one of the two is removed, the delta plugin lists the
# component in destructiveChanges.xml, though its other file is still there: who tidies up a copy deletes the component
# from the org. A file that moves from one folder to the other is told apart and deletes nothing.
# Seen: the removed copy gives `ConnectedApp Sync` to be deleted and nothing to be deployed; the moved file gives the
# opposite.
# Fails when the removed copy is not listed. Run by hand, outside CI; it needs git and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error sfdx-git-delta@6.31.0 node@24.21.0 >/dev/null
cat >delta.mjs <<'J'
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { execFileSync } from 'node:child_process';
import delta from './node_modules/sfdx-git-delta/lib/main.js';

const changes = { removed: [['core', 'sales'], ['sales']], moved: [['core'], ['sales']] };
for (const [change, states] of Object.entries(changes)) {
  const org = `${process.cwd()}/${change}`;
  const git = (...words) =>
    execFileSync('git', ['-C', org, '-c', 'user.name=n', '-c', 'user.email=n@example.com', ...words]);
  mkdirSync(org);
  git('init', '-q');
  const packageDirectories = [{ path: 'core', default: true }, { path: 'sales' }];
  writeFileSync(`${org}/sfdx-project.json`, JSON.stringify({ packageDirectories }));
  for (const folders of states) {
    for (const folder of ['core', 'sales']) rmSync(`${org}/${folder}`, { recursive: true, force: true });
    for (const folder of folders) {
      mkdirSync(`${org}/${folder}/connectedApps`, { recursive: true });
      writeFileSync(
        `${org}/${folder}/connectedApps/Sync.connectedApp-meta.xml`,
        '<ConnectedApp xmlns="http://soap.sforce.com/2006/04/metadata">\n    <label>Sync</label>\n</ConnectedApp>\n',
      );
    }
    git('add', '--all');
    git('commit', '-qm', 'change');
  }
  mkdirSync(`${org}/out`);
  const { diffs, warnings } = await delta({
    from: 'HEAD~1', to: 'HEAD', repo: org, source: ['./'], output: `${org}/out`,
    ignore: '', ignoreDestructive: '', include: '', includeDestructive: '', generateDelta: false, apiVersion: 65,
  });
  const list = (types) => [...types].map(([type, names]) => `${type} ${[...names]}`).join(', ') || 'nothing';
  const { package: deployed, destructiveChanges: deleted } = diffs;
  console.log(`${change}: deploy ${list(deployed)}, delete ${list(deleted)}, ${warnings.length} warnings`);
}
J
seen=$(node_modules/.bin/node delta.mjs)
printf '%s\n' "$seen"
[ "$seen" = "removed: deploy nothing, delete ConnectedApp Sync, 0 warnings
moved: deploy ConnectedApp Sync, delete nothing, 0 warnings" ]
