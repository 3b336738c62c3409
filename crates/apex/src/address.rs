//! The constant start of a text that is put together, and what it says about a URL: the host, or the named credential.
//!
//! Follows sums and variables with one value. Refuses to guess: a host that another value may go on with is unknown.

use super::body::Body;
use super::tree::{Kind, NodeId, Part};
use sessionlint_source::steps;

/// Only the first operands are read, in all sums and variables together, so that the cost is bounded.
const MAX_OPERANDS: usize = 100;

/// The maximum number of variables in a chain.
const MAX_DEPTH: usize = 4;

/// A constant start.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Start {
    pub(super) text: String,
    /// Whether nothing follows.
    pub(super) is_whole: bool,
}

impl Start {
    /// The host of a URL, in lower case.
    pub(super) fn host(&self) -> Option<String> {
        let (_, rest) = self.text.split_once("://")?;
        self.first(rest, &['/', ':', '?', '#']).map(str::to_ascii_lowercase)
    }

    /// The named credential of a URL.
    pub(super) fn credential(&self) -> Option<String> {
        let lead = self.text.get(.."callout:".len()).filter(|lead| lead.eq_ignore_ascii_case("callout:"))?;
        self.first(&self.text[lead.len()..], &['/', '?', '#']).map(str::to_owned)
    }

    /// The text before one of some characters, if it is surely complete.
    fn first<'t>(&self, text: &'t str, ends: &[char]) -> Option<&'t str> {
        let end = text.find(ends).or(self.is_whole.then_some(text.len()))?;
        // `{0}` of a format is replaced.
        Some(&text[..end]).filter(|first| !first.is_empty() && !first.contains('{'))
    }
}

/// The start of the URL that a literal is a part of.
pub(super) fn start_of_url(body: &Body<'_, '_>, literal: NodeId) -> Start {
    let start = start_around(body, literal);
    let own = body.tree.string(literal);
    // A text before the URL may be unknown.
    let is_lost = !start.text.contains("://") && own.contains("://");
    if is_lost { Start { text: own.to_owned(), is_whole: false } } else { start }
}

/// The start of the sum around a node.
pub(super) fn start_around(body: &Body<'_, '_>, id: NodeId) -> Start {
    let tree = body.tree;
    let is_sum = |above: &NodeId| match tree.kind(*above) {
        Kind::Binary => tree.operator(*above) == "+",
        kind => kind == Kind::Parenthesized,
    };
    let mut around = tree.above(id).take(MAX_OPERANDS).take_while(is_sum);
    let whole = around.by_ref().last().unwrap_or(id);
    let parent = tree.node(whole).parent;
    if is_sum(&parent) {
        return Start::default();
    }
    let mut reader = Reader { body, text: String::new(), operands: 0 };
    // `url += '/token'`
    let is_added_to = tree.kind(parent) == Kind::Assignment && tree.operator(parent) == "+=";
    let before = is_added_to.then(|| tree.part(parent, Part::Left));
    let is_whole = before.is_none_or(|left| left.is_some_and(|left| reader.add(left, 0))) && reader.add(whole, 0);
    Start { text: reader.text, is_whole }
}

/// Puts the constant start of an expression together.
struct Reader<'r, 'a, 't> {
    body: &'r Body<'a, 't>,
    text: String,
    /// The operands read so far, in all variables.
    operands: usize,
}

