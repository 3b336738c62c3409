//! Visualforce: where a page or component gives out a session id.
//!
//! There is no parser: expressions are found by their words, in any case, as Visualforce is case-insensitive. Refuses
//! to know controllers and other files.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::sync::LazyLock;

use memchr::{memchr2, memrchr2};

use super::literal::requests_by_browser;
use super::{Code, Kinds, Literal, LiteralKind, Point, SessionSource, SessionUse, Sink, Spot, Unit, version};
use sessionlint_source::Span;

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(["$api.session_id", "getsessionid()"]).ok()
});

pub(super) fn read(code: Code, name: &str, text: &str) -> Unit {
    let mut unit = Unit::empty(code, name);
    let Some(words) = WORDS.as_ref() else { return unit };
    let comments = comments(text);
    let mut of_script = ScriptComments::of(text);
    let mut is_read = |at: usize| !is_within(&comments, at) && !of_script.contain(at);
    unit.versions = version::find(text).filter(|it| is_read(it.span.range().start)).collect();
    version::mark_only_loaded(text, code == Code::Component, &mut unit.versions);
    unit.literals = user_agent_flow(text, &comments).into_iter().collect();
    let mut expressions = Expressions::of(text);
    for found in words.find_iter(text) {
        let Some(open) = expressions.open_at(found.start()) else { continue };
        if is_within(&comments, found.start()) {
            continue;
        }
        let span = Span::new(found.start(), found.end());
        let source = if found.pattern().as_usize() == 0 { SessionSource::Api } else { SessionSource::Function };
        unit.sessions.push(SessionUse {
            method: None,
            source,
            from: span,
            text: text.get(span.range()).unwrap_or_default().to_owned(),
            sink: Sink::Page,
            step: Point { span, repeated_by: None, is_per_chunk: false, kinds: Kinds::ALL, is_doubtful: false },
            address: address_before(text, open),
            is_null_checked: false,
            taken_in: None,
            is_one_of_several: false,
        });
    }
    unit
}

/// Where a page sends the browser for a token, by the user-agent flow or the hybrid one.
fn user_agent_flow(text: &str, comments: &[std::ops::Range<usize>]) -> Option<Literal> {
    // The word is rare, and looked for first.
    memchr::memmem::find(text.as_bytes(), b"response_type")?;
    let lower = text.to_ascii_lowercase();
    if !lower.contains("/services/oauth2/authorize") {
        return None;
    }
    let mut of_script = ScriptComments::of(text);
    let mut is_read = |at: usize| !is_within(comments, at) && !of_script.contain(at);
    lower.match_indices("response_type=").filter(|(at, _)| is_read(*at)).find_map(|(at, _)| {
        let rest = lower.get(at..)?;
        let end =
            rest.find(|ch: char| !(ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '='))).unwrap_or(rest.len());
        let pair = requests_by_browser(&rest[..end])?;
        Some(Literal {
            method: None,
            span: Span::new(at, at + pair.len()),
            what: LiteralKind::UserAgentFlow,
            text: pair.to_owned(),
            is_markup: false,
            is_called: false,
            is_compared: false,
            is_doubtful: false,
        })
    })
}

/// The expressions of a text, for places in order: what is before a place is read once.
struct Expressions<'t> {
    text: &'t str,
    /// What was read, and the expression that is open behind it.
    read: (usize, Option<usize>),
}

impl<'t> Expressions<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, read: (0, None) }
    }

    /// The start of the expression that is open at a place, where no `{!` can begin before it and end behind it.
    fn open_at(&mut self, at: usize) -> Option<usize> {
        let (from, open) = self.read;
        let more = self.text.get(from..at).unwrap_or_default();
        let now = match (more.rfind("{!"), more.rfind('}')) {
            (None, None) => open,
            (Some(start), end) if end.is_none_or(|end| end < start) => Some(from + start),
            _ => None,
        };
        self.read = (at, now);
        now
    }
}

/// An address of more bytes than this is not looked through.
const MAX_ADDRESS: usize = 2_000;

