#!/usr/bin/env node
// Runs the program with the arguments given, and ends as it ends.
'use strict';

const { spawn } = require('node:child_process');
const os = require('node:os');
const { binary } = require('../index.js');

/** What a failed start ends with: 3 is "something could not be read or written". */
const FAILED = 3;

function fail(message) {
  process.stderr.write(`error: sessionlint: ${message}\n`);
  process.exitCode = FAILED;
}

function main() {
  let program;
  try {
    program = binary();
  } catch (error) {
    return fail(error.message);
  }
  const child = spawn(program, process.argv.slice(2), { stdio: 'inherit', windowsHide: true });
  // A signal to this process alone must end the program too; one to the terminal reaches both.
  const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'];
  for (const signal of signals) {
    process.on(signal, () => child.kill(signal));
  }
  child.on('error', (error) => fail(`${program} did not start: ${error.message}`));
  child.on('exit', (code, signal) => {
    process.exitCode = signal === null ? code : 128 + (os.constants.signals[signal] ?? 0);
  });
}

main();
