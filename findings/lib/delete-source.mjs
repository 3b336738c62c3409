// Runs `sf project delete source` in projects with decomposed permission sets, against a stand-in for an org. It is
// copied into the folder of `node.sh`, beside `org.js`.
import { execFile } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { Config } from '@oclif/core';
import { AuthInfo } from '@salesforce/core';
import Org from './org.js';

const username = 'release@example.com';
const folder = 'force-app/main/default/permissionsets';
const grant = (kind, name) => `<${kind}><enabled>true</enabled>${name}</${kind}>`;
const files = {
  'Sync/Sync.permissionset-meta.xml': '<label>Sync</label>',
  'Sync/Sync.classAccess-meta.xml': grant('classAccesses', '<apexClass>Token</apexClass>'),
  'Sync/Sync.userPermission-meta.xml': grant('userPermissions', '<name>ApiEnabled</name>'),
  'Whole.permissionset-meta.xml': '<label>Whole</label>',
};
let asked;
let outcome;
const envelope = (body) => {
  const open = '<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>';
  return `${open}${body}</soapenv:Body></soapenv:Envelope>`;
};
const answer = ({ url }, body, response) => {
  if (url === '/services/data') return [{ version: '66.0' }];
  const [, call] = body.match(/<(checkDeployStatus|deploy)\b/) ?? [];
  if (!call) return { totalSize: 1, done: true, records: [{ Name: 'crm', IsSandbox: false }] };
  if (call === 'deploy') asked = body.includes('<checkOnly>true</checkOnly>') ? 'validated' : 'deployed';
  if (outcome === 'INSUFFICIENT_ACCESS') {
    response.statusCode = 500;
    const text = `<faultcode>sf:${outcome}</faultcode><faultstring>${outcome}: insufficient access rights</faultstring>`;
    return envelope(`<soapenv:Fault>${text}</soapenv:Fault>`);
  }
  const done = call === 'deploy' ? '<done>false</done>' : `<done>true</done><status>${outcome}</status>`;
  const result = `<id>0Af000000000001AAA</id>${done}<success>${outcome === 'Succeeded'}</success><details></details>`;
  return envelope(`<${call}Response><result>${result}</result></${call}Response>`);
};

/** Deletes the named files of a new project and says what the org was asked, how the command ended and what is left. */
export const remove = async (project, named, result, ...flags) => {
  outcome = result;
  mkdirSync(`${project}/${folder}/Sync`, { recursive: true });
  const packageDirectories = [{ path: 'force-app', default: true }];
  const options = { sourceApiVersion: '66.0', sourceBehaviorOptions: ['decomposePermissionSetBeta2'] };
  writeFileSync(`${project}/sfdx-project.json`, JSON.stringify({ packageDirectories, ...options }));
  for (const [name, text] of Object.entries(files)) {
    const root = `<PermissionSet xmlns="http://soap.sforce.com/2006/04/metadata">${text}</PermissionSet>`;
    writeFileSync(`${project}/${folder}/${name}`, `<?xml version="1.0" encoding="UTF-8"?>\n${root}\n`);
  }
  const paths = named.flatMap((file) => ['--source-dir', `${folder}/${file}`]);
  const words = ['delete-source.mjs', project, '--target-org', username, '--no-prompt', ...flags, ...paths];
  const ended = await new Promise((end) => execFile(process.execPath, words, end));
  const left = named.filter((file) => existsSync(`${project}/${folder}/${file}`));
  const count = `${left.length} of ${named.length} left`;
  console.log(`${named.join(' and ')}: ${asked}, ${outcome}, status ${ended?.code ?? 0}; ${count}`);
};

/** Logs in to the stand-in, and gives it. */
export const open = async () => {
  const org = new Org({ answer });
  await org.open();
  const oauth2Options = { clientId: 'app', clientSecret: 'secret', loginUrl: org.url, refreshToken: 'refresh' };
  const login = await AuthInfo.create({ username, oauth2Options });
  await login.save();
  return org;
};

if (process.argv[1].endsWith('delete-source.mjs')) {
  const [project, ...flags] = process.argv.slice(2);
  const root = `${process.cwd()}/node_modules/@salesforce/plugin-deploy-retrieve`;
  process.chdir(project);
  const cli = await Config.load({ root });
  await cli.runCommand('project:delete:source', flags);
}
