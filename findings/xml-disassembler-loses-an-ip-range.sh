#!/usr/bin/env bash
# xml-disassembler 2.5.1
# The package cuts large metadata files into one file for each grant, and puts them together again; by its read-me,
# content and structure are kept. A part without one of the elements that `uniqueIdElements` lists is named by a hash.
# It is that of the part's first element alone: two login IP ranges of a profile with the same `description`, which
# comes first there, get one name, and the second replaces the first, without a warning. The profile that is put
# together lacks a range, and an org that gets it new does not let its users in from there. With the option `postPurge`,
# as in pipelines, the original is gone. Ranges without a description are kept, and so is everything with the strategy
# `grouped-by-tag`. The package is deprecated in favour of config-disassembler.
# Seen: of two ranges called `Office` and one without a description two come back; with `grouped-by-tag` all three.
# Fails when all ranges come back. Run by hand, outside CI; it needs npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error xml-disassembler@2.5.1 node@24.21.0 >/dev/null
cat >run.mjs <<'J'
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { DisassembleXMLFileHandler, ReassembleXMLFileHandler } from 'xml-disassembler';

const range = (start, end, description = '') =>
  `    <loginIpRanges>\n${description && `        <description>${description}</description>\n`}` +
  `        <endAddress>${end}</endAddress>\n        <startAddress>${start}</startAddress>\n    </loginIpRanges>\n`;
const profile =
  '<?xml version="1.0" encoding="UTF-8"?>\n<Profile xmlns="http://soap.sforce.com/2006/04/metadata">\n' +
  range('192.0.2.1', '192.0.2.9', 'Office') + range('198.51.100.1', '198.51.100.9', 'Office') +
  range('203.0.113.1', '203.0.113.9') + '    <userLicense>Salesforce</userLicense>\n</Profile>\n';
const starts = (text) => [...text.matchAll(/<startAddress>(.*?)</g)].map(([, start]) => start).join(', ');
console.log(`written: ${starts(profile)}`);
for (const strategy of ['unique-id', 'grouped-by-tag']) {
  mkdirSync(strategy);
  const file = `${strategy}/Sales.profile-meta.xml`;
  writeFileSync(file, profile);
  await new DisassembleXMLFileHandler().disassemble({
    filePath: file, strategy, postPurge: true,
    uniqueIdElements: 'application,apexClass,name,flow,object,recordType,tab,field',
  });
  if (existsSync(file)) throw new Error('the original is still there');
  await new ReassembleXMLFileHandler().reassemble({ filePath: `${strategy}/Sales`, fileExtension: 'profile-meta.xml' });
  console.log(`${strategy}: ${starts(readFileSync(file, 'utf8'))}`);
}
J
seen=$(node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = 'written: 192.0.2.1, 198.51.100.1, 203.0.113.1
unique-id: 198.51.100.1, 203.0.113.1
grouped-by-tag: 192.0.2.1, 198.51.100.1, 203.0.113.1' ]
