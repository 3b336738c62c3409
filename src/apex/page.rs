//! Visualforce: where a page or component gives out a session id.
//!
//! No parser: an expression is looked for by its words, in any case, as Visualforce reads it.

use aho_corasick::{AhoCorasick, AhoCorasickBuilder};
use std::sync::LazyLock;

use super::{Code, Kinds, SessionUse, Sink, Source, Step, Unit};
use crate::source::Span;

static WORDS: LazyLock<Option<AhoCorasick>> = LazyLock::new(|| {
    AhoCorasickBuilder::new().ascii_case_insensitive(true).build(["$api.session_id", "getsessionid()"]).ok()
});

pub(super) fn read(code: Code, name: &str, text: &str) -> Unit {
    let mut unit = Unit::empty(code, name);
    let Some(words) = WORDS.as_ref() else { return unit };
    let comments = comments(text);
    for found in words.find_iter(text) {
        let is_comment = comments.iter().any(|comment| comment.start <= found.start() && found.end() <= comment.end);
        if is_comment || !is_expression(text, found.start()) {
            continue;
        }
        let span = Span::new(found.start(), found.end());
        let source = if found.pattern().as_usize() == 0 { Source::Api } else { Source::Function };
        unit.sessions.push(SessionUse {
            method: None,
            source,
            from: span,
            text: text.get(span.range()).unwrap_or_default().to_owned(),
            sink: Sink::Page,
            step: Step { span, repeated_by: None, is_per_chunk: false, kinds: Kinds::ALL, is_doubtful: false },
            is_null_checked: false,
        });
    }
    unit
}

/// Whether the nearest `{!` before a place is still open there.
fn is_expression(text: &str, at: usize) -> bool {
    let before = text.get(..at).unwrap_or_default();
    let Some(open) = before.rfind("{!") else { return false };
    !before[open..].contains('}')
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
    fn session_ids_of_pages_are_found_where_they_are_given_out() {
        let text = "<apex:page>\n<script>var s = '{!$Api.Session_Id}'; // $Api.Session_ID\n</script>\n\
                    <a href=\"x?s={!URLENCODE(GETSESSIONID())}\"/><!-- {!$Api.Session_ID} --></apex:page>";
        let unit = Unit::read(Code::Page, "P", text);
        let found: Vec<_> = unit.sessions.iter().map(|it| (it.source, it.text.as_str())).collect();
        assert_eq!(found, [(Source::Api, "$Api.Session_Id"), (Source::Function, "GETSESSIONID()")]);
    }
}
