#!/usr/bin/env bash
# dwupload 3.8.2 (with dwdav 3.5.1)
# The tool uploads a cartridge, a part of a shop's code, to Commerce Cloud: it packs it, deletes the cartridge that is
# there, sends the archive and has it unpacked. When the server refuses the archive, the cartridge stays deleted: the
# command ends with an error, and where this code version is in use, the shop lacks a part. A disk without space or an
# archive that is too large is enough. If it were sent first and deleted then, nothing would be lost.
# Seen: the server has the cartridge; it refuses the archive with 507, the upload ends with status 1, and the server
# has none.
# Fails when the cartridge is there after a refusal. Run by hand, outside CI; it needs npm and openssl, and the server
# is local.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" dwupload@3.8.2
openssl req -x509 -newkey rsa:2048 -nodes -keyout key.pem -out cert.pem -days 2 -subj /CN=localhost 2>/dev/null
mkdir app_shop
echo 'exports.version = 2;' >app_shop/index.js
cat >run.js <<'JS'
const { execFile } = require('node:child_process');
const { readFileSync } = require('node:fs');
const https = require('node:https');

const base = '/on/demandware.servlet/webdav/Sites/Cartridges/version1/';
let cartridges;
let refused;
let asked;
const tls = { key: readFileSync('key.pem'), cert: readFileSync('cert.pem') };
const server = https.createServer(tls, (request, response) => {
  const name = request.url.replace(base, '');
  asked.push(`${request.method} ${name}`);
  request.resume().on('end', () => {
    response.statusCode = request.method === refused ? 507 : 204;
    if (request.method === 'DELETE') cartridges.delete(name);
    if (request.method === 'POST') cartridges.add(name.replace('.zip', ''));
    response.end();
  });
});
server.listen(0, '127.0.0.1', async () => {
  const hostname = `127.0.0.1:${server.address().port}`;
  const flags = ['--hostname', hostname, '--username', 'ci', '--password', 'password', '--cartridge', 'app_shop'];
  for (refused of [undefined, 'PUT']) {
    cartridges = new Set(['app_shop']);
    asked = [];
    const error = await new Promise((done) => execFile('node_modules/.bin/dwupload', flags, done));
    console.log(`${refused ? 'refused' : 'accepted'}: ${asked.join(', ')}; status ${error?.code ?? 0}`);
    console.log(`  the server has ${[...cartridges].join(', ') || 'no cartridge'}`);
  }
  server.close();
});
JS
seen=$(PATH=$work/node_modules/.bin:$PATH node_modules/.bin/node run.js)
printf '%s\n' "$seen"
[ "$seen" = 'accepted: DELETE app_shop, PUT app_shop.zip, POST app_shop.zip, DELETE app_shop.zip; status 0
  the server has app_shop
refused: DELETE app_shop, PUT app_shop.zip; status 1
  the server has no cartridge' ]
