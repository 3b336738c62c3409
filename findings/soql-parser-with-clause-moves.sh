#!/usr/bin/env bash
# @jetstreamapp/soql-parser-js 6.3.1
# SOQL wants `WITH USER_MODE` (or SECURITY_ENFORCED, or a data category) before GROUP BY, ORDER BY and LIMIT. The parser
# knows that order, the composer writes the clause last: a query that is parsed and composed again, as `formatQuery`
# does too, is refused by the package's own parser, and by an org.
# Seen: `... WHERE Name = 'a' WITH USER_MODE ORDER BY Id LIMIT 1` comes back as `... ORDER BY Id LIMIT 1 WITH USER_MODE`.
# Fails when the clause keeps its place. Run by hand, outside CI; it needs Node and npm.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
npm init --yes >/dev/null
npm install --no-audit --no-fund --loglevel=error @jetstreamapp/soql-parser-js@6.3.1 >/dev/null
cat >again.js <<'J'
const { parseQuery, composeQuery, formatQuery, isQueryValid } = require('@jetstreamapp/soql-parser-js');
const query = "SELECT Id FROM Account WHERE Name = 'a' WITH USER_MODE ORDER BY Id LIMIT 1";
const again = composeQuery(parseQuery(query));
console.log(isQueryValid(query), query);
console.log(isQueryValid(again), again);
console.log(isQueryValid(formatQuery(query)), 'formatted');
J
seen=$(node again.js)
printf '%s\n' "$seen"
[ "$seen" = "true SELECT Id FROM Account WHERE Name = 'a' WITH USER_MODE ORDER BY Id LIMIT 1
false SELECT Id FROM Account WHERE Name = 'a' ORDER BY Id LIMIT 1 WITH USER_MODE
false formatted" ]
