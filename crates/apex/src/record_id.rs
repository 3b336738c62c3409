//! Names of variables with record ids, which are not taken for session ids or tokens.
//!
//! Goes by names within one file. Refuses to know sessions and tokens.

use std::collections::BTreeSet;

use super::body::Body;
use super::tree::{Kind, NodeId, Part, SyntaxTree};

/// Whether a name, in lower case, holds a record id somewhere in the file.
pub(super) fn is_record_id(body: &Body<'_, '_>, name: &str) -> bool {
    body.file.record_ids.get_or_init(|| record_ids(body)).contains(name)
}

/// The names of a file that hold record ids, in lower case: queries use them, records and `Id` values are made from
/// them, or they are assigned a record's id. Session ids are not used that way.
fn record_ids(body: &Body<'_, '_>) -> BTreeSet<String> {
    let tree = body.tree;
    let mut names = BTreeSet::new();
    for id in tree.all() {
        let word = |node: Option<NodeId>| {
            let node = tree.bare(node?);
            let name = match tree.kind(node) {
                Kind::Identifier => node,
                Kind::FieldAccess => tree.part(node, Part::Element)?,
                _ => return None,
            };
            Some(tree.lower(name).to_owned())
        };
        match tree.kind(id) {
            Kind::Query => names.extend(bound(tree.lower(id))),
            _ if tree.is_string(id) && tree.lower(id).contains("where ") => names.extend(bound(tree.lower(id))),
            Kind::Declarator if tree.part(id, Part::Value).is_some_and(|value| gives_record_id(tree, value)) => {
                names.extend(word(tree.part(id, Part::Name)));
            }
            Kind::Assignment => {
                let (left, right) = (tree.part(id, Part::Left), tree.part(id, Part::Right));
                if right.is_some_and(|right| gives_record_id(tree, right)) {
                    names.extend(word(left));
                } else if left.is_some_and(|left| {
                    let left = tree.lower(left);
                    left.rsplit('.').next() == Some("id")
                }) {
                    names.extend(word(right));
                }
            }
            Kind::Cast if tree.part(id, Part::Type).is_some_and(|ty| tree.lower(ty) == "id") => {
                names.extend(word(tree.part(id, Part::Value)));
            }
            Kind::Call if body.is_call(id, "id", "valueof") => names.extend(word(tree.arguments(id).first().copied())),
            // `'... WHERE Id = \'' + name`
            Kind::Binary if tree.operator(id) == "+" => {
                let before = tree.part(id, Part::Left).map(|left| match tree.kind(left) {
                    Kind::Binary => tree.part(left, Part::Right).unwrap_or(left),
                    _ => left,
                });
                let ends_with_id = |text: NodeId| {
                    let dense: String = tree.lower(text).chars().filter(|ch| !ch.is_whitespace()).collect();
                    dense.ends_with("id=\\''")
                };
                if before.is_some_and(ends_with_id) {
                    names.extend(word(tree.part(id, Part::Right)));
                }
            }
            _ => {}
        }
    }
    names
}

/// Whether an expression is a record id: `order.Id`, `(Id) text`, `Id.valueOf(text)`.
fn gives_record_id(tree: &SyntaxTree<'_>, id: NodeId) -> bool {
    let id = tree.bare(id);
    let part = |part, name: &str| tree.part(id, part).is_some_and(|it| tree.lower(it) == name);
    match tree.kind(id) {
        Kind::FieldAccess => part(Part::Element, "id"),
        Kind::Cast => part(Part::Type, "id"),
        Kind::Call => part(Part::Object, "id") && part(Part::Name, "valueof"),
        _ => false,
    }
}

/// The bind variables of a query, in lower case: `:name`.
fn bound(query: &str) -> Vec<String> {
    let name = |rest: &str| {
        let whole: String =
            rest.trim_start().chars().take_while(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.')).collect();
        whole.rsplit('.').next().map(str::to_owned).filter(|name| !name.is_empty())
    };
    query.split(':').skip(1).filter_map(name).collect()
}
