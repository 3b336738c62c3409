#!/usr/bin/env bash
# @salesforce/source-deploy-retrieve 13.7.0
# A character class in .forceignore knows no negation: `[!A]*` and `[^A]*`, which in .gitignore spare what begins with
# A, hide exactly what begins with A (or with the sign itself) and spare the rest.
# Seen: with `**/[!A]*.profile-meta.xml`, Admin is hidden and Sales is deployed.
# Fails when the library no longer does this. Run by hand, outside CI; it needs npm and installs into a temporary folder.
set -euo pipefail
. "$(dirname "$0")/lib/sdr.sh"

mkdir -p force-app/profiles
printf '%s\n' '**/[!A]*.profile-meta.xml' >.forceignore
cat >run.js <<'JS'
const path = require('node:path');
const { ForceIgnore } = require('@salesforce/source-deploy-retrieve');
const ignore = ForceIgnore.findAndCreate(path.resolve('force-app'));
const hidden = (name) => ignore.denies(path.resolve('force-app/profiles', `${name}.profile-meta.xml`));
console.log(`Admin ${hidden('Admin')}, Sales ${hidden('Sales')}`);
JS
seen=$(NODE_NO_WARNINGS=1 node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'Admin true, Sales false' ]
