#!/usr/bin/env bash
# @salesforce/types 1.9.0 with TypeScript 5.9.3; the adapters as @aurahelper/xml-definitions 2.0.1 names them
# The type of an external data source is a closed list in Salesforce's declarations of metadata. It holds names such as
# outgoingemail and SelectableEmailAddressView, and none of the adapters that an admin chooses from: OData, OData4, the
# cross-org adapter SfdcOrg. A program that is checked against it cannot write or compare the type of a data source that
# was just retrieved.
# Seen: SfdcOrg, OData and OData4 are refused by the compiler (TS2322 and TS2367), outgoingemail passes.
# Fails when one of the three is accepted. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @salesforce/types@1.9.0 typescript@5.9.3 @aurahelper/xml-definitions@2.0.1
names=node_modules/@aurahelper/xml-definitions/dist/definitions/externalDataSource.js
seen=''
for adapter in SfdcOrg OData OData4 outgoingemail; do
  grep -q "'$adapter'" "$names" || { echo "$adapter is no name of an adapter there"; exit 1; }
  cat >source.ts <<T
import type { ExternalDataSource } from '@salesforce/types/metadata';

export function isIt(source: ExternalDataSource): boolean {
  return source.type === '$adapter';
}
export const type: ExternalDataSource['type'] = '$adapter';
T
  errors=$(node_modules/.bin/node node_modules/typescript/bin/tsc --noEmit --strict --module nodenext --skipLibCheck source.ts |
    grep -oE 'TS[0-9]+' | sort | tr '\n' ' ' || true)
  seen+="$adapter: ${errors:-accepted}"$'\n'
done
printf '%s' "$seen"
expected='SfdcOrg: TS2322 TS2367 
OData: TS2322 TS2367 
OData4: TS2322 TS2367 
outgoingemail: accepted
'
[[ $seen == "$expected" ]]
