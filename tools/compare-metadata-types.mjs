#!/usr/bin/env node
// Compares the tables of this program with Salesforce's own: kinds and their elements, closed lists of values, and
// endings of file names. Run by hand, not in CI: it installs two packages of npm into a temporary folder.
//
//   node tools/compare-metadata-types.mjs                  the versions that the tables were last compared with
//   node tools/compare-metadata-types.mjs 1.10.0 13.8.0    newer ones: also what they add to those
//
// The first number is a version of @salesforce/types, the second one of @salesforce/source-deploy-retrieve. Needs cargo,
// npm and tar. Ends with 1 where something of theirs is missing here. Elements and values that only this program has are
// counted: files of older API versions hold them.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';

const PINNED = { types: '1.9.0', sdr: '13.7.0' };

/** Endings of theirs that ordinary files share, so that they tell nothing of a project (crates/project/src/metadata/suffixes.rs). */
const EVERYDAY = new Set(
  ('ai app apt aq aqs asset category collection config delivery deployment document dt dwl form function goal icon indx keywords letter md ' +
    'model notifications os policy prompt resource rpt rule scf snapshot story subscription type view xml').split(' '),
);

/** Elements of theirs that are left out, with what is below them, and why. */
const LEFT_OUT = new Map([
  ['PermissionSetGroup.enrichments', 'nothing about sessions'],
  ['Certificate.content', 'the body is a file of its own'],
  ['InboundCertificate.content', 'the body is a file of its own'],
  ['UserAuthCertificate.content', 'the body is a file of its own'],
]);

/** Closed lists of theirs that another part of the program judges, or that are no concern of it. */
const LISTS_LEFT_OUT = new Map([
  ['SecuritySettings.sessionSettings.sessionTimeout', 'crates/facts/src/session.rs'],
  ['ExternalDataSource.type', 'theirs lacks what files have, such as SfdcOrg'],
  ['LightningOutApp.runtime', 'nothing about sessions'],
  ['MyDomainSettings.domainPartition', 'written by Salesforce'],
  ['MyDomainSettings.myDomainSuffix', 'written by Salesforce'],
  ['Network.networkPageOverrides', 'pages of sites, nothing about sessions'],
]);

const repository = path.resolve(import.meta.dirname ?? path.dirname(new URL(import.meta.url).pathname), '..');
const folder = mkdtempSync(path.join(tmpdir(), 'metadata-types-'));
let isMissing = false;

