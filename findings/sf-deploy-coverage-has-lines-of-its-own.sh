#!/usr/bin/env bash
# @salesforce/plugin-deploy-retrieve 4.2.18 (with @salesforce/core 9.4.0)
# `sf project deploy start --coverage-formatters` writes a report of the coverage of Apex for tools that judge a pull
# request by it. An org gives three things of each class: how many lines can be covered, how many of them are not, and
# the numbers of these (Metadata API Developer Guide, DeployResult, CodeCoverageResult). The covered ones are made up:
# as many lines as can be covered, one after the other from the first uncovered line on, without the uncovered among
# them. Real classes have comments and braces between their lines, so uncovered lines lie behind that range, and lines
# within it that are none count as covered. A class that no test runs may be covered to a third, and lines of comments
# are green. The numbers of covered lines are taken from API version 68 on, where an org gives them.
# Seen: a class of four lines, none of them covered, has six lines and 33.33 per cent in the report, and a class of
# four lines with two covered 60 per cent of five; lines 4 and 6 of the first are covered, and there are no such
# lines.
# Fails when the first class is not covered. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-deploy-retrieve@4.2.18 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const classes = { Login: [4, [3, 5, 8, 12]], Logout: [4, [3, 12]] };
const coverage = Object.entries(classes).map(([name, [count, missing]]) => {
  const lines = missing.map((line) => `<locationsNotCovered><line>${line}</line></locationsNotCovered>`);
  const uncovered = `<numLocationsNotCovered>${missing.length}</numLocationsNotCovered>`;
  const numbers = `<name>${name}</name><numLocations>${count}</numLocations>${uncovered}`;
  return `<codeCoverage>${lines.join('')}${numbers}<type>Class</type></codeCoverage>`;
});
const passed = '<successes><methodName>works</methodName><name>SessionTest</name><time>10.0</time></successes>';
const org = new Org({
  answer: ({ url }, body, response) => {
    response.setHeader('connection', 'close');
    if (url === '/services/data') return [{ version: '66.0' }];
    const [, call] = body.match(/<(checkDeployStatus|deploy)\b/) ?? [];
    if (!call) return { totalSize: 1, done: true, records: [{ Name: 'crm', IsSandbox: false }] };
    const done = call === 'deploy' ? '<done>false</done>' : '<done>true</done><status>Succeeded</status>';
    const tests = `<runTestResult>${coverage.join('')}<numTestsRun>1</numTestsRun>${passed}</runTestResult>`;
    const result = `<id>0Af000000000001AAA</id>${done}<success>true</success><details>${tests}</details>`;
    const open = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';
    return `${open}<${call}Response><result>${result}</result></${call}Response></soapenv:Body></soapenv:Envelope>`;
  },
});
await org.open();
org.server.unref();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'ci@example.com', oauth2Options });
await login.save();
const root = `${process.cwd()}/node_modules/@salesforce/plugin-deploy-retrieve`;
mkdirSync('project/force-app', { recursive: true });
mkdirSync('project/mdapi');
const packageDirectories = [{ path: 'force-app', default: true }];
writeFileSync('project/sfdx-project.json', JSON.stringify({ packageDirectories, sourceApiVersion: '66.0' }));
const manifest = '<Package xmlns="http://soap.sforce.com/2006/04/metadata"><version>66.0</version></Package>';
writeFileSync('project/mdapi/package.xml', `<?xml version="1.0" encoding="UTF-8"?>\n${manifest}\n`);
process.chdir('project');
const cli = await Config.load({ root });
const formats = ['json-summary', 'json'].flatMap((format) => ['--coverage-formatters', format]);
const flags = ['--metadata-dir', 'mdapi', '--test-level', 'RunLocalTests', '--results-dir', 'results', '--wait', '5'];
const write = process.stdout.write.bind(process.stdout);
process.stdout.write = () => true;
await cli.runCommand('project:deploy:start', ['--target-org', 'ci@example.com', ...flags, ...formats]);
process.stdout.write = write;
const read = (name) => Object.entries(JSON.parse(readFileSync(`results/coverage/${name}.json`)));
for (const [name, { lines }] of read('coverage-summary')) {
  console.log(`${name.split('/').at(-1)}: ${lines.covered} of ${lines.total} lines, ${lines.pct} per cent`);
}
for (const [name, { statementMap, s }] of read('coverage')) {
  const covered = Object.keys(s).filter((key) => s[key]).map((key) => statementMap[key].start.line);
  console.log(`${name.split('/').at(-1)}: ${covered.join(' and ')} are covered`);
}
process.exit(process.exitCode);
JS
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
seen=$(node_modules/.bin/node run.mjs 2>/dev/null)
printf '%s\n' "$seen"
[ "$seen" = 'total: 5 of 11 lines, 45.45 per cent
Login: 2 of 6 lines, 33.33 per cent
Logout: 3 of 5 lines, 60 per cent
Login: 4 and 6 are covered
Logout: 4 and 5 and 6 are covered' ]
