//! Metadata that is read for a few words only: custom buttons, links and tabs, formulas of fields, flows, labels and
//! records of custom metadata.
//!
//! Most of it is irrelevant, so the bytes are searched first and only files with one of the words are parsed. A file
//! that is not well-formed XML gives no facts: its deployment reports the error. Finds session ids, URLs with versions
//! of Salesforce's APIs, and secrets. Refuses to know whose server a URL names, and which version is too old.

use std::ops::Range;
use std::sync::LazyLock;

use aho_corasick::{AhoCorasick, AhoCorasickBuilder, MatchKind};

use sessionlint_apex::{
    Allowance, AllowanceForm, Code, HeldSecret, Mention, Spot, TextKind, Unit, directive_in_markup, version,
};
use sessionlint_source::{Span, secrets, steps};
use sessionlint_xml::{Document, Keep, NodeId, ParseOutcome, parse};

/// Expressions that give a session id, in any case.
static SESSION: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| words(&["$api.session_id", "api.session_id", OLD_NAME, "getsessionid()"]));

/// What is taken for the old name of the merge field, since links and tabs of published projects use it like that: no
/// document that was read names it. In links and tabs only: elsewhere a field or a variable has it.
const OLD_NAME: &str = "api_session_id";

/// Words in files that use a session id, or a URL with a version of an API.
static LINK_WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    words(&[
        "api.session_id",
        OLD_NAME,
        "getsessionid",
        "/services/data/v",
        "/services/soap/",
        "/services/async/",
        "/soap/ajax/",
        "_server_url_",
    ])
});

/// Parts of the names of secrets.
static SECRET_WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    words(&[
        "secret",
        "token",
        "passw",
        "pwd",
        "passphrase",
        "passcode",
        "key",
        "credential",
        "authorization",
        "bearer",
        "eyJ",
        "ghp_",
        "github_pat_",
        "glpat-",
        "sk_live_",
        "xoxb-",
        "AKIA",
        "AIzaSy",
        "-----BEGIN",
    ])
});

/// The start of a default value that is a text.
static DEFAULTS: LazyLock<Option<AhoCorasick>> =
    LazyLock::new(|| words(&["<defaultvalue>&quot;", "<defaultvalue>\"", "<defaultvalue>&apos;", "<defaultvalue>'"]));

fn words(all: &[&str]) -> Option<AhoCorasick> {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).match_kind(MatchKind::LeftmostFirst).build(all).ok()
}

/// Whether the bytes of a file may contain a fact: files without the words contain none.
pub(crate) fn may_have_facts(kind: TextKind, bytes: &[u8]) -> bool {
    let holds = |words: &Option<AhoCorasick>| words.as_ref().is_none_or(|words| words.is_match(bytes));
    match kind {
        TextKind::Link | TextKind::HomeLink | TextKind::Tab => holds(&LINK_WORDS),
        TextKind::Object | TextKind::Field => holds(&LINK_WORDS) || holds(&DEFAULTS) && holds(&SECRET_WORDS),
        TextKind::Labels | TextKind::Record => holds(&SECRET_WORDS),
        TextKind::Flow => holds(&LINK_WORDS) || holds(&SECRET_WORDS),
    }
}

/// Reads the facts of a file; `name` is its stem, `object` the object whose folder contains it.
pub fn read(kind: TextKind, name: &str, object: Option<&str>, text: &str) -> Unit {
    let full_name = match (kind, object) {
        (TextKind::Link | TextKind::Field, Some(object)) => format!("{object}.{name}"),
        _ => name.to_owned(),
    };
    let mut unit = Unit::empty(Code::Text(kind), &full_name);
    let ParseOutcome::Tree(document) = parse(text, Keep::All) else { return unit };
    let root_child = |name| child(&document, document.root(), name);
    let reader = Reader {
        document: &document,
        text,
        kind,
        name: &full_name,
        root_name: root_child("name").filter(|found| document.is_leaf(*found)),
        is_active: root_child("status").map(|status| document.text(status) == "Active"),
    };
    for node in document.nodes().filter(|node| document.is_leaf(*node)) {
        reader.leaf(node, &mut unit);
    }
    unit.allowances = document.commented(text).into_iter().filter_map(|it| allowance(text, it)).collect();
    unit
}

