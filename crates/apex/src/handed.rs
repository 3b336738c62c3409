//! Whether code only hands on a URL: in a parameter of another URL, in a message, in a field of a record, to a class of
//! a package, or to a browser.
//!
//! Follows the URL within its class by the names of variables and fields. A use that is none of these counts as a call,
//! so that in doubt code calls a URL itself. Refuses to know which classes the project has: it names those that get the
//! URL.

use std::collections::BTreeSet;

use super::Callee;
use super::body::Body;
use super::taint::{QUESTIONS, answers, own_field};
use super::tree::{Kind, NodeId, Part};
use super::words;

/// The maximum number of variables in a chain.
const MAX_DEPTH: usize = 4;

/// The maximum number of nodes that are read for one URL.
const MAX_NODES: usize = 20_000;

/// Whether a URL in a text is a parameter of another one: `https://a.example.com/?server=` comes before it.
pub(super) fn is_parameter(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let is_end = |ch: char| ch.is_whitespace() || matches!(ch, '"' | '\'' | '<' | '>' | '(' | ',' | ';');
    // `&amp;` of markup ends with a semicolon.
    let start = before.rfind(is_end).map_or(0, |at| at + 1);
    let Some((lead, host)) = before[start..].rsplit_once('=') else { return false };
    let is_name = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.');
    let sign = lead.trim_end_matches(is_name);
    let is_opened = sign.ends_with(['?', '&']) || sign.is_empty() && before[..start].ends_with("&amp;");
    !host.contains(['?', '&']) && sign.len() < lead.len() && is_opened
}

/// The uses of a URL.
#[derive(Default)]
struct Uses {
    /// Types of other files that get it in a call.
    given_to: BTreeSet<String>,
    /// Whether anything gets it.
    is_handed: bool,
    nodes: usize,
}

/// The types that get the URL of a literal in a call, in lower case, if the class only hands it on.
pub(super) fn handed_on<'a, 't>(bodies: &[Body<'a, 't>], body: &Body<'a, 't>, literal: NodeId) -> Option<Vec<String>> {
    let mut uses = Uses::default();
    let is_called = uses.follow(bodies, body, literal, 0).is_none();
    (!is_called && uses.is_handed).then(|| uses.given_to.into_iter().collect())
}

/// What the text around a part of it is used for; `None` from a function that returns it means that the code calls it.
enum Use {
    /// It goes on in this variable or field, by its name in lower case.
    In(String),
    Handed,
    /// It is only looked at.
    Seen,
    /// It goes on in the result of the call.
    GoesOn,
}

impl Uses {
    /// Follows the value of a node; `None` if the code may call the URL itself.
    fn follow<'a, 't>(&mut self, bodies: &[Body<'a, 't>], body: &Body<'a, 't>, id: NodeId, depth: usize) -> Option<()> {
        match self.use_of(body, id)? {
            Use::Handed => self.is_handed = true,
            Use::Seen | Use::GoesOn => {}
            Use::In(name) => {
                if depth == MAX_DEPTH {
                    return None;
                }
                let is_local = body.variables.contains_key(name.as_str());
                for other in bodies {
                    let is_it = if is_local {
                        std::ptr::eq(other, body)
                    } else {
                        other.method.class == body.method.class && !other.variables.contains_key(name.as_str())
                    };
                    if !is_it {
                        continue;
                    }
                    for read in other.nodes() {
                        self.nodes += 1;
                        if self.nodes > MAX_NODES {
                            return None;
                        }
                        if is_read(other, read, &name, is_local) {
                            self.follow(bodies, other, read, depth + 1)?;
                        }
                    }
                }
            }
        }
        Some(())
    }

    /// The use of the text that a node is a part of.
    fn use_of(&mut self, body: &Body<'_, '_>, id: NodeId) -> Option<Use> {
        let tree = body.tree;
        let mut below = id;
        for above in tree.above(id) {
            let part = tree.node(below).part;
            match tree.kind(above) {
                Kind::Binary if matches!(tree.operator(above), "+" | "??") => {
                    if part == Part::Right && opens_parameter(body, above) {
                        return Some(Use::Handed);
                    }
                }
                Kind::Ternary if part != Part::Condition => {}
                Kind::Parenthesized | Kind::Cast => {}
                Kind::Declarator => return Some(Use::In(tree.lower(tree.part(above, Part::Name)?).to_owned())),
                Kind::Assignment => return assigned(body, above, part),
                Kind::Return => return answers(body).then_some(Use::Handed),
                Kind::Binary | Kind::Ternary | Kind::ExpressionStatement => return Some(Use::Seen),
                Kind::ArgumentList => {
                    let call = tree.node(above).parent;
                    match self.argument(body, call)? {
                        Use::GoesOn => {}
                        used => return Some(used),
                    }
                }
                Kind::Call if part == Part::Arguments => {}
                Kind::Call if part == Part::Object => {
                    let name = tree.part(above, Part::Name).map(|name| tree.lower(name))?;
                    if QUESTIONS.contains(&name) {
                        return Some(Use::Seen);
                    }
                    if !words::is_form(name) && !matches!(name, "tolowercase" | "touppercase" | "replaceall") {
                        return None;
                    }
                }
                _ => return None,
            }
            below = above;
        }
        None
    }

