// What the commands share: they run the program of the npm package `sessionlint` with the arguments given. What these
// mean is the program's business.
import { spawn } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { constants } from 'node:os';
import { SfError } from '@salesforce/core';
import { SfCommand } from '@salesforce/sf-plugins-core';
import sessionlint from 'sessionlint';

/** From this exit code on there may be no answer: 2 is wrong usage, 3 something that could not be read or written. */
const FAILED = 2;

const HELP = new URL('./help.json', import.meta.url);
// packaging/build writes the file. A checkout has none.
const help = existsSync(HELP) ? JSON.parse(readFileSync(HELP, 'utf8')) : {};

/** The first line of the program's help, as the summary of a command. */
export const summary = (name) => help[name]?.split('\n')[0] ?? `Run sessionlint ${name}.`;

/** The rest of the program's help. */
export const description = (name) =>
  help[name]?.split('\n').slice(1).join('\n').trim() ?? `All arguments and options go to sessionlint ${name}.`;

export class ProgramCommand extends SfCommand {
  static strict = false;

  /** The command of the program, and what makes it write JSON, if it can. */
  static program = '';
  static json = ['--format', 'json'];

  async run() {
    const { program, json } = this.constructor;
    const isJson = this.jsonEnabled();
    const given = this.argv.filter((argument) => argument !== '--json');
    // The program reads its arguments itself. oclif warns of commands that parse nothing, and keeps what it parsed.
    await this.parse({ enableJsonFlag: true }, isJson ? ['--json'] : []);
    if (!isJson) {
      process.exitCode = (await this.#start([program, ...given], 'inherit')).code;
      return undefined;
    }
    const ran = await this.#start([program, ...json, ...given], ['inherit', 'pipe', 'pipe']);
    const result = json.length > 0 ? parsed(ran.out) : { text: ran.out };
    if (result === undefined || (ran.code >= FAILED && ran.out === '')) {
      const told = ran.err.trim().replace(/^error: /, '');
      const message = told || `sessionlint ${program} ended with ${ran.code} and wrote no JSON`;
      throw new SfError(message, 'SessionlintError', [], Math.max(ran.code, 1));
    }
    for (const line of ran.err.split('\n').filter(Boolean)) {
      this.warnings.push(line.replace(/^warning: /, ''));
    }
    process.exitCode = ran.code;
    return result;
  }

  #start(words, stdio) {
    let path;
    try {
      path = sessionlint.binary();
    } catch (error) {
      throw new SfError(error.message, 'SessionlintMissing', [], 3);
    }
    return new Promise((resolve, reject) => {
      const child = spawn(path, words, { stdio, windowsHide: true });
      const ran = { out: '', err: '' };
      child.stdout?.setEncoding('utf8').on('data', (text) => (ran.out += text));
      child.stderr?.setEncoding('utf8').on('data', (text) => (ran.err += text));
      child.on('error', (error) => reject(new SfError(error.message, 'SessionlintMissing', [], 3)));
      child.on('close', (code, signal) => {
        resolve({ ...ran, code: code ?? 128 + (constants.signals[signal] ?? 0) });
      });
    });
  }
}

/** The JSON in a text; nothing where it holds none. An empty text means that the answer went into a file. */
function parsed(text) {
  if (text.trim() === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
