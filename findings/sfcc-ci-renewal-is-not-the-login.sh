#!/usr/bin/env bash
# sfcc-ci 2.13.0
# Salesforce's command line for B2C Commerce keeps the id and the secret of the client for renewals (`--renew`). It joins
# them with a colon and later cuts them at every colon: of a secret with a colon, the renewal sends what stands before
# it. The host of the login (`--authserver`) is not kept at all. The renewal goes to Salesforce's own host, with the
# client, the secret and the refresh token of the other one. The login works in both cases, and the job fails when its
# first token ends, with an error about the client.
# Seen: the login sends `top:secret` to am.example.com, the renewal sends `top` to account.demandware.com.
# Fails when the renewal sends what the login sent. Run by hand, outside CI; it needs npm, and asks no server.
set -euo pipefail
. "$(dirname "$0")/lib/node.sh" sfcc-ci@2.13.0
cat >instead.js <<'JS'
// Takes the place of the HTTP client: prints a token request, and answers it.
const post = ({ uri, auth, form }, callback) => {
  console.log(form.grant_type, new URL(uri).host, auth.user, decodeURIComponent(auth.pass), form.refresh_token ?? 'none');
  callback(null, { statusCode: 200, body: { access_token: 'token', refresh_token: 'refresh' } });
};
require.cache[require.resolve('request')] = { loaded: true, exports: { post } };
JS
cli() { HOME=$work XDG_CONFIG_HOME=$work node_modules/.bin/node --require ./instead.js node_modules/sfcc-ci/cli.js "$@"; }
seen=$(
    cli client:auth app top:secret ann@example.com password --authserver am.example.com --renew
    cli client:auth:renew
)
printf '%s\n' "$seen"
[ "$seen" = 'password am.example.com app top:secret none
Authentication succeeded Auto-renewal enabled.
refresh_token account.demandware.com app top refresh
Authentication renewal succeeded' ]
