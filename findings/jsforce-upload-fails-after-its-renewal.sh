#!/usr/bin/env bash
# jsforce 3.10.26 and @jsforce/jsforce-node 3.12.0
# A request that meets the end of the session is repeated after a renewal, also in Bulk API 2.0: the request that opens
# a job is. The upload of the records is one, too, but what it sends is a stream that the first attempt has used up. The
# session is renewed, the upload does not reach the org a second time, and the error is `fetch failed`, which speaks of
# the network. The job stays open and takes no other upload: `uploadData` refuses a second call. A new job works, as the
# connection has a new session. A load whose records arrive slowly meets this where a query would go on.
# Seen: a job that is opened after the end of the session is opened by a second request; an upload after it gives one
# renewal, no second upload and `fetch failed`, and again `Data can only be uploaded to a job once.`
# Fails when the upload is repeated. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/jsforce.sh"
cat >run.js <<'JS'
const Org = require('./org.js');
const asked = [];
const org = new Org({
  see: (request, body) => {
    if (request.method === 'PUT') asked.push(`upload of ${body.split('\n').length - 2}`);
    else asked.push(request.url === '/services/oauth2/token' ? 'renewal' : 'job');
  },
  answer: () => ({ id: '750000000000001AAA', operation: 'insert', object: 'Lead', state: 'Open' }),
});
const attempt = async (about, call) => {
  asked.length = 0;
  const said = await call().then(() => 'done', (error) => error.message);
  console.log(`${about}: ${said} (${asked.join(', ')})`);
};
org.open().then(async () => {
  for (const name of ['jsforce', '@jsforce/jsforce-node']) {
    const { Connection } = require(name);
    const connection = new Connection({
      oauth2: { loginUrl: org.url, clientId: 'app', clientSecret: 'secret' }, instanceUrl: org.url, version: '66.0',
      accessToken: (org.current = 'session'), refreshToken: 'refresh',
    });
    const leads = [{ LastName: 'Example' }, { LastName: 'Sample' }];
    let job;
    const open = () => (job = connection.bulk2.createJob({ operation: 'insert', object: 'Lead' })).open();
    const upload = () => job.uploadData(leads);
    console.log(name);
    org.expire();
    await attempt('open after the end', open);
    org.expire();
    await attempt('upload after the end', upload);
    await attempt('upload again', upload);
    await attempt('open', open);
    await attempt('upload', upload);
  }
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
for name in jsforce @jsforce/jsforce-node; do
    printf '%s\n' "$name" 'open after the end: done (job, renewal, job)' \
        'upload after the end: fetch failed (upload of 2, renewal)' \
        'upload again: Data can only be uploaded to a job once. ()' 'open: done (job)' 'upload: done (upload of 2)'
done >wanted
[ "$seen" = "$(cat wanted)" ]
