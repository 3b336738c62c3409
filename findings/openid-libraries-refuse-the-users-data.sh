#!/usr/bin/env bash
# oic 1.7.0, idpyoidc 5.0.0 and openidconnect 4.0.1 (crate)
# Salesforce's endpoint for a user's data (`userinfo`) is reported to give `updated_at` as a text with date and time.
# OpenID Connect wants a number of seconds (Core 1.0, Standard Claims). These libraries read the whole answer or
# nothing: for a text in this claim, which hardly any application uses, each raises an error, and there is no name and
# no `sub` to log the user in with. A login that works with other providers, and with Salesforce up to the token, ends
# there. The crate has a feature that accepts the text; in the Python packages we found no switch for it.
# Seen: the same answer is read with a number and without the claim; with `2026-03-12T08:00:00Z` all three refuse it,
# and the crate with `accept-rfc3339-timestamps` reads it.
# Fails when the text is accepted. Run by hand, outside CI; it needs Python, pip and Rust, and asks no server.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
python3 -m venv python
python/bin/pip install --quiet --disable-pip-version-check oic==1.7.0 idpyoidc==5.0.0
cat >answers.py <<'P'
import json

user = '00D000000000001AAA/005000000000001AAA'
about = {'sub': f'https://login.salesforce.com/id/{user}', 'name': 'Ann Example', 'email': 'ann@example.com'}
answers = {
    'text': about | {'updated_at': '2026-03-12T08:00:00Z'},
    'number': about | {'updated_at': 1773302400},
    'nothing': about,
}
for name, answer in answers.items():
    with open(f'{name}.json', 'w') as file:
        json.dump(answer, file)
P
cat >run.py <<'P'
import pathlib

import idpyoidc.message.oidc
import oic.oic.message
from oic.exception import PyoidcError

for kind in (oic.oic.message.OpenIDSchema, idpyoidc.message.oidc.OpenIDSchema):
    for name in ('text', 'number', 'nothing'):
        try:
            said = kind().from_json(pathlib.Path(f'{name}.json').read_text())['name']
        except (ValueError, PyoidcError) as error:
            said = f'{type(error).__name__}: {error}'
        print(f'{kind.__module__.split(".")[0]}, {name}: {said}')
P
cargo init --quiet --name tried --bin .
printf '%s\n' 'openidconnect = { version = "=4.0.1", default-features = false }' \
    '[features]' 'accept = ["openidconnect/accept-rfc3339-timestamps"]' >>Cargo.toml
cat >src/main.rs <<'R'
use openidconnect::core::CoreUserInfoClaims;

fn main() {
    for name in ["text", "number", "nothing"] {
        let answer = std::fs::read(format!("{name}.json")).unwrap();
        let said = match CoreUserInfoClaims::from_json::<std::io::Error>(&answer, None) {
            Ok(claims) => claims.name().unwrap().get(None).unwrap().to_string(),
            Err(error) => error.to_string(),
        };
        println!("openidconnect, {name}: {said}");
    }
}
R
python/bin/python answers.py
seen=$(
    python/bin/python run.py
    cargo run --quiet
    cargo run --quiet --features accept
)
printf '%s\n' "$seen"
[ "$seen" = 'oic, text: ParameterError: "2026-03-12T08:00:00Z", wrong type of value for "updated_at"
oic, number: Ann Example
oic, nothing: Ann Example
idpyoidc, text: ValueError: "2026-03-12T08:00:00Z", wrong type of value for "updated_at"
idpyoidc, number: Ann Example
idpyoidc, nothing: Ann Example
openidconnect, text: Failed to parse server response
openidconnect, number: Ann Example
openidconnect, nothing: Ann Example
openidconnect, text: Ann Example
openidconnect, number: Ann Example
openidconnect, nothing: Ann Example' ]
