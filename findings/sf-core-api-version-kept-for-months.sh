#!/usr/bin/env bash
# @salesforce/core 9.4.0
# The newest API version of an org is asked once a day and kept with the login. When it was asked is written down in the
# user's own way of writing dates and read again as an American date. Where the day comes first, 12 March is read as
# 3 December, which lies ahead: for nine months the org is not asked again, and every connection for which no version is
# set works with the one of before the org's upgrades.
# Seen: asked on 12 March, with 68.0 in the org since: in November en-US has 68.0, en-GB, de-DE and fr-FR have 66.0.
# Fails when all have the same. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/core@9.4.0 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const http = require('node:http');
const { mock } = require('node:test');
const { AuthInfo, Connection } = require('@salesforce/core');
let newest = '66.0';
const server = http.createServer((request, response) => {
  response.setHeader('content-type', 'application/json');
  let answer = { totalSize: 0, done: true, records: [] };
  if (request.url === '/services/data') answer = [{ version: '65.0' }, { version: newest }];
  if (request.url.endsWith('/userinfo')) {
    answer = { preferred_username: 'sync@example.com', organization_id: '00D000000000001', user_id: '005000000000001' };
  }
  response.end(JSON.stringify(answer));
});
const version = async (options) => {
  const authInfo = await AuthInfo.create({ username: 'sync@example.com', ...options });
  if (options) await authInfo.save({ username: 'sync@example.com' });
  return (await Connection.create({ authInfo })).getApiVersion();
};
server.listen(0, '127.0.0.1', async () => {
  const instanceUrl = `http://127.0.0.1:${server.address().port}`;
  const login = { accessTokenOptions: { accessToken: '00D000000000001!session', instanceUrl, loginUrl: instanceUrl } };
  mock.timers.enable({ apis: ['Date'], now: new Date(2026, 2, 12, 10) });
  const march = await version(login);
  newest = '68.0';
  mock.timers.setTime(new Date(2026, 10, 2, 10).getTime());
  console.log(process.env.LC_ALL.replace('.UTF-8', ''), march, await version());
  server.close();
  server.closeAllConnections();
});
JS
seen=$(
  for locale in en_US en_GB de_DE fr_FR; do
    mkdir "$locale"
    HOME=$work/$locale LC_ALL=$locale.UTF-8 SF_DISABLE_LOG_FILE=true NODE_NO_WARNINGS=1 node_modules/.bin/node run.js
  done
)
printf '%s\n' "$seen"
[ "$seen" = "en_US 66.0 68.0
en_GB 66.0 66.0
de_DE 66.0 66.0
fr_FR 66.0 66.0" ]