/// Scheme and host of the address that an expression is written into: `https://a.example.com/x?sid={!...}`. The text
/// of a script may go on in another literal (`'https://a.example.com/x?sid=' + '{!...}'`).
fn address_before(text: &str, open: usize) -> Option<Spot> {
    let mut start = open;
    let bytes = text.as_bytes();
    while start > 0 && open - start < MAX_ADDRESS {
        match bytes[start - 1] {
            b'}' => start = text[..start].rfind("{!")?,
            b'"' | b'\'' => {
                let before = text[..start - 1].trim_end();
                let joined = before.strip_suffix('+').map(str::trim_end).and_then(|it| it.strip_suffix(['"', '\'']));
                match joined {
                    Some(joined) => start = joined.len(),
                    None => break,
                }
            }
            b'<' | b'>' | b'(' => break,
            byte if byte.is_ascii_whitespace() => break,
            _ => start -= 1,
        }
    }
    let before = text.get(start..open)?;
    let lower = before.to_ascii_lowercase();
    let from = [lower.rfind("https://"), lower.rfind("http://")].into_iter().flatten().max()?;
    let rest = before.get(from..)?;
    let behind_scheme = rest.find("://")? + "://".len();
    let is_end = |ch: char| !(ch.is_ascii_alphanumeric() || matches!(ch, '.' | '-' | ':'));
    let length = rest.get(behind_scheme..)?.find(is_end)?;
    let end = behind_scheme + length;
    // What goes on with an expression is not known.
    let is_whole = length > 0 && rest.get(end..).is_some_and(|rest| rest.starts_with(['/', '?']));
    let span = Span::new(start + from, start + from + end);
    is_whole.then(|| (span, rest[..end].to_owned()))
}

/// Whether a place is in one of some ranges, which are in order.
fn is_within(ranges: &[std::ops::Range<usize>], at: usize) -> bool {
    let next = ranges.partition_point(|range| range.end <= at);
    ranges.get(next).is_some_and(|range| range.contains(&at))
}

/// Which places are behind the `//` of a line of script. Each line is read once for places in order.
struct ScriptComments<'t> {
    text: &'t str,
    /// The last line asked for, and whether it begins with `//`.
    line: (std::ops::Range<usize>, bool),
}

impl<'t> ScriptComments<'t> {
    fn of(text: &'t str) -> Self {
        Self { text, line: (0..0, false) }
    }

    fn contain(&mut self, at: usize) -> bool {
        if !self.line.0.contains(&at) {
            let bytes = self.text.as_bytes();
            let start = memrchr2(b'\n', b'\r', &bytes[..at]).map_or(0, |end| end + 1);
            let end = memchr2(b'\n', b'\r', &bytes[at..]).map_or(bytes.len(), |length| at + length);
            let line = self.text.get(start..end).unwrap_or_default();
            self.line = (start..end, line.trim_start().starts_with("//"));
        }
        self.line.1
    }
}

/// Comments of the markup; what is in them is not delivered with a value.
fn comments(text: &str) -> Vec<std::ops::Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    while let Some(start) = text.get(at..).and_then(|rest| rest.find("<!--")).map(|start| at + start) {
        let end = text[start..].find("-->").map_or(text.len(), |length| start + length + 3);
        found.push(start..end);
        at = end;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_are_those_that_the_id_is_written_into() {
        let table = [
            (
                "<iframe src=\"https://a.example.com/x?id={! Order.Id }&amp;sid={!$Api.Session_ID}\"/>",
                Some("https://a.example.com"),
            ),
            ("open('http://a.example.com/x?sid=' + '{!$Api.Session_ID}');", Some("http://a.example.com")),
            ("<a href=\"https://{!host}/x?sid={!$Api.Session_ID}\"/>", None),
            ("<a href=\"https://a.{!domain}/x?sid={!$Api.Session_ID}\"/>", None),
            ("<a href=\"/apex/Next?sid={!$Api.Session_ID}\"/>", None),
            ("<a href=\"https://a.example.com/x\"/> {!$Api.Session_ID}", None),
            ("load('https://a.example.com/x', '{!$Api.Session_ID}')", None),
        ];
        for (text, expected) in table {
            let unit = Unit::read(Code::Page, "P", text);
            let found = unit.sessions.first().and_then(|it| it.address.as_ref()).map(|(_, text)| text.as_str());
            assert_eq!(found, expected, "{text}");
        }
    }

    #[test]
    fn session_ids_of_pages_are_found_where_they_are_given_out() {
        let text = "<apex:page>\n<script>var s = '{!$Api.Session_Id}'; // $Api.Session_ID\n</script>\n\
                    <a href=\"x?s={!URLENCODE(GETSESSIONID())}\"/><!-- {!$Api.Session_ID} -->\n\
                    {!Order.Id} $Api.Session_ID {!IF($Api.Session_ID = x, $Api.Session_ID, x)}</apex:page>";
        let unit = Unit::read(Code::Page, "P", text);
        let found: Vec<_> = unit.sessions.iter().map(|it| (it.source, it.text.as_str())).collect();
        assert_eq!(
            found,
            [
                (SessionSource::Api, "$Api.Session_Id"),
                (SessionSource::Function, "GETSESSIONID()"),
                (SessionSource::Api, "$Api.Session_ID"),
                (SessionSource::Api, "$Api.Session_ID")
            ]
        );
    }
}
