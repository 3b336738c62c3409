#!/usr/bin/env bash
# @cparra/apex-reflection 2.24.3
# The package reads a class of Apex and gives its methods, fields and properties with their types, for documentation
# and for tools that check or generate code. In Apex `Id[]` and `List<Id>` are one type (Apex Developer Guide, Using
# Array Notation for One-Dimensional Lists). The package gives `Id` for the first, wherever it stands: a parameter, a
# result, a field. Nothing else in its answer tells the two apart, so a method for many records is documented as one
# for a single record. A method of a SOAP web service (`webservice`) without another keyword is private in the answer,
# and in truth global (the same guide, Considerations for Using the webservice Keyword): a list of what a class offers
# to the outside leaves it out.
# Seen: the brackets are gone in a field, a result and a parameter, and `List<Id>` stays as it is; of a global and a
# `webservice` method the second is private.
# Fails when the brackets are there or the method is not private. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" @cparra/apex-reflection@2.24.3
cat >run.js <<'JS'
const { reflect } = require('@cparra/apex-reflection');
const { methods, fields } = reflect(`
global class Access {
    public Id[] owners;
    global static Id[] grant(Id[] users, List<Id> sets, Id approver) { return null; }
    webservice static void revoke(Id user) {}
}`).typeMirror;
const type = ({ typeReference }) => typeReference.rawDeclaration;
for (const field of fields) console.log(`${field.access_modifier} ${type(field)} ${field.name}`);
for (const method of methods) {
  const parameters = method.parameters.map((parameter) => `${type(parameter)} ${parameter.name}`);
  console.log(`${method.access_modifier} ${type(method)} ${method.name}(${parameters.join(', ')})`);
}
JS
seen=$(node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'public Id owners
global Id grant(Id users, List<Id> sets, Id approver)
private void revoke(Id user)' ]