/// The suppression in a comment, if it is one.
fn allowance(text: &str, (span, about): (Span, Option<Span>)) -> Option<Allowance> {
    let directive = directive_in_markup(text.get(span.range())?)?.to_owned();
    // A comment without an element after it covers nothing, and is reported as one of no use.
    let covers = about.unwrap_or(Span { start: span.end, end: span.end });
    Some(Allowance { span, covers, form: AllowanceForm::Comment(directive) })
}

/// The first child with a name.
fn child(document: &Document, node: NodeId, name: &str) -> Option<NodeId> {
    document.children(node).inspect(|_| steps::count(1)).find(|child| document.name(*child) == name)
}

struct Reader<'d> {
    document: &'d Document,
    text: &'d str,
    kind: TextKind,
    name: &'d str,
    /// The `name` of the root. The root of a flow has a child for each of its elements, so it is searched once.
    root_name: Option<NodeId>,
    /// Whether a flow is active; `None` without a status.
    is_active: Option<bool>,
}

/// The element with an expression.
struct Holder {
    owner: String,
    ty: &'static str,
    element: String,
    form: Form,
    is_active: Option<bool>,
}

/// The syntax of a value with expressions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    /// A URL, with expressions in `{!...}`.
    Address,
    /// JavaScript, with expressions in `{!...}`.
    Script,
    /// A formula.
    Formula,
    /// A text of a flow, with expressions in `{!...}`.
    Template,
    /// The name of a value.
    Reference,
}

