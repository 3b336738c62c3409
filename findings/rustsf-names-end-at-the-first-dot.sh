#!/usr/bin/env bash
# rustsf 0.1.1 (crate)
# The library builds deployments: files with `add`, deletions with `delete_post`. For the manifests it cuts each name
# at its first dot, so that `Token.cls` becomes `Token`. It does the same to the names of a deletion, which are no
# names of files: the field `Invoice__c.Code__c` is `Invoice__c` there, as each other field of the object is, and the
# record `Setting.Old` of custom metadata is `Setting`. The org is not asked to delete what was named, and may be asked
# for something that it has: of `Sales v2.1` the profile `Sales v2` is left. In the same library `org_id` of the client
# for REST gives the id of the user.
# Seen: of a deployment the class is named right, and the deletions are `Invoice__c` twice, `Setting` and `Sales v2`;
# after a login at the org 00D by the user 005 `org_id` is the id with 005.
# Fails when the field is named. Run by hand, outside CI; it needs Rust and Python, takes minutes to build, and the
# server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo init --quiet --name tried --bin .
printf '%s\n' 'rustsf = { version = "=0.1.1", features = ["metadata-api"] }' \
    'tokio = { version = "=1.47.1", features = ["macros", "rt-multi-thread"] }' >>Cargo.toml
cat >src/main.rs <<'R'
use std::io::{Read, Write};
use rustsf::{MetadataApi, RestApi, SalesforceCredentials};

/// Answers logins and deployments, and keeps the last deployment in a file.
fn serve(server: std::net::TcpListener, url: String) {
    for stream in server.incoming() {
        let mut stream = stream.unwrap();
        let mut asked = Vec::new();
        let mut part = [0; 65536];
        loop {
            let read = stream.read(&mut part).unwrap();
            asked.extend_from_slice(&part[..read]);
            let text = String::from_utf8_lossy(&asked).to_lowercase();
            let Some((head, _)) = text.split_once("\r\n\r\n") else {
                assert!(read > 0);
                continue;
            };
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            let length = length.map_or(0, |length| length.parse().unwrap());
            let start = asked.windows(4).position(|four| four == b"\r\n\r\n").unwrap() + 4;
            if read == 0 || asked.len() - start >= length {
                break;
            }
        }
        let answer = if asked.starts_with(b"POST /services/oauth2/token") {
            let id = format!("{url}/id/00D000000000001AAA/005000000000001AAA");
            format!(r#"{{"access_token":"session","instance_url":"{url}","id":"{id}"}}"#)
        } else {
            std::fs::write("deployment", &asked).unwrap();
            r#"{"id":"0Af000000000001AAA"}"#.to_string()
        };
        let head = format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\ncontent-length: {}", answer.len());
        write!(stream, "{head}\r\nconnection: close\r\n\r\n{answer}").unwrap();
    }
}

#[tokio::main]
async fn main() {
    let server = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", server.local_addr().unwrap());
    std::thread::spawn({
        let url = url.clone();
        move || serve(server, url)
    });
    let login = || SalesforceCredentials::client_credentials(url.clone(), "app", "secret");
    let api = MetadataApi::new(login()).await.unwrap();
    let mut request = api.new_deployment_request();
    request.add("ApexClass", "classes", "Token.cls", b"class Token {}", None, None).unwrap();
    request.delete_post("CustomField", vec!["Invoice__c.Code__c", "Invoice__c.Total__c"]);
    request.delete_post("CustomMetadata", vec!["Setting.Old"]);
    request.delete_post("Profile", vec!["Sales v2.1"]);
    let _ = api.deploy(request).await;
    let rest = RestApi::new(login()).await.unwrap();
    println!("org_id {}, user_id {}", rest.org_id().unwrap(), rest.user_id().unwrap());
}
R
cat >manifests.py <<'P'
import io
import re
import zipfile

body = open('deployment', 'rb').read()
archive = zipfile.ZipFile(io.BytesIO(body[body.index(b'PK\x03\x04'):]))
for name in ('package.xml', 'destructiveChangesPost.xml'):
    text = archive.read(name).decode()
    types = re.findall('<types>(.*?)</types>', text, re.DOTALL)
    for entry in sorted(types, key=lambda entry: re.search('<name>(.*)</name>', entry)[1]):
        members = ', '.join(re.findall('<members>(.*)</members>', entry))
        print(f'{name}, {re.search("<name>(.*)</name>", entry)[1]}: {members}')
P
seen=$(
    CARGO_PROFILE_DEV_DEBUG=0 CARGO_TARGET_DIR=$work/target cargo run --quiet
    python3 manifests.py
)
printf '%s\n' "$seen"
[ "$seen" = 'org_id 005000000000001AAA, user_id 005000000000001AAA
package.xml, ApexClass: Token
destructiveChangesPost.xml, CustomField: Invoice__c, Invoice__c
destructiveChangesPost.xml, CustomMetadata: Setting
destructiveChangesPost.xml, Profile: Sales v2' ]
