#!/usr/bin/env bash
# @salesforce/plugin-api 2.0.19 (with @salesforce/core 9.4.0)
# `sf api request rest` ends with status 1 when the org refuses the request. With `--stream-to-file`, the way to download
# large content such as the log file of all logins, it ends with status 0 whatever the org answers, and the file has the
# refusal: `File saved to logins.csv`, and in it one line of JSON about a missing permission. The next step of a pipeline
# reads this as the data. With `--json` the result has 0 for the HTTP status, in a success too.
# Seen: the refused request ends with status 1 without the flag and with 0 with it, and the file has the error. A request
# that is answered ends in the same way.
# Fails when the refusal ends with another status. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-api@2.0.19 @salesforce/core@9.4.0
cat >run.mjs <<'JS'
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const [path, ...flags] = process.argv.slice(2);
const org = new Org({
  answer: ({ url }, _body, response) => {
    response.setHeader('connection', 'close');
    if (!url.startsWith('/services/data/v66.0/sobjects/EventLogFile')) return { logins: 3 };
    response.statusCode = 403;
    return [{ errorCode: 'INSUFFICIENT_ACCESS', message: 'a permission is missing' }];
  },
});
await org.open();
org.server.unref();
const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
const login = await AuthInfo.create({ username: 'sync@example.com', oauth2Options });
await login.save();
const cli = await Config.load({ root: `${process.cwd()}/node_modules/@salesforce/plugin-api` });
await cli.runCommand('api:request:rest', [path, '--target-org', 'sync@example.com', ...flags]);
JS
export SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true SF_USE_GENERIC_UNIX_KEYCHAIN=true NODE_NO_WARNINGS=1
request() {
    local status=0
    HOME=$(mktemp --directory "$work/home.XXX") node_modules/.bin/node run.mjs "$@" >said || status=$?
    shift
    printf '%s: status %s, %s\n' "${*:-no flags}" "$status" "$(tr --delete ' \n' <said)"
}
log=/services/data/v66.0/sobjects/EventLogFile/0AT000000000001AAA/LogFile
seen=$(
    request "$log"
    request "$log" --stream-to-file logins.csv
    request "$log" --stream-to-file logins.csv --json
    cat logins.csv
    echo
    request /services/data/v66.0/limits --stream-to-file limits.json
    cat limits.json
)
printf '%s\n' "$seen"
[ "$seen" = 'no flags: status 1, [{"errorCode":"INSUFFICIENT_ACCESS","message":"apermissionismissing"}]
--stream-to-file logins.csv: status 0, Filesavedtologins.csv
--stream-to-file logins.csv --json: status 0, {"status":0,"result":{"statusCode":0,"headers":{},"body":""},"warnings":[]}
[{"errorCode":"INSUFFICIENT_ACCESS","message":"a permission is missing"}]
--stream-to-file limits.json: status 0, Filesavedtolimits.json
{"logins":3}' ]
