//! Work that is bounded by its input, counted in steps over the whole of a run: no clock.

use std::collections::HashMap;
use std::path::Path;

use sessionlint::check::{Plan, check};
use sessionlint::discover::Root;
use sessionlint::load::load;
use sessionlint::metadata::Inputs;
use sessionlint::rule::{Catalog, Preset};
use sessionlint::steps;
use sessionlint::tree::Memory;
use sessionlint::trial::AS_OF;
use sessionlint::view::Shapes;

const NS: &str = "xmlns=\"http://soap.sforce.com/2006/04/metadata\"";

/// The findings of addresses that are not let in, and the steps to find them: all but one are.
fn found(apps: usize, addresses: usize) -> (usize, u64) {
    let app = |index: usize| {
        let text = format!(
            "<ConnectedApp {NS}><label>Sync {index}</label><oauthConfig><callbackUrl>https://erp.example.com/\
             </callbackUrl><certificate>x</certificate><scopes>Api</scopes></oauthConfig><oauthPolicy><ipRelaxation>\
             ENFORCE</ipRelaxation></oauthPolicy></ConnectedApp>"
        );
        (format!("force-app/connectedApps/A{index}.connectedApp-meta.xml"), text.into_bytes())
    };
    let profile = format!(
        "<Profile {NS}><loginIpRanges><startAddress>198.18.0.0</startAddress><endAddress>198.19.255.255\
         </endAddress></loginIpRanges></Profile>"
    );
    let files =
        (0..apps).map(app).chain([("force-app/profiles/Sync.profile-meta.xml".to_owned(), profile.into_bytes())]);
    let mut inputs = Inputs::on(AS_OF);
    inputs.egress = (1..addresses).map(|it| format!("198.18.{}.{}", it / 250, it % 250).parse().unwrap()).collect();
    inputs.egress.push("203.0.113.7".parse().unwrap());
    let project = load(&Root::in_memory(Path::new("x"), Memory::of("x", files)), inputs).project;
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let rules = vec![catalog.get("oauth/egress-not-allowed").unwrap()];
    let plan = Plan { rules, presets: Preset::ALL.to_vec(), options: HashMap::new(), severities: HashMap::new() };
    let (outcome, steps) = steps::of(|| check(&project, &plan));
    assert!(outcome.findings.iter().all(|it| it.message.contains("203.0.113.7")), "{:?}", outcome.findings);
    (outcome.findings.len(), steps)
}

#[test]
fn apps_and_addresses_are_not_each_compared() {
    let (few, few_steps) = found(10, 100);
    let (many, many_steps) = found(40, 400);
    assert_eq!((few, many), (10, 40));
    assert!(few_steps > 0 && many_steps <= 6 * few_steps, "{few_steps} {many_steps}");
}
