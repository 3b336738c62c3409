//! Every rule page as one named test: its examples give exactly the reports that it prints.
//!
//! `UPDATE=1 cargo test --test rules` writes the reports into the pages; read the difference as prose.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::path::Path;

use libtest_mimic::{Arguments, Trial};
use sessionlint::facts::Shapes;
use sessionlint::rule::Catalog;
use sessionlint::rule_test;

fn main() {
    let arguments = Arguments::from_args();
    let update = std::env::var("UPDATE").is_ok_and(|value| value == "1");
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let (catalog, ids) = match Catalog::load_over(&folder, &Shapes) {
        Ok(loaded) => loaded,
        Err(error) => {
            let failed = move || Err(error.to_string().into());
            libtest_mimic::run(&arguments, vec![Trial::test("the pages load", failed)]).exit()
        }
    };
    // The pages are few and a trial needs the whole catalog, so it lives as long as the program.
    let catalog: &'static Catalog = Box::leak(Box::new(catalog));
    let trial_of = |id: String| {
        let name = format!("rules::{}", id.replace('/', "::"));
        Trial::test(name, move || {
            let tried = rule_test::test_pages(catalog, |rule| rule.id == id, update);
            let failures: Vec<String> = tried.into_iter().flat_map(|(_, failures)| failures).collect();
            if failures.is_empty() { Ok(()) } else { Err(failures.join("\n\n").into()) }
        })
    };
    libtest_mimic::run(&arguments, ids.into_iter().map(trial_of).collect()).exit();
}