impl Reader<'_> {
    fn leaf(&self, node: NodeId, unit: &mut Unit) {
        let Some(span) = self.document.value(node) else { return };
        if let Some(holder) = self.holder(node) {
            let mentioned = unit.mentions.len();
            self.sessions(node, span, &holder, unit);
            // Without a session id beside it, the URL gives the server of a tab no access.
            let may_call = self.kind != TextKind::Tab || unit.mentions.len() > mentioned;
            let raw = self.text.get(span.range()).unwrap_or_default();
            let is_url = may_call && matches!(holder.form, Form::Address | Form::Script);
            let versions = version::find(raw).filter(|_| is_url);
            let known = unit.versions.len();
            unit.versions.extend(versions.map(|mut it| {
                it.span = Span { start: span.start + it.span.start, end: span.start + it.span.end };
                it.link = (self.kind == TextKind::Object).then(|| holder.owner.clone());
                it
            }));
            version::mark_only_loaded(raw, false, &mut unit.versions[known..]);
        }
        self.secret(node, span, unit);
    }

    /// The `name` of a node, or of its nearest ancestor with one.
    fn name_around(&self, node: NodeId) -> Option<&str> {
        let document = self.document;
        let mut at = document.parent(node);
        while let Some(above) = at {
            let is_root = above == document.root();
            let name = if is_root { self.root_name } else { child(document, above, "name") };
            if let Some(found) = name.filter(|found| *found != node && document.is_leaf(*found)) {
                return Some(document.text(found));
            }
            at = document.parent(above);
        }
        None
    }

    /// The text of a sibling of a node.
    fn beside(&self, node: NodeId, child: &str) -> Option<&str> {
        let document = self.document;
        let found = document.child(document.parent(node)?, child)?;
        Some(document.text(found)).filter(|text| !text.is_empty())
    }

    fn holder(&self, node: NodeId) -> Option<Holder> {
        let document = self.document;
        let name = document.name(node);
        let around = document.parent(node).map_or("", |parent| document.name(parent));
        let is_link = matches!(self.kind, TextKind::Link | TextKind::HomeLink | TextKind::Tab)
            || self.kind == TextKind::Object && around == "webLinks";
        let is_field = self.kind == TextKind::Field || self.kind == TextKind::Object && around == "fields";
        let owner = |node: NodeId| match self.kind {
            TextKind::Object => format!("{}.{}", self.name, self.beside(node, "fullName").unwrap_or("?")),
            _ => self.name.to_owned(),
        };
        if is_link && name == "url" {
            let is_script = self.beside(node, "openType") == Some("onClickJavaScript")
                || self.beside(node, "linkType") == Some("javascript");
            let ty = match self.kind {
                TextKind::HomeLink => "CustomPageWebLink",
                TextKind::Tab => "CustomTab",
                _ => "WebLink",
            };
            let form = if is_script { Form::Script } else { Form::Address };
            return Some(Holder { owner: owner(node), ty, element: name.to_owned(), form, is_active: None });
        }
        if is_field && name == "formula" {
            let (owner, element) = (owner(node), name.to_owned());
            return Some(Holder { owner, ty: "CustomField", element, form: Form::Formula, is_active: None });
        }
        let is_prose = ["description", "label", "interviewLabel", "name"].contains(&name);
        if self.kind != TextKind::Flow || is_prose {
            return None;
        }
        let form = match name {
            "elementReference" | "leftValueReference" => Form::Reference,
            "expression" | "formulaExpression" => Form::Formula,
            _ => Form::Template,
        };
        let element = self.name_around(node).unwrap_or(name).to_owned();
        Some(Holder { owner: self.name.to_owned(), ty: "Flow", element, form, is_active: self.is_active })
    }

    fn sessions(&self, node: NodeId, span: Span, holder: &Holder, unit: &mut Unit) {
        let Some(words) = SESSION.as_ref() else { return };
        let decoded = self.document.text(node);
        let hits = |text: &str| -> Vec<Range<usize>> {
            let is_whole = |at: usize| {
                !text[..at].ends_with(|ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.' | '$'))
            };
            // Neither a field such as `API_Session_ID__c` nor the name of a parameter.
            let is_other = |range: &Range<usize>| {
                let rest = &text[range.end..];
                text[range.clone()].eq_ignore_ascii_case(OLD_NAME)
                    && (!matches!(holder.form, Form::Address | Form::Script)
                        || rest.starts_with(|ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.'))
                        || rest.trim_start().starts_with('='))
            };
            let found = words.find_iter(text).map(|found| found.range());
            found.filter(|range| is_whole(range.start) && !is_other(range)).collect()
        };
        let raw = self.text.get(span.range()).unwrap_or_default();
        let (in_decoded, in_raw) = (hits(decoded), hits(raw));
        for (index, hit) in in_decoded.iter().enumerate() {
            if !is_expression(decoded, hit, holder.form) {
                continue;
            }
            // If entities inside a word change its length, the whole value is marked.
            let at = in_raw.get(index).filter(|_| in_raw.len() == in_decoded.len()).cloned();
            let place = |range: Range<usize>| Span {
                start: span.start + range.start as u32,
                end: span.start + range.end as u32,
            };
            let address = address_before(decoded, hit.start, holder.form).map(|address| -> Spot {
                let before = at.as_ref().and_then(|at| raw.get(..at.start)).unwrap_or(raw);
                let found = before.rfind(&address).map_or(span, |start| place(start..start + address.len()));
                (found, address)
            });
            unit.mentions.push(Mention {
                owner: holder.owner.clone(),
                ty: holder.ty,
                element: holder.element.clone(),
                from: (at.map_or(span, place), decoded.get(hit.clone()).unwrap_or_default().to_owned()),
                address,
                is_script: holder.form == Form::Script,
                is_active: holder.is_active,
            });
        }
    }

    fn secret(&self, node: NodeId, span: Span, unit: &mut Unit) {
        let document = self.document;
        let mut value = document.text(node);
        let (name, holder) = match (self.kind, document.name(node)) {
            (TextKind::Labels, "value") => (self.beside(node, "fullName"), "custom label"),
            (TextKind::Record, "value") if is_made_up(self.name) => return,
            (TextKind::Record, "value") => (self.beside(node, "field"), "custom metadata"),
            (TextKind::Object | TextKind::Field, "defaultValue") => {
                let Some(text) = quoted(value) else { return };
                value = text;
                (self.beside(node, "fullName"), "default value")
            }
            (TextKind::Flow, "text") => (self.beside(node, "name"), "flow"),
            (TextKind::Flow, "expression") => {
                let Some(text) = quoted(value) else { return };
                value = text;
                (self.beside(node, "name"), "flow")
            }
            (TextKind::Flow, "stringValue") => {
                let target = ["assignToReference", "field", "name"];
                let parent = document.parent(node);
                let above = parent.and_then(|parent| target.iter().find_map(|child| self.beside(parent, child)));
                (above, "flow")
            }
            _ => return,
        };
        let Some(name) = name else { return };
        if let Some(reason) = secrets::secret_reason(name, value).or_else(|| secrets::header_reason(value)) {
            unit.secrets.push(HeldSecret { name: name.to_owned(), span, holder, reason });
        }
    }
}

/// The text literal that a formula consists of.
fn quoted(formula: &str) -> Option<&str> {
    let formula = formula.trim();
    let inside = |quote: char| formula.strip_prefix(quote)?.strip_suffix(quote).filter(|text| !text.contains(quote));
    inside('"').or_else(|| inside('\''))
}

/// Whether the name of a record shows that only tests use it.
fn is_made_up(name: &str) -> bool {
    let dense: String = name.chars().filter(char::is_ascii_alphanumeric).collect::<String>().to_ascii_lowercase();
    let words = ["testclass", "testdata", "unittest", "apextest", "mock", "dummy", "sample", "example", "fake"];
    words.iter().any(|word| dense.contains(word))
}

/// Whether a match is evaluated, not just prose.
fn is_expression(text: &str, hit: &Range<usize>, form: Form) -> bool {
    let before = text.get(..hit.start).unwrap_or_default();
    let is_merged = || before.rfind("{!").is_some_and(|open| !before[open..].contains('}'));
    match form {
        Form::Reference => text.trim().len() == hit.len(),
        Form::Address | Form::Script | Form::Template => is_merged(),
        Form::Formula => is_merged() || is_code(before),
    }
}

/// Whether a formula that begins with `before` is outside of texts and comments there.
fn is_code(before: &str) -> bool {
    let bytes = before.as_bytes();
    let mut at = 0;
    while at < bytes.len() {
        let end = match &bytes[at..] {
            [b'/', b'*', ..] => memchr::memmem::find(&bytes[at + 2..], b"*/").map(|found| at + found + 4),
            [quote @ (b'"' | b'\''), ..] => {
                let is_end = |(offset, byte): (usize, &u8)| byte == quote && bytes[at + offset] != b'\\';
                bytes[at + 1..].iter().enumerate().position(is_end).map(|found| at + found + 2)
            }
            _ => Some(at + 1),
        };
        match end {
            Some(end) => at = end,
            None => return false,
        }
    }
    true
}

/// Scheme and host of the URL that a session id is added to, if the text contains one.
fn address_before(text: &str, at: usize, form: Form) -> Option<String> {
    let before = text.get(..at)?;
    let lower = before.to_ascii_lowercase();
    let from = [lower.rfind("https://"), lower.rfind("http://")].into_iter().flatten().max()?;
    let rest = before.get(from..)?;
    // Another link, statement or line in between: the URL is not that of the session id.
    let is_other = match form {
        Form::Script => rest.contains([';', '\n']),
        Form::Formula => ["hyperlink(", "image(", "if(", "case("].iter().any(|call| lower[from..].contains(call)),
        Form::Address | Form::Template | Form::Reference => rest.contains(char::is_whitespace) && !rest.contains("{!"),
    };
    if is_other {
        return None;
    }
    let behind = rest.find("://")? + "://".len();
    let is_end = |ch: char| !(ch.is_ascii_alphanumeric() || matches!(ch, '.' | '-' | ':'));
    let length = rest.get(behind..)?.find(is_end)?;
    let end = behind + length;
    let tail = rest.get(end..)?;
    // One text may end with the host, and the next begin with the path.
    let joined = tail.trim_start_matches(['"', '\'', ' ', '&', '+']);
    let is_whole = length > 0
        && (tail.starts_with(['/', '?', '#']) || tail.len() > joined.len() && joined.starts_with(['/', '?']));
    is_whole.then(|| rest[..end].to_owned())
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn the_root_of_a_flow_is_not_searched_for_each_element() {
        let element = "<formulas><dataType>String</dataType><expression>{!$Api.Session_ID}</expression></formulas>";
        let steps = |count: usize| {
            let text = format!("<Flow>{}<status>Active</status></Flow>", element.repeat(count));
            let (unit, steps) = steps::of(|| read(TextKind::Flow, "Ask", None, &text));
            assert!(unit.mentions.len() == count && unit.mentions.iter().all(|it| it.is_active == Some(true)));
            steps
        };
        let (few, many) = (steps(100), steps(400));
        assert!(few > 0 && many <= 6 * few, "{few} steps, then {many}");
    }

    fn link(url: &str) -> Unit {
        let text = format!("<WebLink><linkType>url</linkType><url>{url}</url></WebLink>");
        read(TextKind::Link, "Open", Some("Order"), &text)
    }

    fn field(formula: &str) -> Unit {
        read(TextKind::Field, "Doc__c", None, &format!("<CustomField><formula>{formula}</formula></CustomField>"))
    }

    #[test]
    fn a_tab_calls_only_with_a_session_id() {
        let versions = |url: &str| {
            let text = format!(
                "<CustomTab><url>https://looms.example.com/?api={{!API.Enterprise_Server_URL_90}}{url}</url></CustomTab>"
            );
            read(TextKind::Tab, "Looms", None, &text).versions.len()
        };
        assert_eq!(versions("&amp;user={!User.Id}"), 0);
        assert_eq!(versions("&amp;sid={!API_Session_ID}"), 1);
    }

    #[test]
    fn addresses_are_those_that_the_id_is_written_into() {
        let address = |unit: &Unit| unit.mentions.first().unwrap().address.as_ref().map(|(_, text)| text.clone());
        assert_eq!(
            address(&link("http://a.example.com/x?s={!$Api.Session_ID}")).as_deref(),
            Some("http://a.example.com")
        );
        assert_eq!(address(&link("/apex/Next?s={!API.session_id}")), None);
        assert_eq!(address(&link("https://{!$Setup.A__c.Host__c}/x?s={!GETSESSIONID()}")), None);
        let formula = "HYPERLINK(&quot;https://a.example.com&quot; &amp; &quot;/x?s=&quot; &amp; GETSESSIONID(), &quot;Open&quot;)";
        assert_eq!(address(&field(formula)).as_deref(), Some("https://a.example.com"));
        let formula = "IF(A__c, &quot;https://a.example.com/&quot;, HYPERLINK(&quot;/x?s=&quot; &amp; $Api.Session_ID, &quot;x&quot;))";
        assert_eq!(address(&field(formula)), None);
    }

    #[test]
    fn words_in_prose_are_no_expression() {
        assert!(link("/x?about=$Api.Session_ID").mentions.is_empty());
        assert!(field("&quot;GETSESSIONID()&quot; &amp; Name").mentions.is_empty());
        assert!(field("/* GETSESSIONID() */ Name").mentions.is_empty());
        assert_eq!(field("GETSESSIONID()").mentions.len(), 1);
    }

    #[test]
    fn a_place_is_that_of_the_words_behind_entities() {
        let text = "<WebLink><url>https://a.example.com/x?a=1&amp;s={!$Api.Session_ID}</url></WebLink>";
        let unit = read(TextKind::Link, "Open", None, text);
        assert_eq!(&text[unit.mentions[0].from.0.range()], "$Api.Session_ID");
        assert_eq!(&text[unit.mentions[0].address.as_ref().unwrap().0.range()], "https://a.example.com");
    }

    #[test]
    fn a_file_that_is_not_well_formed_has_no_facts() {
        assert!(read(TextKind::Link, "Open", None, "<WebLink><url>{!$Api.Session_ID}").mentions.is_empty());
    }
}
