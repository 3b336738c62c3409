#!/usr/bin/env bash
# @salesforce/plugin-custom-metadata 2.1.30
# `sf cmdt generate records` makes a file of each row of a CSV file. The name of the file comes from the name in the row,
# and what is no letter from A to Z and no digit becomes `_`: `Billing (EU)` and `Billing-EU` are one file, and of names
# in another script nothing is left, so all of them are one. The command writes the rows over each other, and says that
# it created the records. An empty cell, where the field should get no value, becomes a value of a field `undefined`, and
# a name with `&` makes a file that is no XML; in a value the sign is escaped.
# Seen: of seven rows there are four files; the one with an empty cell has the field `undefined`, and that of `R&D` has
# the bare sign in its label. The command ends with status 0.
# Fails when each row has a file, or the command fails. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/plugin-custom-metadata@2.1.30
cat >cli.mjs <<'JS'
import { Config } from '@oclif/core';

const root = `${process.cwd()}/node_modules/@salesforce/plugin-custom-metadata`;
process.chdir('crm');
const cli = await Config.load({ root });
await cli.runCommand('cmdt:generate:records', ['--csv', 'hosts.csv', '--type-name', 'Host__mdt']);
JS
base=crm/force-app/main/default
mkdir --parents "$base/customMetadata" "$base/objects/Host__mdt/fields"
echo '{"packageDirectories":[{"path":"force-app","default":true}],"sourceApiVersion":"66.0"}' >crm/sfdx-project.json
field() {
    cat >"$base/objects/Host__mdt/fields/$1.field-meta.xml" <<XML
<?xml version="1.0" encoding="UTF-8"?>
<CustomField xmlns="http://soap.sforce.com/2006/04/metadata">
    <fullName>$1</fullName>
    <label>$1</label>
    <type>$2</type>
</CustomField>
XML
}
field Url__c Url
field Active__c Checkbox
cat >crm/hosts.csv <<'CSV'
Name,Url__c,Active__c
Billing (EU),https://one.example.com,true
Billing-EU,https://two.example.com,true
請求,https://three.example.com,true
販売,https://four.example.com,true
Склад,https://five.example.com,true
Search,https://six.example.com?a=1&b=2,
R&D,https://seven.example.com,true
CSV
export HOME=$work SF_DISABLE_LOG_FILE=true SF_DISABLE_TELEMETRY=true NODE_NO_WARNINGS=1
seen=$(
    status=0
    node_modules/.bin/node cli.mjs || status=$?
    echo "status $status"
    ls "$base/customMetadata"
    grep --only-matching '<field>undefined</field>' "$base/customMetadata/Host.Search.md-meta.xml" || true
    grep --only-matching 'https://six.*</value>' "$base/customMetadata/Host.Search.md-meta.xml"
    grep --only-matching '<label>.*' "$base/customMetadata/Host.R_D.md-meta.xml"
)
printf '%s\n' "$seen"
[ "$seen" = "Created custom metadata type records from 'hosts.csv' at 'force-app/main/default/customMetadata'.
status 0
Host..md-meta.xml
Host.Billing_EU.md-meta.xml
Host.R_D.md-meta.xml
Host.Search.md-meta.xml
<field>undefined</field>
https://six.example.com?a=1&amp;b=2</value>
<label>R&D</label>" ]
