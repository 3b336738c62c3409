#!/usr/bin/env bash
# rustforce 0.2.2 (crate)
# An org answers a long query in pages, and names the next one in `nextRecordsUrl`. In other clients `query` gives one
# page and `query_all` all of them. In this crate `query_all` gives the first page, too, and with it the records that were
# deleted and archived, since it asks another resource of the org, `queryAll`. A program that goes from `query` to
# `query_all` for the rest of the records gets no more of those, but others that nobody has any more. The rest cannot be
# had by either: the answer's type has `done` and `total_size`, and leaves the address of the next page out.
# Seen: of three users in the org on two pages and one that was deleted, `query` gives ann and bob, `query_all` ann and the
# deleted dan, each with `done` false; the second page is not asked for.
# Fails when `query_all` gives the three. Run by hand, outside CI; it needs Rust and a C compiler with OpenSSL's headers,
# and the server is local.
set -euo pipefail
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cd "$work"
cargo init --quiet --name tried --bin .
printf '%s\n' 'rustforce = "=0.2.2"' 'serde = { version = "1", features = ["derive"] }' \
    'tokio = { version = "1", features = ["rt-multi-thread", "macros"] }' >>Cargo.toml
cat >src/main.rs <<'R'
use rustforce::response::QueryResponse;
use std::io::{Read, Write};
use std::net::{TcpListener, TcpStream};

#[derive(serde::Deserialize, Debug)]
#[serde(rename_all = "PascalCase")]
struct User {
    name: String,
}

/// An org with pages of two. It answers one request for each connection.
fn answer(mut stream: TcpStream) {
    let mut head = [0; 4096];
    let read = stream.read(&mut head).unwrap();
    let path = String::from_utf8_lossy(&head[..read]).split(' ').nth(1).unwrap().to_string();
    let (names, size) = if path.contains("/queryAll/") { (["ann", "dan"], 4) } else { (["ann", "bob"], 3) };
    let records = names.map(|name| format!(r#"{{"Name": "{name}"}}"#)).join(", ");
    let body = format!(
        r#"{{"totalSize": {size}, "done": false, "nextRecordsUrl": "{}-2", "records": [{records}]}}"#,
        path.split('?').next().unwrap()
    );
    println!("{}", path.split("v44.0").nth(1).unwrap().split('?').next().unwrap());
    let length = body.len();
    write!(
        stream,
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: {length}\r\nConnection: close\r\n\r\n{body}"
    )
    .unwrap();
}

#[tokio::main]
async fn main() {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let address = format!("http://{}", listener.local_addr().unwrap());
    std::thread::spawn(move || listener.incoming().for_each(|stream| answer(stream.unwrap())));
    let mut client = rustforce::Client::new(None, None);
    client.set_instance_url(&address).set_access_token("session");
    let query = "SELECT Name FROM User";
    show(client.query(query).await.unwrap());
    show(client.query_all(query).await.unwrap());
}

fn show(answer: QueryResponse<User>) {
    let names = answer.records.iter().map(|user| user.name.as_str()).collect::<Vec<_>>();
    println!("  {} of {}, done {}", names.join(", "), answer.total_size, answer.done);
}
R
seen=$(cargo run --quiet)
printf '%s\n' "$seen"
[ "$seen" = '/query/
  ann, bob of 3, done false
/queryAll/
  ann, dan of 4, done false' ]
