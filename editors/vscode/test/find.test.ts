import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import * as os from 'node:os';
import * as path from 'node:path';
import { afterEach, beforeEach, test } from 'node:test';

import { find } from '../src/find.ts';

let base: string;

beforeEach(() => {
  base = fs.realpathSync(fs.mkdtempSync(path.join(os.tmpdir(), 'find-')));
});
afterEach(() => fs.rmSync(base, { recursive: true }));

function put(file: string, text = '', mode = 0o755): string {
  const at = path.join(base, file);
  fs.mkdirSync(path.dirname(at), { recursive: true });
  fs.writeFileSync(at, text, { mode });
  return at;
}

function found(more: Partial<Parameters<typeof find>[0]> = {}) {
  const around = { set: '', folders: [path.join(base, 'w')], isTrusted: true, environment: {}, platform: 'linux' as const, arch: 'x64' };
  return find({ ...around, ...more });
}

function npm(): string {
  put('w/node_modules/sessionlint/package.json', '{"name": "sessionlint"}');
  put('w/node_modules/@sessionlint/linux-x64/package.json', '{}');
  return put('w/node_modules/@sessionlint/linux-x64/sessionlint');
}

test('the setting comes first, and nothing stands in for it', () => {
  const set = put('own/sessionlint');
  npm();
  assert.deepEqual(found({ set }), { file: set, source: 'sessionlint.path' });
  const relative = put('w/bin/sessionlint');
  assert.deepEqual(found({ set: 'bin/sessionlint' }), { file: relative, source: 'sessionlint.path' });
  assert.match(String(found({ set: path.join(base, 'none') })), /^sessionlint.path: there is no program/);
});

test("npm's comes before Python's, and that before PATH", () => {
  const environment = { PATH: path.join(base, 'bin') };
  assert.match(String(found({ environment })), /no program sessionlint/);
  const onPath = put('bin/sessionlint');
  assert.deepEqual(found({ environment }), { file: onPath, source: 'PATH' });
  const venv = put('w/.venv/bin/sessionlint');
  assert.deepEqual(found({ environment }), { file: venv, source: 'Python' });
  const file = npm();
  assert.deepEqual(found({ environment }), { file, source: 'npm' });
  assert.deepEqual(found({ environment, arch: 'arm64' }), { file: venv, source: 'Python' });
});

test('a package that a link leads to has its program beside it', { skip: process.platform === 'win32' }, () => {
  put('store/sessionlint/node_modules/sessionlint/package.json', '{"name": "sessionlint"}');
  const file = put('store/sessionlint/node_modules/@sessionlint/linux-x64/sessionlint');
  fs.mkdirSync(path.join(base, 'w/node_modules'), { recursive: true });
  fs.symlinkSync(path.join(base, 'store/sessionlint/node_modules/sessionlint'), path.join(base, 'w/node_modules/sessionlint'));
  assert.deepEqual(found(), { file, source: 'npm' });
});

test('nothing of a workspace that is not trusted is started', () => {
  npm();
  put('w/.venv/bin/sessionlint');
  put('w/bin/sessionlint');
  const environment = { PATH: [path.join(base, 'w/bin'), 'bin', path.join(base, 'bin')].join(path.delimiter) };
  assert.match(String(found({ environment, isTrusted: false })), /not trusted/);
  const file = put('bin/sessionlint');
  assert.deepEqual(found({ environment, isTrusted: false }), { file, source: 'PATH' });
});

test('what cannot be started is no program', { skip: process.platform === 'win32' || process.getuid?.() === 0 }, () => {
  put('bin/sessionlint', '', 0o644);
  assert.equal(typeof found({ environment: { PATH: path.join(base, 'bin') } }), 'string');
});