impl Reader<'_, '_, '_> {
    /// Adds the constant start of an expression; whether it is constant to its end.
    fn add(&mut self, id: NodeId, depth: usize) -> bool {
        let tree = self.body.tree;
        let mut operands = vec![];
        let mut first = tree.bare(id);
        let is_sum = |id| tree.kind(id) == Kind::Binary && tree.operator(id) == "+";
        while is_sum(first) {
            let (Some(left), Some(right)) = (tree.part(first, Part::Left), tree.part(first, Part::Right)) else {
                break;
            };
            operands.push(tree.bare(right));
            if operands.len() > MAX_OPERANDS {
                return false;
            }
            first = tree.bare(left);
        }
        operands.push(first);
        operands.into_iter().rev().all(|operand| {
            steps::count(1);
            self.operands += 1;
            if self.operands > MAX_OPERANDS {
                return false;
            }
            if tree.is_string(operand) {
                self.text.push_str(tree.string(operand));
                return true;
            }
            if depth == MAX_DEPTH {
                return false;
            }
            if is_sum(operand) {
                return self.add(operand, depth + 1);
            }
            let value = self.body.start_of(operand);
            value.is_some_and(|value| self.add(value, depth + 1) && self.body.has_one_value(operand))
        })
    }
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;

    use super::*;
    use crate::{Code, Unit};

    /// The host and the credential of a token request with these statements.
    fn requested(statements: &str) -> (Option<String>, Option<String>) {
        let code = format!(
            "class A {{ static final String BASE = 'https://Login.example.com/'; \
             void run(String x, HttpRequest r) {{ {statements} r.setBody('grant_type=password'); new Http().send(r); }} }}"
        );
        let unit = Unit::read(Code::Class, "A", &code);
        let request = unit.requests.into_iter().next().unwrap_or_else(|| panic!("{code}"));
        (request.host.map(|(_, host)| host), request.credential)
    }

    #[test]
    fn the_host_is_known_from_a_constant_start() {
        for statements in [
            "r.setEndpoint('https://login.example.com/oauth2/token');",
            "r.setEndpoint('https://login.example.com/' + x + '/oauth2/token');",
            "r.setEndpoint('https://login.example.com' + ('/' + x) + '/oauth2/token');",
            "r.setEndpoint('https://login.' + 'example.com/' + x + '.shop/oauth2/token');",
            "r.setEndpoint(BASE + x + '/oauth2/token');",
            "r.setEndpoint(A.BASE + x + '/oauth2/token');",
            "String host = 'https://login.example.com/'; String url = host + x + '/oauth2/token'; r.setEndpoint(url);",
            "String url = 'https://login.example.com/'; url += x; url += '/oauth2/token'; r.setEndpoint(url);",
            "r.setEndpoint(String.format('https://login.example.com/{0}/oauth2/token', all));",
            "r.setEndpoint(x + 'https://login.example.com/oauth2/token');",
        ] {
            assert_eq!(requested(statements), (Some("login.example.com".to_owned()), None), "{statements}");
        }
        assert_eq!(requested("r.setEndpoint('callout:Loom/' + x + '/oauth2/token');"), (None, Some("Loom".to_owned())));
    }

    #[test]
    fn constants_of_constants_are_read_to_a_limit() {
        let mut fields = "static final String C0 = 'https://login.example.com/';".to_owned();
        for level in 1..4 {
            let sum = vec![format!("C{}", level - 1); 60].join(" + ");
            let _ = write!(fields, "static final String C{level} = '' + {sum};");
        }
        let code = |constant: &str| {
            format!(
                "class A {{ {fields} void run(HttpRequest r) {{ r.setEndpoint({constant}); \
                 r.setBody('grant_type=password'); new Http().send(r); }} }}"
            )
        };
        let (unit, steps) = steps::of(|| Unit::read(Code::Class, "A", &code("C3 + '/oauth2/token'")));
        let hosts: Vec<_> =
            unit.requests.iter().filter_map(|it| it.host.as_ref()).map(|(_, host)| host.as_str()).collect();
        assert_eq!(hosts, ["login.example.com"]);
        assert!(steps < 20_000, "{steps} steps");
    }

    #[test]
    fn a_host_with_an_unknown_part_is_unknown() {
        for statements in [
            "r.setEndpoint(x + '/oauth2/token');",
            "r.setEndpoint('https://' + x + '/oauth2/token');",
            "r.setEndpoint('https://login.' + x + '/oauth2/token');",
            "r.setEndpoint('callout:' + x + '/oauth2/token');",
            "r.setEndpoint(String.format('https://{0}/oauth2/token', all));",
            "String host = 'https://login.example.com/'; if (x == '') { host = 'https://b.example.com/'; } \
             r.setEndpoint(host + x + '/oauth2/token');",
            "x = 'https://login.example.com/'; r.setEndpoint(x + '/oauth2/token');",
            "String url = 'https://login.example.com'; url += x; r.setEndpoint(url + '/oauth2/token');",
        ] {
            assert_eq!(requested(statements), (None, None), "{statements}");
        }
    }
}