try {
  const [types = PINNED.types, sdr = PINNED.sdr] = process.argv.slice(2);
  const ours = JSON.parse(
    execFileSync('cargo', ['run', '--quiet', '--example', 'metadata_tables'], {
      cwd: repository,
      encoding: 'utf8',
      maxBuffer: 1 << 28,
      stdio: ['ignore', 'pipe', 'inherit'],
    }),
  );
  const declared = declarations(types);
  const registry = registryOf(sdr);
  compareElements(ours, declared);
  compareValues(ours, declared);
  compareKinds(ours, registry);
  compareSuffixes(ours, registry);
  if (types !== PINNED.types) {
    added('metadata types', rootTypes(declarations(PINNED.types)), rootTypes(declared), `@salesforce/types ${types}`);
  }
  if (sdr !== PINNED.sdr) {
    const names = (all) => Object.values(all.types).map((type) => type.name);
    const of = `@salesforce/source-deploy-retrieve ${sdr}`;
    added('types', names(registryOf(PINNED.sdr)), names(registry), of);
    added('endings', endings(registryOf(PINNED.sdr)), endings(registry), of);
  }
  console.log(isMissing ? 'something is missing here' : `nothing of types ${types} and registry ${sdr} is missing here`);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
process.exitCode = isMissing ? 1 : 0;

/** Prints what is missing, one a line. */
function missing(title, lines) {
  if (lines.length > 0) {
    isMissing = true;
    console.log(`missing: ${title}\n${lines.map((line) => `  ${line}`).join('\n')}`);
  }
}

function added(title, before, after, of) {
  const known = new Set(before);
  const lines = [...new Set(after)].filter((name) => !known.has(name)).sort();
  console.log(`added by ${of}: ${lines.length} ${title}${lines.map((line) => `\n  ${line}`).join('')}`);
}

/** A file of a package, from the registry. */
function fileOf(name, version, file) {
  const spec = `${name}@${version}`;
  const packed = execFileSync('npm', ['pack', '--silent', '--pack-destination', folder, spec], {
    cwd: folder,
    encoding: 'utf8',
  });
  const archive = path.join(folder, packed.trim().split('\n').at(-1));
  execFileSync('tar', ['-xzf', archive, '-C', folder, `package/${file}`]);
  return readFileSync(path.join(folder, 'package', file), 'utf8');
}

function registryOf(version) {
  return JSON.parse(fileOf('@salesforce/source-deploy-retrieve', version, 'lib/src/registry/metadataRegistry.json'));
}

/** Objects (base and fields by name) and closed lists of values, by the name of their type. */
function declarations(version) {
  const objects = new Map();
  const lists = new Map();
  let open;
  for (const line of fileOf('@salesforce/types', version, 'lib/metadata.d.ts').split('\n')) {
    const head = /^export type (\w+) = (?:(\w+) & )?\{$/.exec(line);
    const list = /^export type (\w+) = ('.*);$/.exec(line);
    const field = /^ {4}(\w+)\??: ([\w$]+)(\[\])?(?: \| null)?;$/.exec(line);
    if (head) {
      open = { base: head[2], fields: new Map() };
      objects.set(head[1], open);
    } else if (list) {
      lists.set(list[1], [...list[2].matchAll(/'([^']*)'/g)].map((match) => match[1]));
    } else if (field && open) {
      open.fields.set(field[1], field[2]);
    } else if (line === '};') {
      open = undefined;
    }
  }
  return { objects, lists };
}

function rootTypes({ objects }) {
  return [...objects].filter(([, object]) => object.base === 'Metadata').map(([name]) => name);
}

/** The fields of an object, those of its bases too. */
function fieldsOf({ objects }, name) {
  const object = objects.get(name);
  if (!object || name === 'Metadata') return new Map();
  const own = object.base ? [...fieldsOf({ objects }, object.base), ...object.fields] : [...object.fields];
  return new Map(own.filter(([field]) => field !== 'fullName'));
}

/** Every leaf and every element that holds elements, by its path below the root; a type in itself is not entered. */
function paths(declared, type, above = '', within = [type]) {
  const found = new Map();
  for (const [field, of] of fieldsOf(declared, type)) {
    const at = above + field;
    found.set(at, of);
    if (declared.objects.has(of) && !within.includes(of)) {
      for (const [below, value] of paths(declared, of, `${at}.`, [...within, of])) found.set(below, value);
    }
  }
  return found;
}

/** Whether an element, or one above it, is in a list of those that are left out. */
function isLeftOut(list, name) {
  return [...list.keys()].some((one) => name === one || name.startsWith(`${one}.`));
}

function compareElements(ours, declared) {
  const absent = [];
  let older = 0;
  let leftOut = 0;
  const unknown = [];
  for (const kind of ours.kinds) {
    if (!declared.objects.has(kind.name)) {
      unknown.push(kind.name);
      continue;
    }
    const theirs = paths(declared, kind.name);
    const own = new Set(kind.fields);
    for (const at of theirs.keys()) {
      const isKept = !kind.keeps || kind.keeps.includes(at.split('.')[0]);
      if (own.has(at) || isLeftOut(LEFT_OUT, `${kind.name}.${at}`)) continue;
      if (isKept) absent.push(`${kind.name}.${at}`);
      else leftOut += 1;
    }
    older += kind.fields.filter((at) => !theirs.has(at)).length;
  }
  missing('elements', absent);
  const names = unknown.length > 0 ? `; kinds that they do not have: ${unknown.join(', ')}` : '';
  console.log(`elements: ${older} only here, ${leftOut} that keep-lists leave out${names}`);
}

function compareValues(ours, declared) {
  const absent = [];
  let older = 0;
  const open = [];
  for (const { kind, path: at, values } of ours.enumerations) {
    const type = paths(declared, kind).get(at);
    const theirs = declared.lists.get(type);
    if (!theirs) {
      open.push(`${kind}.${at}`);
      continue;
    }
    const own = new Set(values);
    absent.push(...theirs.filter((value) => !own.has(value)).map((value) => `${kind}.${at}: ${value}`));
    older += values.filter((value) => !theirs.includes(value)).length;
  }
  missing('values', absent);
  console.log(`values: ${ours.enumerations.length} lists, ${older} values only here; no closed list there: ${open.join(', ') || 'none'}`);

  // Closed lists of theirs under elements that are kept, for which there is none here.
  const known = new Set(ours.enumerations.map(({ kind, path: at }) => `${kind}.${at}`));
  const without = [];
  for (const kind of ours.kinds) {
    for (const [at, type] of paths(declared, kind.name)) {
      const isKept = kind.fields.includes(at);
      const name = `${kind.name}.${at}`;
      const isNew = !known.has(name) && !isLeftOut(LISTS_LEFT_OUT, name);
      if (isKept && declared.lists.has(type) && isNew) without.push(`${name}: ${declared.lists.get(type).join(', ')}`);
    }
  }
  missing('closed lists', without);
}

function compareKinds(ours, registry) {
  const wrong = [];
  for (const kind of ours.kinds.filter((one) => !one.file)) {
    const type = Object.values(registry.types).find((one) => one.name === kind.name);
    if (!type) wrong.push(`${kind.name}: not in the registry`);
    else if (type.suffix !== kind.suffix) wrong.push(`${kind.name}: ends in ${type.suffix}, here in ${kind.suffix}`);
    else if (type.directoryName !== kind.folder) wrong.push(`${kind.name}: in ${type.directoryName}, here in ${kind.folder}`);
  }
  missing('kinds as the registry has them', wrong);
}

function endings(registry) {
  const all = new Set();
  // Children of a type have files of their own in source format alone, where `-meta.xml` tells what they are.
  for (const { suffix } of Object.values(registry.types)) if (suffix) all.add(suffix.toLowerCase());
  return [...all];
}

function compareSuffixes(ours, registry) {
  const own = new Set([...ours.suffixes, ...ours.kinds.map((kind) => kind.suffix.toLowerCase())]);
  const absent = endings(registry).filter((suffix) => !own.has(suffix) && !EVERYDAY.has(suffix));
  missing('endings', absent.sort());
}
