//! What the condition of a loop needs to go on, and whether code in the loop ends that.
//!
//! `while (!isDone)` ends after `isDone = true`, and a loop that counts its failures up to a small number ends after
//! them. Only flags count that the loop sets to one literal. Refuses to know variables that other methods change.

use super::tree::{Kind, NodeId, Part, SyntaxTree};

/// The maximum number of conditions that are joined by `&&`.
const MAX_CONDITIONS: usize = 8;

/// The maximum number of nodes read of a loop; a longer one is not understood, so that nested ones cost little.
const MAX_NODES: NodeId = 6_000;

/// One condition of a loop.
enum Condition<'a> {
    /// A variable has this value.
    Flag(&'a str, bool),
    /// A variable is above zero.
    Positive(&'a str),
    /// A variable is below a number.
    Below(&'a str),
}

/// The flags of a loop's condition that the loop only ever sets so that it ends, each with the value that ends it.
pub(super) fn ending_flags<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Vec<(&'a str, bool)> {
    let Some(conditions) = conditions(tree, id) else { return Vec::new() };
    let flags = conditions.into_iter().flatten().filter_map(|condition| match condition {
        Condition::Flag(name, value) => Some((name, !value)),
        _ => None,
    });
    flags.filter(|(name, end)| is_only_set_to(tree, id, name, *end)).collect()
}

/// Whether a statement directly in a block gives one of these flags the value that ends the loop.
pub(super) fn ends(tree: &SyntaxTree<'_>, block: NodeId, flags: &[(&str, bool)]) -> bool {
    let sets = |statement: NodeId| {
        let assigned = tree.children(statement).next().filter(|_| tree.kind(statement) == Kind::ExpressionStatement);
        let set = assigned.and_then(|assigned| set(tree, assigned));
        set.is_some_and(|(name, value)| flags.iter().any(|(flag, end)| *flag == name && value == Some(*end)))
    };
    !flags.is_empty() && tree.children(block).any(sets)
}

/// Whether a loop repeats its work only after a failure, which `counter` counts: an iteration without one ends it.
pub(super) fn is_retry(tree: &SyntaxTree<'_>, id: NodeId, counter: &str) -> bool {
    let Some(conditions) = conditions(tree, id) else { return false };
    let mut may_be_zero = false;
    let mut ends_otherwise = false;
    for condition in conditions {
        match condition {
            Some(Condition::Below(name)) if name == counter => {}
            Some(Condition::Positive(name)) if name == counter => may_be_zero = true,
            Some(Condition::Flag(name, value)) if is_only_set_to(tree, id, name, !value) => ends_otherwise = true,
            _ => return false,
        }
    }
    let mut is_counted = false;
    for inner in tree.within(id) {
        match tree.kind(inner) {
            Kind::Update if counted(tree, inner) == Some(counter) => is_counted = true,
            Kind::Assignment if named(tree, inner) == Some(counter) => {
                let value = tree.part(inner, Part::Right).map(|value| tree.text(value)).unwrap_or_default();
                match (tree.operator(inner), value) {
                    ("+=", "1") => is_counted = true,
                    ("=", "0") if may_be_zero => {}
                    _ => return false,
                }
            }
            _ => {}
        }
    }
    is_counted && (may_be_zero || ends_otherwise)
}

/// The conditions that a loop joins by `&&`, `None` for one that is not understood; nothing if the loop is too long.
fn conditions<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Option<Vec<Option<Condition<'a>>>> {
    let nodes = tree.within(id);
    if nodes.end - nodes.start > MAX_NODES {
        return None;
    }
    let mut open = vec![tree.part(id, Part::Condition)?];
    let mut found = Vec::new();
    while let Some(next) = open.pop() {
        if found.len() + open.len() > MAX_CONDITIONS {
            return None;
        }
        let next = tree.bare(next);
        if tree.kind(next) == Kind::Binary && tree.operator(next) == "&&" {
            open.extend(tree.part(next, Part::Left).into_iter().chain(tree.part(next, Part::Right)));
        } else {
            found.push(condition(tree, next));
        }
    }
    Some(found)
}

fn condition<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Option<Condition<'a>> {
    let name = |id: NodeId| Some(tree.lower(id)).filter(|_| tree.kind(id) == Kind::Identifier);
    match tree.kind(id) {
        Kind::Identifier => Some(Condition::Flag(tree.lower(id), true)),
        Kind::Unary if tree.operator(id) == "!" => {
            Some(Condition::Flag(name(tree.bare(tree.part(id, Part::Operand)?))?, false))
        }
        Kind::Binary => {
            let (left, right) = (tree.bare(tree.part(id, Part::Left)?), tree.bare(tree.part(id, Part::Right)?));
            match (tree.operator(id), boolean(tree, right)) {
                ("==", Some(value)) => Some(Condition::Flag(name(left)?, value)),
                ("!=", Some(value)) => Some(Condition::Flag(name(left)?, !value)),
                ("<" | "<=", _) => Some(Condition::Below(name(left)?)),
                (">" | "!=", _) if tree.text(right) == "0" => Some(Condition::Positive(name(left)?)),
                _ => None,
            }
        }
        _ => None,
    }
}

