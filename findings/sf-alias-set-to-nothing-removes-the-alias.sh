#!/usr/bin/env bash
# @salesforce/plugin-settings 3.0.16 (with @salesforce/core 9.4.0)
# `sf alias set staging=$STAGING` gives the name `staging` to the user of an org. Where the variable has no value, as
# in a pipeline that lacks it, the command removes the alias that is there and reports success, with status 0. What
# comes behind it fails for an alias that nobody knows, or, where an org is optional, goes to the default org. To
# remove an alias there is `sf alias unset`; the help of `alias set` has nothing about an empty value, and the
# package's text for it, `You must provide a value when setting an alias`, does not come. `sf config set` with one ends
# with status 1 and leaves the setting as it is.
# Seen: an alias is set and listed; set to nothing it counts as a success with status 0, and the list is empty; a
# setting that is set to nothing stays, with status 1.
# Fails when the alias stays or the status is another. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-settings@3.0.16 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { readFileSync } from 'node:fs';
import { Config } from '@oclif/core';

const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-settings` });
const run = async (command, ...words) => {
  const write = process.stdout.write;
  process.stdout.write = () => true;
  process.exitCode = 0;
  const result = await cli.runCommand(command, words);
  process.stdout.write = write;
  const entries = result.successes ? [...result.successes, ...result.failures] : result;
  const said = entries.map(({ success = 'listed', value = 'nothing' }) => `${value} ${success}`).join(', ');
  console.log(`${command} ${words.at(-1) ?? ''}: status ${process.exitCode}; ${said || 'an empty list'}`);
};
await run('alias:set', 'staging=release@example.com');
await run('alias:list');
await run('alias:set', 'staging=');
await run('alias:list');
await run('config:set', '--global', 'org-api-version=66.0');
await run('config:set', '--global', 'org-api-version=');
console.log(`the settings are ${readFileSync(`${process.env.HOME}/.sf/config.json`, 'utf8').replace(/\s/g, '')}`);
process.exitCode = 0;
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'alias:set staging=release@example.com: status 0; release@example.com true
alias:list : status 0; release@example.com listed
alias:set staging=: status 0; nothing true
alias:list : status 0; an empty list
config:set org-api-version=66.0: status 0; 66.0 true
config:set org-api-version=: status 1; nothing false
the settings are {"org-api-version":"66.0"}' ]
