#!/usr/bin/env bash
# sfdmu 3.7.19
# The data loader for the Salesforce CLI takes the records to load from CSV files. The value of a checkbox is true for
# `true`, `TRUE` and `1`, and false for everything else: for `True`, as Python writes it, for `yes`, and for an empty cell.
# The tool checks the files before and reports what is wrong with them: none of these values is. Contacts who opted out
# of mail get the opposite written over it, and the run ends with `Command succeeded`.
# Seen: six contacts have opted out in the org and in the file, each in another spelling; three of them are updated, to
# false. The report is about the file's missing column of Ids alone.
# Fails when `True` is true, or is refused. Run by hand, outside CI; it needs npm, and the server is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" sfdmu@3.7.19
cat >run.js <<'JS'
const fs = require('node:fs');
const { Config } = require('@oclif/config');
const Org = require('./org.js');

const cells = ['true', 'TRUE', '1', 'True', 'yes', ''];
const contacts = cells.map((_cell, index) => ({
  attributes: { type: 'Contact', url: `/services/data/v66.0/sobjects/Contact/00300000000000${index}AAA` },
  Id: `00300000000000${index}AAA`, Email: `contact${index}@example.com`, HasOptedOutOfEmail: true,
}));
const field = (name, type) => ({ name, label: name, type, createable: true, updateable: name !== 'Id', referenceTo: [] });
const about = { name: 'Contact', label: 'Contact', queryable: true, createable: true, updateable: true };
const fields = [field('Id', 'id'), field('Email', 'email'), field('HasOptedOutOfEmail', 'boolean')];
const org = new Org({
  answer: ({ method, url }, body) => {
    const path = decodeURIComponent(url);
    if (/\/v[\d.]+\/?$/.test(path)) return { identity: `${org.url}/id/00D000000000001AAA/005000000000001AAA` };
    if (path.includes('/describe')) return { ...about, fields, childRelationships: [] };
    if (path.includes('SELECT COUNT')) return { totalSize: 1, done: true, records: [{ CNT: contacts.length }] };
    if (path.includes('FROM Contact')) return { totalSize: contacts.length, done: true, records: contacts };
    if (method !== 'PATCH') return undefined;
    return JSON.parse(body).records.map((record) => {
      const index = contacts.findIndex(({ Id }) => Id === record.id);
      console.log(`"${cells[index]}": updated to ${record.HasOptedOutOfEmail}`);
      return { id: record.id, success: true, errors: [] };
    });
  },
});
org.open().then(async () => {
  org.current = 'session';
  const name = 'crm@example.com';
  const query = 'SELECT Email, HasOptedOutOfEmail FROM Contact';
  fs.mkdirSync('data');
  fs.writeFileSync('data/export.json', JSON.stringify({
    orgs: [{ name, instanceUrl: org.url, accessToken: org.current }],
    objects: [{ query, operation: 'Update', externalId: 'Email' }],
  }));
  const rows = contacts.map(({ Email }, index) => `${Email},${cells[index]}\n`);
  fs.writeFileSync('data/Contact.csv', `Email,HasOptedOutOfEmail\n${rows.join('')}`);
  const cli = new Config({ root: `${process.cwd()}/node_modules/sfdmu` });
  await cli.load();
  const flags = ['--sourceusername', 'csvfile', '--targetusername', name, '--path', 'data', '--noprompt'];
  await cli.runCommand('sfdmu:run', flags);
  org.close();
});
JS
HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js >said 2>&1
seen=$(
    grep --extended-regexp '^"|Command succeeded' said
    tail --lines=+2 data/CSVIssuesReport.csv | cut --delimiter=, --fields=2,3,8
)
printf '%s\n' "$seen"
[ "$seen" = '"True": updated to false
"yes": updated to false
"": updated to false
Command succeeded.
Contact,Id,COLUMN DEFINED IN THE SCRIPT IS MISSING IN THE CSV FILE' ]