/// Whether a loop sets a variable, and to this value only.
fn is_only_set_to(tree: &SyntaxTree<'_>, id: NodeId, name: &str, value: bool) -> bool {
    let mut sets = tree.within(id).filter_map(|inner| set(tree, inner)).filter(|(set, _)| *set == name).peekable();
    sets.peek().is_some() && sets.all(|(_, set)| set == Some(value))
}

/// The variable that an assignment sets, and its value if it is `true` or `false`.
fn set<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Option<(&'a str, Option<bool>)> {
    let name = named(tree, id).filter(|_| tree.kind(id) == Kind::Assignment)?;
    Some((name, tree.part(id, Part::Right).and_then(|value| boolean(tree, tree.bare(value)))))
}

/// The variable on the left of an assignment.
fn named<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Option<&'a str> {
    let left = tree.part(id, Part::Left).filter(|left| tree.kind(*left) == Kind::Identifier)?;
    Some(tree.lower(left))
}

/// The variable of `a++` and `++a`.
fn counted<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> Option<&'a str> {
    let text = tree.lower(id);
    text.strip_prefix("++").or_else(|| text.strip_suffix("++")).map(str::trim)
}

fn boolean(tree: &SyntaxTree<'_>, id: NodeId) -> Option<bool> {
    let is_true = || tree.text(id).eq_ignore_ascii_case("true");
    (tree.kind(id) == Kind::Boolean).then(is_true)
}

#[cfg(test)]
mod tests {
    use crate::{Code, Unit};

    /// Whether a loop repeats its callout, and its change of records.
    fn repeats(code: &str) -> (bool, bool) {
        let code = code.replace("h.send", "new Http().send");
        let code = format!(
            "class A {{ static void run(Boolean is, List<Parcel__c> all) {{ \
             Integer tries = 0; Boolean more = true; Boolean done = false; {code} }} }}"
        );
        let unit = Unit::read(Code::Class, "A", &code);
        let method = unit.methods.iter().find(|method| method.name == "run").unwrap();
        let is = |step: &crate::Point| step.repeated_by.is_some();
        (is(&method.callouts[0].step), method.changes.iter().any(|change| is(&change.step)))
    }

    #[test]
    fn records_change_once_where_the_loop_ends() {
        let ends = "if (is) { more = false; done = true; update all; }";
        for condition in ["more", "more == true", "!done", "done != true", "more && tries < 4", "is && (done == false)"]
        {
            assert_eq!(repeats(&format!("while ({condition}) {{ h.send(r); {ends} }}")), (true, false), "{condition}");
        }
        for code in [
            // A page may follow.
            "while (more) { h.send(r); more = false; if (is) { more = true; } update all; }",
            "while (more) { h.send(r); more = is; update all; }",
            "while (more) { h.send(r); if (is) { more = false; } update all; }",
            "while (more || is) { h.send(r); if (is) { more = false; update all; } }",
            "while (!more) { h.send(r); if (is) { more = false; update all; } }",
            "while (more) { h.send(r); if (is) { this.other = false; update all; } }",
            "for (Parcel__c one : all) { h.send(r); if (is) { more = false; update all; } }",
        ] {
            assert_eq!(repeats(code), (true, true), "{code}");
        }
    }

    #[test]
    fn a_loop_that_ends_at_its_first_success_is_a_retry() {
        for code in [
            "do { try { h.send(r); tries = 0; } catch (Exception e) { tries++; } } while (tries > 0 && tries < 3);",
            "while (tries < 3 && !done) { try { h.send(r); done = true; } catch (Exception e) { tries += 1; } }",
            "while (more && tries <= 3) { h.send(r); if (is) { more = false; } else { ++tries; } }",
        ] {
            assert!(!repeats(code).0, "{code}");
        }
        for code in [
            // It counts failures, and goes on after each page.
            "while (tries < 3 && more) { h.send(r); if (is) { tries++; } more = is; }",
            "while (tries < 3) { h.send(r); if (is) { tries++; } }",
            "while (tries < 3 && done) { h.send(r); if (is) { tries++; } }",
            "while (tries < 30 && !done) { h.send(r); if (is) { done = true; } else { tries++; } }",
            "while (tries < 3 && !done) { h.send(r); if (is) { tries++; done = true; } else { tries = 0; } }",
            "while (tries < 3 && !done) { h.send(r); if (is) { done = true; } }",
        ] {
            assert!(repeats(code).0, "{code}");
        }
    }
}
