//! Named credentials that Apex calls, as far as their names are literals.
//!
//! Refuses to know what a credential contains; it only checks whether the project has one of that name.

use std::cell::OnceCell;
use std::collections::HashMap;

use super::web::Web;
use super::{At, Certainty, Fact, Placed, at, spot};
use crate::lookup::Names;
use sessionlint_apex::graph::MethodAt;
use sessionlint_apex::{Kinds, LiteralKind, Point, Role, Unit};
use sessionlint_project::metadata::Project;
use sessionlint_source::Span;

/// A named credential in a literal.
#[derive(Debug)]
pub(crate) struct ApexCredentialUse {
    at: At,
    /// Its name.
    pub(crate) credential: Fact<String>,
    pub(super) is_resolved: Option<bool>,
    pub(super) is_type_in_project: bool,
    /// Whether something asynchronous calls it.
    pub(crate) is_async: bool,
    pub(super) entry: Fact<String>,
    pub(super) entry_kind: Option<&'static str>,
}

by_field!(Placed, at: At, ApexCredentialUse);

impl ApexCredentialUse {
    /// Whether all of its statement fits the grammar.
    pub(crate) fn is_sure(&self) -> bool {
        self.at.confidence != "low"
    }

    /// The method that names it, at the literal.
    pub(crate) fn user(&self) -> Fact<String> {
        Fact { value: self.at.method.value.clone(), place: self.credential.place }
    }
}

/// All uses, in the order of the files.
pub(super) fn uses(project: &Project, web: &Web<'_>) -> Vec<ApexCredentialUse> {
    let mut all = Vec::new();
    let names = Names::of(project);
    let is_type_in_project = names.has_type("NamedCredential");
    for (index, unit) in web.units() {
        let callers = OnceCell::new();
        for it in unit.literals.iter().filter(|it| it.what == LiteralKind::Credential) {
            let Some(method) = it.method.map(|method| MethodAt { unit: index, method }) else { continue };
            let step = Point {
                span: it.span,
                repeated_by: None,
                is_per_chunk: false,
                kinds: Kinds::ALL,
                is_doubtful: it.is_doubtful,
            };
            // A constant runs where the methods of its class do.
            let itself = [method];
            let users = if web.graph.method(method).role == Role::Initializer {
                let callers = callers.get_or_init(|| callers_by_endpoint(index, unit));
                callers.get(&it.span).map(Vec::as_slice).unwrap_or_default()
            } else {
                &itself
            };
            let later = users.iter().find_map(|user| web.nearest(*user, &step, |entry| !entry.is_sync()));
            let ways = users.iter().filter_map(|user| web.nearest(*user, &step, |_| true));
            let shown = later.or_else(|| ways.min_by_key(|(_, reached)| reached.path.len()));
            let chain = shown.map(|way| web.chain(way)).unwrap_or_default();
            all.push(ApexCredentialUse {
                at: at(project, web, method, Certainty::High.unless(it.is_doubtful)),
                is_resolved: names.is_resolved("NamedCredential", &it.text),
                is_type_in_project,
                is_async: later.is_some(),
                credential: spot(unit, it.span, it.text.clone()),
                entry: chain.entry,
                entry_kind: chain.kind,
            });
        }
    }
    all
}

/// The methods of a unit whose callouts go to a literal, by its place.
fn callers_by_endpoint(unit: u32, code: &Unit) -> HashMap<Span, Vec<MethodAt>> {
    let mut callers: HashMap<Span, Vec<MethodAt>> = HashMap::new();
    for (method, it) in (0u32..).zip(&code.methods) {
        let at = MethodAt { unit, method };
        for (literal, _) in &it.endpoints {
            let all = callers.entry(*literal).or_default();
            if all.last() != Some(&at) {
                all.push(at);
            }
        }
    }
    callers
}
