#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# One line of .forceignore that gives no valid regular expression, here a character class whose range runs backwards,
# silently takes all lines of the file with it: what the other lines hide is deployed.
# Seen: `**/Admin.profile-meta.xml` hides the profile; with `[é-a]` below it, nothing is hidden and nothing warns.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

cat >run.js <<'JS'
const fs = require('node:fs');
const path = require('node:path');
const { ForceIgnore } = require('@salesforce/source-deploy-retrieve');
const hidden = (lines) => {
  const root = fs.mkdtempSync(path.join(process.cwd(), 'project-'));
  fs.mkdirSync(path.join(root, 'force-app'));
  fs.writeFileSync(path.join(root, '.forceignore'), lines.join('\n'));
  const ignore = ForceIgnore.findAndCreate(path.join(root, 'force-app'));
  try {
    return ignore.denies(path.join(root, 'force-app/Admin.profile-meta.xml'));
  } catch (error) {
    return error.name;
  }
};
const line = '**/Admin.profile-meta.xml';
console.log(`alone ${hidden([line])}, beside another ${hidden([line, '[é-a]'])}`);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js 2>&1)
printf '%s\n' "$seen"
[ "$seen" = 'alone true, beside another false' ]
