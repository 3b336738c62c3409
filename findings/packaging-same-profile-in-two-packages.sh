#!/usr/bin/env bash
# @salesforce/packaging 5.0.21
# A package version takes its profiles from all package directories of the project, not only from its own, unless
# `scopeProfiles` is set; that is documented. Two profiles of the same name are both cut down to what is in the package
# and written to one file, so the one that is found last replaces the other. Where one of them has nothing left, the
# name is taken out of package.xml, whatever the other has; the only trace is a line in the log, by which the profile
# is still part of the package. A copy of a profile in another package changes what the users of this one may do.
# Seen: alone, the profile brings both its grants; beside a copy without one for this package it is in the archive but
# not in package.xml; beside a copy with one it brings that one. With `scopeProfiles` it brings both again.
# Fails when another package's profile changes nothing. Run by hand, outside CI; it needs npm, and nothing is sent.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @salesforce/packaging@5.0.21 node@24.21.0 >/dev/null
cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const JSZip = require('jszip');
const { SfProject } = require('@salesforce/core');
const { PackageVersion } = require('@salesforce/packaging');

const metadata = (type, content) =>
  '<?xml version="1.0" encoding="UTF-8"?>\n' +
  `<${type} xmlns="http://soap.sforce.com/2006/04/metadata">${content}</${type}>\n`;
const granting = (...names) => {
  const grant = (name) => `<classAccesses><apexClass>${name}</apexClass><enabled>true</enabled></classAccesses>`;
  return metadata('Profile', names.map(grant).join(''));
};
const createVersion = async (about, profileOfSales, settings = {}) => {
  const root = fs.mkdtempSync(path.join(process.cwd(), 'project-'));
  const write = (name, text) => {
    fs.mkdirSync(path.dirname(path.join(root, name)), { recursive: true });
    fs.writeFileSync(path.join(root, name), text);
  };
  const directory = { versionNumber: '1.0.0.NEXT' };
  const project = {
    packageDirectories: [
      { ...directory, path: 'core', package: 'core', default: true, ...settings },
      { ...directory, path: 'sales', package: 'sales' },
    ],
    packageAliases: { core: '0Ho000000000001AAA', sales: '0Ho000000000002AAA' },
    sourceApiVersion: '66.0',
  };
  write('sfdx-project.json', JSON.stringify(project));
  for (const file of ['core/classes/Token', 'core/classes/Renewal', 'sales/classes/Quote']) {
    write(`${file}.cls`, `public class ${path.basename(file)} {}\n`);
    write(`${file}.cls-meta.xml`, metadata('ApexClass', '<apiVersion>66.0</apiVersion>'));
  }
  write('core/profiles/Sync.profile-meta.xml', granting('Token', 'Renewal'));
  if (profileOfSales) write('sales/profiles/Sync.profile-meta.xml', profileOfSales);
  let sent;
  const tooling = {
    sobject: () => ({ retrieve: async () => ({ ContainerOptions: 'Unlocked' }) }),
    create: async (_type, request) => {
      sent = request;
      return { success: false, id: '', errors: ['kept here'] };
    },
  };
  await PackageVersion.create({
    connection: { tooling, getApiVersion: () => '66.0' },
    project: await SfProject.resolve(root),
    packageId: 'core',
  }).catch((error) => {
    if (!error.message.includes('kept here')) throw error;
  });
  const request = await JSZip.loadAsync(sent.VersionInfo, { base64: true });
  const archive = await JSZip.loadAsync(await request.file('package.zip').async('nodebuffer'));
  const manifest = await archive.file('package.xml').async('string');
  const profile = await archive.file('profiles/Sync.profile').async('string');
  const grants = [...profile.matchAll(/<apexClass>(\w+)/g)].map(([, name]) => name);
  console.log(`${about}: ${manifest.includes('<members>Sync<') ? 'listed' : 'not listed'}, ${grants.join(' ')}`);
};
(async () => {
  await createVersion('alone');
  await createVersion('beside a copy without a grant for this package', granting('Quote'));
  await createVersion('beside a copy with one', granting('Quote', 'Token'));
  await createVersion('beside it, with scopeProfiles', granting('Quote', 'Token'), { scopeProfiles: true });
})();
JS
seen=$(HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = "alone: listed, Token Renewal
beside a copy without a grant for this package: not listed, Token Renewal
beside a copy with one: listed, Token
beside it, with scopeProfiles: listed, Token Renewal" ]
