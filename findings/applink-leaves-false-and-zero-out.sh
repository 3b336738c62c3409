#!/usr/bin/env bash
# @heroku/applink 1.1.0
# Salesforce's library for applications on Heroku gives each record of a query as an object of its fields. A field whose
# value is false, zero or an empty text is left out, like one without a value, and like one that the query did not ask
# for: `IsActive` is undefined for each user who was deactivated, a comparison with `false` finds none of them, and no
# failed login is the same as an unknown number. Fields of a related record are left out in the same way.
# Seen: of seven fields in the org's answer the record has three, and the related record has one of two.
# Fails when false and zero are in the record. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @heroku/applink@1.1.0
cat >run.js <<'JS'
const { init } = require('@heroku/applink');
const Org = require('./org.js');

const profile = { attributes: { type: 'Profile' }, Name: 'Sales', PermissionsApiEnabled: false };
const user = {
  attributes: { type: 'User' },
  Username: 'ann@example.com', IsActive: false, NumberOfFailedLogins: 0, UserPermissionsMobileUser: true,
  DelegatedApproverId: null, Department: '', Profile: profile,
};
const org = new Org({ answer: () => ({ totalSize: 1, done: true, records: [user] }) });
org.open().then(async () => {
  org.current = 'session';
  const client = {
    accessToken: org.current, apiVersion: '66.0', requestId: '1', namespace: '', orgId: '00D000000000001AAA',
    orgDomainUrl: org.url, userContext: { userId: '005000000000001AAA', username: 'sync@example.com' },
  };
  const headers = { 'x-client-context': Buffer.from(JSON.stringify(client)).toString('base64') };
  const { context } = init().salesforce.parseRequest(headers, '');
  const fields = Object.keys(user).filter((name) => name !== 'attributes');
  const { records } = await context.org.dataApi.query(`SELECT ${fields.join()} FROM User`);
  const [record] = records;
  console.log(`asked for ${fields.join()}`);
  console.log(`has ${Object.keys(record.fields).join()}`);
  console.log(`Profile has ${Object.keys(record.fields.Profile.fields).join()}`);
  const inactive = records.filter(({ fields: { IsActive } }) => IsActive === false);
  console.log(`IsActive is ${record.fields.IsActive}; ${inactive.length} of 1 inactive users`);
  org.close();
});
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'asked for Username,IsActive,NumberOfFailedLogins,UserPermissionsMobileUser,DelegatedApproverId,Department,Profile
has username,userpermissionsmobileuser,profile
Profile has name
IsActive is undefined; 0 of 1 inactive users' ]