    /// The use of an argument of a call.
    fn argument(&mut self, body: &Body<'_, '_>, call: NodeId) -> Option<Use> {
        let tree = body.tree;
        let name = tree.part(call, Part::Name).map(|name| tree.lower(name)).unwrap_or_default();
        if tree.kind(call) == Kind::Call {
            match name {
                "setbody" | "setheader" => return Some(Use::Handed),
                _ if QUESTIONS.contains(&name) || super::token::logger(body, call).is_some() => {
                    return Some(Use::Seen);
                }
                _ if words::is_form(name) => return Some(Use::GoesOn),
                _ => {}
            }
        }
        let (Callee::Of(ty, _) | Callee::New(ty)) = body.callee(call) else { return None };
        // Types of Salesforce have no namespace here, but some have one of their own.
        let is_salesforce_s = ["system.", "database.", "auth.", "schema.", "messaging.", "connectapi.", "dom."]
            .iter()
            .any(|namespace| ty.starts_with(namespace));
        if !ty.contains('.') || is_salesforce_s {
            return None;
        }
        self.given_to.insert(ty);
        Some(Use::Handed)
    }
}

/// The use of a text that is assigned.
fn assigned(body: &Body<'_, '_>, id: NodeId, part: Part) -> Option<Use> {
    let tree = body.tree;
    let left = tree.part(id, Part::Left).filter(|_| part == Part::Right)?;
    if tree.kind(left) == Kind::Identifier && body.variables.contains_key(tree.lower(left)) {
        return Some(Use::In(tree.lower(left).to_owned()));
    }
    if let Some(field) = own_field(body, left) {
        // Generated code calls the URL in this field.
        return (!field.contains("endpoint")).then_some(Use::In(field));
    }
    // `record.Server__c = ...` and `new Loom__c(Server__c = ...)`.
    let name = match tree.kind(left) {
        Kind::FieldAccess => tree.part(left, Part::Element)?,
        _ => left,
    };
    tree.lower(name).ends_with("__c").then_some(Use::Handed)
}

/// Whether a node reads a variable of the method, or a field of its class.
fn is_read(body: &Body<'_, '_>, id: NodeId, name: &str, is_local: bool) -> bool {
    let tree = body.tree;
    let node = tree.node(id);
    let is_target = node.part == Part::Left && tree.kind(node.parent) == Kind::Assignment;
    if is_target || matches!(node.part, Part::Name | Part::Element) {
        return false;
    }
    if is_local {
        return tree.kind(id) == Kind::Identifier && tree.lower(id) == name;
    }
    own_field(body, id).as_deref() == Some(name)
}

/// Whether the text before the right side of a sum ends where the value of a URL's parameter begins.
fn opens_parameter(body: &Body<'_, '_>, sum: NodeId) -> bool {
    let tree = body.tree;
    let Some(left) = tree.part(sum, Part::Left).map(|left| tree.bare(left)) else { return false };
    let last = if tree.kind(left) == Kind::Binary { tree.part(left, Part::Right) } else { Some(left) };
    last.map(|last| tree.bare(last)).filter(|last| tree.is_string(*last)).is_some_and(|last| {
        let text = tree.string(last);
        is_parameter(text, text.len())
    })
}

#[cfg(test)]
mod tests {
    use super::is_parameter;
    use crate::{Code, Unit};

    #[test]
    fn a_parameter_of_another_url_is_one() {
        for text in [
            "https://a.example.com/x?server=AT",
            "?id=1&server=AT",
            "https://a.example.com/x?server=https://b.example.comAT",
            "&amp;server=AT",
        ] {
            assert!(is_parameter(text, text.find("AT").unwrap()), "{text}");
        }
        for text in ["AT", "https://a.example.com/xAT", "server=AT", "var a = 'x?y=1'; b = 'AT", "<a href=AT", "/x?AT"]
        {
            assert!(!is_parameter(text, text.find("AT").unwrap()), "{text}");
        }
    }

    /// The types that get the URL `AT` of a method with these statements, if it is only handed on.
    fn handed(statements: &str) -> Option<Vec<String>> {
        let url = "host() + '/services/Soap/u/29.0'";
        let code = format!(
            "public class A {{ String kept; HttpRequest r; void run(Loom__c it) {{ {} }} String host() {{ return ''; }} \
             void later() {{ it.Server__c = kept; }} }}",
            statements.replace("AT", url)
        );
        let unit = Unit::read(Code::Class, "A", &code);
        assert!(!unit.is_partly_read && unit.versions.len() == 1, "{code}");
        unit.versions.into_iter().next().and_then(|it| it.handed_to)
    }

    #[test]
    fn a_url_that_is_only_handed_on_is_not_called() {
        for statements in [
            "String u = AT; r.setEndpoint('https://a.example.com/?id=1&server=' + EncodingUtil.urlEncode(u, 'UTF-8') + x);",
            "r.setEndpoint(x + '?server=' + (AT));",
            "it.Server__c = AT;",
            "insert new Loom__c(Server__c = AT);",
            "r.setBody('<server>' + AT + '</server>');",
            "String u = AT; String v = u.replace('a', 'b'); System.debug(u); it.Server__c = v;",
            "kept = AT;",
        ] {
            assert_eq!(handed(statements), Some(Vec::new()), "{statements}");
        }
        assert_eq!(handed("loom.Weaver.start(AT);"), Some(vec!["loom.weaver".to_owned()]));
        assert_eq!(handed("String u = AT; new loom.Weaver(u, 1);"), Some(vec!["loom.weaver".to_owned()]));
    }

    #[test]
    fn in_doubt_code_calls_a_url() {
        for statements in [
            "r.setEndpoint(AT);",
            "String u = AT; it.Server__c = u; r.setEndpoint(u + '/x');",
            "String u = AT;",
            "call(AT);",
            "Weaver.call(AT);",
            "List<String> all = new List<String>{ AT };",
            "port.endpoint_x = AT;",
            "kept = AT; r.setEndpoint(kept);",
            "System.debug(AT);",
            "new Auth.Weaver(AT);",
        ] {
            assert_eq!(handed(statements), None, "{statements}");
        }
    }
}
