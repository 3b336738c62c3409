#!/usr/bin/env bash
# @aurahelper/xml-compressor 2.0.2 (with @aurahelper/languages 2.1.6 and @aurahelper/xml-definitions 2.0.1)
# The compressor writes each part of a metadata file into one line and sorts them, so that merges are easy; by its
# read-me it changes the format of any metadata file. It also changes what is in them. The scopes of a connected app
# become one element with commas, which is no scope. An element that its definitions do not have is left out: so are the
# principals of external credentials that a permission set or a profile grants, which its users need for callouts.
# An empty `loginHours`, which lifts a profile's login hours, is left out, too. A text of digits becomes a number: a code
# in custom metadata loses its zeros. Nothing is reported, and the file in the project is overwritten.
# Seen: of four files each is compressed and has one of these changes.
# Fails when one of the four keeps what it says. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" \
    @aurahelper/xml-compressor@2.0.2 @aurahelper/languages@2.1.6 @aurahelper/xml-definitions@2.0.1
cat >run.js <<'JS'
const fs = require('node:fs');
const { XMLCompressor } = require('@aurahelper/xml-compressor');

const access = '<enabled>true</enabled><externalCredentialPrincipal>Billing-Sync</externalCredentialPrincipal>';
const xsi = 'xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance" xmlns:xsd="http://www.w3.org/2001/XMLSchema"';
const files = {
  'Sync.connectedApp': [
    'ConnectedApp',
    '<label>Sync</label><oauthConfig><callbackUrl>https://sync.example.com</callbackUrl>' +
      '<scopes>Api</scopes><scopes>RefreshToken</scopes></oauthConfig>',
  ],
  'Sync.permissionset': [
    'PermissionSet',
    `<externalCredentialPrincipalAccesses>${access}</externalCredentialPrincipalAccesses><label>Sync</label>` +
      '<userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>',
  ],
  'Sync.profile': ['Profile', '<custom>true</custom><loginHours></loginHours><userLicense>Salesforce</userLicense>'],
  'Tenant.Main.md': [
    'CustomMetadata',
    '<label>Main</label><protected>false</protected>' +
      '<values><field>Code__c</field><value xsi:type="xsd:string">0012</value></values>',
  ],
};
for (const [name, [root, text]] of Object.entries(files)) {
  const file = `${name}-meta.xml`;
  const ns = `xmlns="http://soap.sforce.com/2006/04/metadata"${root === 'CustomMetadata' ? ` ${xsi}` : ''}`;
  fs.writeFileSync(file, `<?xml version="1.0" encoding="UTF-8"?>\n<${root} ${ns}>${text}</${root}>\n`);
  new XMLCompressor(file).compressSync();
  const inside = fs.readFileSync(file, 'utf8').replace(/^[^]*?metadata"[^>]*>|<\/\w+>\s*$|\s*\n\s*/g, '');
  console.log(`${name}: ${inside}`);
}
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'Sync.connectedApp: <label>Sync</label><oauthConfig><callbackUrl>https://sync.example.com</callbackUrl><scopes>Api,RefreshToken</scopes></oauthConfig>
Sync.permissionset: <label>Sync</label><userPermissions><enabled>true</enabled><name>ApiEnabled</name></userPermissions>
Sync.profile: <custom>true</custom><userLicense>Salesforce</userLicense>
Tenant.Main.md: <label>Main</label><protected>false</protected><values><field>Code__c</field><value xsi:type="xsd:string">12</value></values>' ]
