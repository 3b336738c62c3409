// Loads contacts from a CSV file into a stand-in for an org by sfdmu, and tells of each request that changes records.
const fs = require('node:fs');
const { Config } = require('@oclif/config');
const Org = require('./org.js');

/** Loads `rows` by the object of a script that is given, into an org with `contacts`. */
exports.load = async (object, rows, contacts, see) => {
  const records = contacts.map((contact, index) => {
    const Id = `00300000000000${index}AAA`;
    return { attributes: { type: 'Contact', url: `/services/data/v66.0/sobjects/Contact/${Id}` }, Id, ...contact };
  });
  const names = ['Id', ...object.query.match(/SELECT (.*) FROM/)[1].split(', ')];
  const fields = names.map((name) => {
    const type = name === 'Id' ? 'id' : 'string';
    return { name, label: name, type, createable: true, updateable: name !== 'Id', referenceTo: [] };
  });
  const about = { name: 'Contact', label: 'Contact', queryable: true, createable: true, updateable: true };
  const org = new Org({
    answer: ({ method, url }, body) => {
      const path = decodeURIComponent(url);
      if (/\/v[\d.]+\/?$/.test(path)) return { identity: `${org.url}/id/00D000000000001AAA/005000000000001AAA` };
      if (path.includes('/describe')) return { ...about, fields, childRelationships: [] };
      if (path.includes('SELECT COUNT')) return { totalSize: 1, done: true, records: [{ CNT: records.length }] };
      if (path.includes('FROM Contact')) return { totalSize: records.length, done: true, records };
      if (method === 'GET') return undefined;
      return JSON.parse(body).records.map(({ attributes, id = '003000000000009AAA', ...values }) => {
        see(method, values, records.find(({ Id }) => Id === id));
        return { id, success: true, errors: [] };
      });
    },
  });
  await org.open();
  org.current = 'session';
  const name = 'crm@example.com';
  fs.mkdirSync('data');
  const orgs = [{ name, instanceUrl: org.url, accessToken: org.current }];
  fs.writeFileSync('data/export.json', JSON.stringify({ orgs, objects: [object] }));
  fs.writeFileSync('data/Contact.csv', rows.map((row) => `${row}\n`).join(''));
  const cli = new Config({ root: `${process.cwd()}/node_modules/sfdmu` });
  await cli.load();
  const flags = ['--sourceusername', 'csvfile', '--targetusername', name, '--path', 'data', '--noprompt'];
  await cli.runCommand('sfdmu:run', flags);
  org.close();
};
