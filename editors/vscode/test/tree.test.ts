import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import * as path from 'node:path';
import { test } from 'node:test';

import { duration, nodes } from '../src/tree.ts';

test('durations are in words', () => {
  const words = [15, 60, 90, 120, 0, null, undefined].map(duration);
  assert.deepEqual(words, ['15 min', '1 h', '1 h 30 min', '2 h', '0 min', 'unknown', 'unknown']);
});

test('each profile and app is an entry that leads to what decides', () => {
  const json = JSON.stringify({
    version: 1,
    org: { minutes: 120, path: 'a/Security.settings-meta.xml', line: 81 },
    profiles: [
      { profile: 'Sales', effectiveMinutes: 15, shortestMinutes: 15, decidedBy: { level: 'profile', path: 'a/S.xml', line: 7 } },
      { profile: 'Admin', effectiveMinutes: null, shortestMinutes: null, decidedBy: null },
      { profile: 'Desk', effectiveMinutes: 120, shortestMinutes: 30, decidedBy: { level: 'org', path: null, line: null } },
    ],
    apps: [
      { app: 'ERP', kind: 'ConnectedApp', integration: true, reason: 'it has no Web scope', accessTokenMinutes: 15, renewal: 'refresh-token' },
      { app: 'Stock', kind: 'ConnectedApp', integration: true, accessTokenMinutes: 30, usersDoubt: 'its profile Depot is not in the project' },
      { app: 'Portal', kind: 'ConnectedApp', integration: false, sessionMinutes: null, renewal: null },
    ],
  });
  const [org, profiles, apps] = nodes(json);
  assert.deepEqual([org?.label, org?.description, org?.place], ['Org default', '2 h', { path: 'a/Security.settings-meta.xml', line: 81 }]);
  const entries = (node = profiles) => node?.children.map((it) => [it.label, it.description, it.place?.line]);
  assert.deepEqual(entries(), [
    ['Sales', '15 min, decided by profile', 7],
    ['Admin', 'unknown', undefined],
    ['Desk', '2 h, decided by org', undefined],
  ]);
  assert.equal(profiles?.children[2]?.tooltip, 'through an app as little as 30 min');
  assert.deepEqual(entries(apps), [
    ['ERP', '15 min, refresh-token', undefined],
    ['Stock', 'at most 30 min', undefined],
    ['Portal', 'unknown', undefined],
  ]);
  assert.match(String(apps?.children[0]?.tooltip), /an integration: it has no Web scope/);
});

test('an empty project has entries without children', () => {
  assert.deepEqual(nodes('{"version": 1}').map((it) => it.description), ['0', '0']);
});

// The program of this checkout, where somebody names it.
const program = process.env['SESSIONLINT_PROGRAM'];
test('the program writes what the tree reads', { skip: program === undefined && 'SESSIONLINT_PROGRAM is not set' }, () => {
  const project = path.resolve('../../sample-projects/leaky-org');
  const json = execFileSync(String(program), ['sessions', '--format', 'json', project], { encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] });
  const [org, profiles, apps] = nodes(json);
  assert.notEqual(org?.description, 'unknown');
  assert.ok((profiles?.children.length ?? 0) > 5 && (apps?.children.length ?? 0) > 10);
  assert.ok(profiles?.children.every((it) => it.label !== '' && !it.description.startsWith('unknown')));
  for (const { place } of profiles?.children ?? []) {
    assert.ok(place === undefined || fs.existsSync(path.join(project, place.path)), place?.path);
  }
});
