// Finds the program: the one that is set, else npm's in the workspace, else that of a virtual environment of Python in it,
// else the one on PATH. Refuses to know the editor, so that it can be tested without one.

import * as fs from 'node:fs';
import { createRequire } from 'node:module';
import * as path from 'node:path';

export type Source = 'sessionlint.path' | 'npm' | 'Python' | 'PATH';

export interface Program {
  readonly file: string;
  readonly source: Source;
}

export interface Surroundings {
  /** The setting `sessionlint.path`. */
  readonly set: string;
  /** The folders of the workspace. */
  readonly folders: readonly string[];
  /** Whether programs of the workspace may be started. */
  readonly isTrusted: boolean;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly platform: NodeJS.Platform;
  readonly arch: string;
}

/** The program to start; a text for people where there is none. */
export function find(around: Surroundings): Program | string {
  const name = around.platform === 'win32' ? 'sessionlint.exe' : 'sessionlint';
  const set = around.set.trim();
  if (set !== '') {
    const candidates = path.isAbsolute(set) ? [set] : around.folders.map((folder) => path.join(folder, set));
    const file = candidates.find(isProgram);
    return file === undefined ? `sessionlint.path: there is no program ${set}` : { file, source: 'sessionlint.path' };
  }
  if (around.isTrusted) {
    for (const folder of around.folders) {
      const file = ofNpm(folder, name, around);
      if (file !== undefined) {
        return { file, source: 'npm' };
      }
    }
    const bin = around.platform === 'win32' ? 'Scripts' : 'bin';
    const environments = around.folders.flatMap((folder) => [path.join(folder, '.venv'), path.join(folder, 'venv')]);
    for (const environment of environments) {
      const file = path.join(environment, bin, name);
      if (isProgram(file)) {
        return { file, source: 'Python' };
      }
    }
  }
  const folders = (around.environment['PATH'] ?? around.environment['Path'] ?? '').split(path.delimiter);
  for (const folder of folders.filter((it) => path.isAbsolute(it))) {
    const file = path.join(folder, name);
    const isOfWorkspace = around.folders.some((workspace) => isBelow(folder, workspace));
    if (isProgram(file) && (around.isTrusted || !isOfWorkspace)) {
      return { file, source: 'PATH' };
    }
  }
  const where = around.isTrusted ? 'node_modules, in a virtual environment of the workspace, or on PATH' : 'PATH';
  const more = around.isTrusted ? '' : ' (programs of a workspace that is not trusted are not started)';
  return `no program sessionlint in ${where}${more}: npm install --save-dev sessionlint, pip install sessionlint, or set sessionlint.path`;
}

/** The program in the package of this platform, which the package `sessionlint` of npm has beside it. */
function ofNpm(folder: string, name: string, around: Surroundings): string | undefined {
  try {
    const main = createRequire(path.join(folder, 'package.json')).resolve('sessionlint/package.json');
    const file = createRequire(main).resolve(`@sessionlint/${around.platform}-${around.arch}/${name}`);
    return isProgram(file) ? file : undefined;
  } catch {
    return undefined;
  }
}

function isProgram(file: string): boolean {
  try {
    if (!fs.statSync(file).isFile()) {
      return false;
    }
    fs.accessSync(file, fs.constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

function isBelow(folder: string, above: string): boolean {
  const between = path.relative(above, folder);
  return between === '' || (!between.startsWith('..') && !path.isAbsolute(between));
}
