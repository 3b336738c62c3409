#!/usr/bin/env bash
# @salesforce/code-analyzer-regex-engine 0.33.0 (with @salesforce/code-analyzer-core 0.52.0)
# Salesforce's Code Analyzer has a recommended rule against API versions of three and more years ago in the files of a
# project, AvoidOldSalesforceApiVersions, of the second highest severity. Which version that is, it works out from the
# date. January belongs to the Winter release, which came out in the year before; the rule counts it as the Winter
# release of its own year. For all of January the limit is a year too high, and on 1 February it falls back. A pipeline
# that fails on new findings passes in December, fails in January without a change in the project, and passes again in
# February; who raises the versions for it, as those of the endpoints of outbound messages, has changed what worked.
# Seen: versions up to 59 are reported on 31 December 2026, up to 62 on 1 and 31 January 2027, up to 60 on 1 February.
# Fails when the limit does not fall. Run by hand, outside CI; it needs npm, and the date is set within the script.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/code-analyzer-core@0.52.0 @salesforce/code-analyzer-regex-engine@0.33.0
cat >run.mjs <<'JS'
import fs from 'node:fs';
import core from '@salesforce/code-analyzer-core';
import engine from '@salesforce/code-analyzer-regex-engine';

const versions = [57, 58, 59, 60, 61, 62, 63];
fs.mkdirSync('workflows');
for (const version of versions) {
  const message = `<apiVersion>${version}.0</apiVersion>`;
  fs.writeFileSync(
    `workflows/V${version}.workflow-meta.xml`,
    '<?xml version="1.0" encoding="UTF-8"?>\n<Workflow xmlns="http://soap.sforce.com/2006/04/metadata">\n' +
      `    <outboundMessages>\n        ${message}\n    </outboundMessages>\n</Workflow>\n`,
  );
}
const RealDate = Date;
let today;
globalThis.Date = class extends RealDate {
  constructor(...given) {
    super(...(given.length ? given : [today]));
  }
};
for (const day of ['2026-12-31', '2027-01-01', '2027-01-31', '2027-02-01']) {
  today = `${day}T12:00:00Z`;
  const analyzer = new core.CodeAnalyzer(core.CodeAnalyzerConfig.withDefaults());
  await analyzer.addEnginePlugin(engine.createEnginePlugin());
  const workspace = await analyzer.createWorkspace(['workflows']);
  const rules = await analyzer.selectRules(['AvoidOldSalesforceApiVersions'], { workspace });
  const violations = (await analyzer.run(rules, { workspace })).getViolations();
  const files = violations.map((violation) => violation.getPrimaryLocation().getFile());
  const reported = versions.filter((version) => files.some((file) => file.endsWith(`V${version}.workflow-meta.xml`)));
  console.log(`${day}: ${reported.join(' ')}`);
}
JS
seen=$(HOME=$work NODE_NO_WARNINGS=1 node_modules/.bin/node run.mjs)
printf '%s\n' "$seen"
[ "$seen" = "2026-12-31: 57 58 59
2027-01-01: 57 58 59 60 61 62
2027-01-31: 57 58 59 60 61 62
2027-02-01: 57 58 59 60" ]
