#!/usr/bin/env bash
# @salesforce/plugin-apex 4.4.4 (with @salesforce/core 9.4.0)
# `sf apex run test` ends with status 100 when a test has failed. A test run may also be aborted in the org, which is one of
# the states that the library knows. Where the tests that were not run have no result then, the command ends with status
# 0, and so it does when the run was aborted before its first test. The outcome is a word in the output, `Aborted` or
# `Skipped`; the report for a CI server (`--result-format junit`) has the tests that passed, and no failure. A pipeline
# that goes by the status or by the report deploys what was not tested.
# Seen: of three classes one passes, then the run is aborted: status 0, and a report of one test without failures; a run
# that is aborted at once: status 0, and no test in the report; a failed test: status 100.
# Fails when an aborted run ends with another status. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-apex@4.4.4 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const [status, ...outcomes] = process.argv.slice(2);
const classes = ['LoginTest', 'LogoutTest', 'SessionTest'];
const run = '707000000000001AAA';
const queued = classes.map((_name, index) => ({
  Id: `70900000000000${index}AAA`, ApexClassId: `01p00000000000${index}AAA`, ParentJobId: run,
  Status: outcomes[index] ? 'Completed' : 'Aborted', TestRunResultId: '05m000000000001AAA',
}));
const results = outcomes.map((Outcome, index) => ({
  Id: `07M00000000000${index}AAA`, QueueItemId: queued[index].Id, AsyncApexJobId: run, MethodName: 'works', Outcome,
  ApexClass: { Id: queued[index].ApexClassId, Name: classes[index], NamespacePrefix: null }, RunTime: 10,
  Message: null, StackTrace: null, ApexLogId: null, TestTimestamp: '2026-03-12T08:00:01.000+0000', IsTestSetup: false,
}));
const summary = {
  AsyncApexJobId: run, Status: status, ClassesCompleted: outcomes.length, ClassesEnqueued: 3, MethodsEnqueued: 3,
  StartTime: '2026-03-12T08:00:00.000+0000', EndTime: '2026-03-12T08:00:02.000+0000', TestTime: 10, TestSetupTime: 0,
  UserId: '005000000000001AAA',
};
const tables = { ApexTestRunResult: [summary], ApexTestQueueItem: queued, ApexTestResult: results };
const org = new Org({
  answer: ({ method, url }, _body, response) => {
    response.setHeader('connection', 'close');
    response.setHeader('content-type', 'application/json');
    if (method === 'POST') return JSON.stringify(run);
    if (url === '/services/data') return [{ version: '66.0' }];
    const records = tables[decodeURIComponent(url).match(/FROM (\w+)/)?.[1]] ?? [];
    return { totalSize: records.length, done: true, records };
  },
});
await org.open();
org.server.unref();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'ci@example.com', oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-apex` });
const flags = ['--class-names', classes.join(), '--wait', '5', '--result-format', 'junit', '--api-version', '66.0'];
await cli.runCommand('apex:run:test', ['--target-org', 'ci@example.com', ...flags]);
JS
export SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
run() {
    local status=0
    echo "$*"
    HOME=$(mktemp --directory "$work/home.XXX") node_modules/.bin/node run.mjs "$@" >report || status=$?
    grep --only-matching --extended-regexp 'tests="[0-9]+" failures="[0-9]+"|"outcome" value="[A-Za-z]+"' report
    echo "status $status"
}
seen=$(
    run Completed Pass Pass Fail
    run Aborted Pass
    run Aborted
)
printf '%s\n' "$seen"
[ "$seen" = 'Completed Pass Pass Fail
tests="3" failures="1"
"outcome" value="Failed"
status 100
Aborted Pass
tests="1" failures="0"
"outcome" value="Aborted"
status 0
Aborted
tests="0" failures="0"
"outcome" value="Skipped"
status 0' ]
