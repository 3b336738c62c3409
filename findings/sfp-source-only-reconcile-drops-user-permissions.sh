#!/usr/bin/env bash
# @flxbl-io/sfp 39.2.2
# `profile:reconcile --sourceonly` removes from a profile what refers to components that the project does not have. User
# permissions are no components: by the help of the command, those listed in `ignoredPermissions` are removed. From a
# custom profile it removes all of them: the work is done in a thread that does not get the option, compares the
# permissions with an org that it does not have, and finds none. The profile is reported as `Cleaned`, and without a
# target folder the file in the project is overwritten. Later deployments to new orgs lack the permissions.
# Seen: a profile with login hours, a right on an object of the project and two user permissions, of which one is to be
# ignored, comes back with the login hours and the right on the object alone.
# Fails when ApiEnabled is kept. Run by hand, outside CI; it needs npm, and no org is asked.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @flxbl-io/sfp@39.2.2 node@24.21.0 >/dev/null
mkdir -p project/force-app/main/default/{profiles,objects/Invoice__c} project/out
cd project
cat >sfdx-project.json <<'J'
{
  "packageDirectories": [{ "path": "force-app", "default": true }],
  "sourceApiVersion": "66.0",
  "plugins": { "sfpowerkit": { "ignoredPermissions": ["ViewSetup"] } }
}
J
cat >force-app/main/default/objects/Invoice__c/Invoice__c.object-meta.xml <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<CustomObject xmlns="http://soap.sforce.com/2006/04/metadata">
    <label>Invoice</label>
</CustomObject>
X
cat >force-app/main/default/profiles/Sync.profile-meta.xml <<'X'
<?xml version="1.0" encoding="UTF-8"?>
<Profile xmlns="http://soap.sforce.com/2006/04/metadata">
    <custom>true</custom>
    <loginHours>
        <mondayEnd>1080</mondayEnd>
        <mondayStart>480</mondayStart>
    </loginHours>
    <objectPermissions>
        <allowRead>true</allowRead>
        <object>Invoice__c</object>
    </objectPermissions>
    <userLicense>Salesforce</userLicense>
    <userPermissions>
        <enabled>true</enabled>
        <name>ApiEnabled</name>
    </userPermissions>
    <userPermissions>
        <enabled>true</enabled>
        <name>ViewSetup</name>
    </userPermissions>
</Profile>
X
HOME=$work ../node_modules/.bin/node ../node_modules/.bin/sfp profile:reconcile \
    --sourceonly --targetorg sync@example.com --folder force-app --destfolder out >log 2>&1
seen=$(grep -o 'Cleaned *Sync' log | tr -s ' ' && sed -n 's/^    <\(\w*\)>$/\1/p' out/Sync.profile-meta.xml)
printf '%s\n' "$seen"
[ "$seen" = "Cleaned Sync
loginHours
objectPermissions" ]
