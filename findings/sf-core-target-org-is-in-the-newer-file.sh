#!/usr/bin/env bash
# @salesforce/core 9.4.0
# The default org of a project is in `.sf/config.json` (`target-org`). The Salesforce CLI also reads the file of the
# CLI before it, `.sfdx/sfdx-config.json` (`defaultusername`), and both are one setting for it. Where they disagree,
# the file counts that was changed last, by its time of change: not the newer format, and nothing warns or says which
# file it was. `sf config set` writes both. A pipeline or an image that brings a `.sf/config.json` of its own, and an
# old `.sfdx` folder from a cache, a backup or a copy made after it, works on the org of the old file. An old file
# whose setting the new one lacks counts always.
# Seen: with `.sf` naming the sandbox and `.sfdx` production the target is production, and with the times exchanged
# the sandbox; the same two files otherwise. Without a setting in `.sf` it is production.
# Fails when the times do not matter. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { ConfigAggregator } from '@salesforce/core';

const project = { packageDirectories: [{ path: 'force-app', default: true }], sourceApiVersion: '66.0' };
const [older, newer] = [new Date('2026-03-11T08:00:00Z'), new Date('2026-03-12T08:00:00Z')];
let number = 0;
process.on('warning', ({ message }) => console.log(message));
const target = async (settings, times) => {
  const root = `${process.cwd()}/project${(number += 1)}`;
  const files = { '.sf/config.json': settings, '.sfdx/sfdx-config.json': { defaultusername: 'production' } };
  for (const folder of ['force-app', '.sf', '.sfdx']) mkdirSync(`${root}/${folder}`, { recursive: true });
  writeFileSync(`${root}/sfdx-project.json`, JSON.stringify(project));
  Object.entries(files).forEach(([name, content], index) => {
    writeFileSync(`${root}/${name}`, JSON.stringify(content));
    utimesSync(`${root}/${name}`, times[index], times[index]);
  });
  const here = process.cwd();
  process.chdir(root);
  await ConfigAggregator.clearInstance();
  const aggregator = await ConfigAggregator.create();
  const { value, location } = aggregator.getInfo('target-org');
  process.chdir(here);
  return `${value} (${location})`;
};
console.log(`.sfdx is newer: ${await target({ 'target-org': 'sandbox' }, [older, newer])}`);
console.log(`.sf is newer: ${await target({ 'target-org': 'sandbox' }, [newer, older])}`);
console.log(`.sf is newer, and names no org: ${await target({}, [newer, older])}`);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = '.sfdx is newer: production (Local)
.sf is newer: sandbox (Local)
.sf is newer, and names no org: production (Local)' ]
