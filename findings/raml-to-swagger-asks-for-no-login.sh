#!/usr/bin/env bash
# raml-to-swagger 1.1.0 (with raml-parser 0.8.18)
# The package converts RAML, the format in which MuleSoft describes interfaces, to Swagger. How an interface is logged
# in to (`securitySchemes`) it takes over, and where that is needed (`securedBy`) it does not: no operation and not the
# whole names a scheme, which in Swagger means that none is needed. A client that is made from the file sends no token.
# An operation below a parameter in the path, without a parameter of its own, gets `null` as a second parameter, which
# Swagger does not allow.
# Seen: an interface with OAuth 2.0 for everything: its scheme is in the Swagger file, and neither the file nor one of
# the two operations asks for it; the second has the parameters `id` and null.
# Fails when a scheme is asked for. Run by hand, outside CI; it needs npm.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" raml-to-swagger@1.1.0 raml-parser@0.8.18
cat >orders.raml <<'R'
#%RAML 0.8
title: Orders
version: v1
baseUri: https://api.example.com
securitySchemes:
  - login:
      type: OAuth 2.0
      settings:
        authorizationUri: https://login.example.com/authorize
        accessTokenUri: https://login.example.com/token
        authorizationGrants: [ code ]
        scopes: [ api ]
securedBy: [ login ]
/orders:
  get:
    responses:
      200: { description: All orders }
  /{id}:
    delete:
      responses:
        204: { description: It is gone }
R
cat >run.js <<'JS'
const { loadFile } = require('raml-parser');
const { convert } = require('raml-to-swagger');
loadFile('orders.raml').then((raml) => {
  const { paths, security, securityDefinitions } = convert(raml);
  console.log(`RAML: /orders is secured by ${raml.resources[0].methods[0].securedBy}`);
  console.log(`Swagger: ${Object.keys(securityDefinitions)} is defined, the file asks for ${security ?? 'nothing'}`);
  for (const [path, methods] of Object.entries(paths)) {
    for (const [method, { parameters = [], security: own }] of Object.entries(methods)) {
      const names = parameters.map((parameter) => parameter?.name ?? 'null').join(', ') || 'none';
      console.log(`${method} ${path} asks for ${own ?? 'nothing'}; parameters: ${names}`);
    }
  }
});
JS
seen=$(node_modules/.bin/node --no-deprecation run.js)
printf '%s\n' "$seen"
[ "$seen" = 'RAML: /orders is secured by login
Swagger: login is defined, the file asks for nothing
get /orders asks for nothing; parameters: none
delete /orders/{id} asks for nothing; parameters: id, null' ]
