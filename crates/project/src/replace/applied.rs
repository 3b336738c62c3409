//! Applies replacements to one text, and maps each place in the result to the original text.
//!
//! Refuses to know which texts are replaced, and in which files: `entry` and `matcher` decide that.

use super::entry::Entry;
use super::matcher::Match;
use sessionlint_source::Span;
use sessionlint_source::budget::{BudgetExceeded, Lease};
use sessionlint_xml::{Document, Keep, NodeId, ParseOutcome, parse_within};

/// Salesforce's library reads a file in chunks of this size, in bytes, and cuts each at its last line end.
const PART: usize = 64 * 1024;

/// A longer result is not built, in bytes.
const MAX_TEXT: usize = 64 * 1024 * 1024;

/// With more replaced spans in one file, all of it is unknown.
const MAX_REPLACED: usize = 10_000;

/// Memory of a span while it is replaced, beside its text, in bytes: it is in several lists.
const STRETCH: u64 = 256;

/// A replaced span of a text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Mark {
    /// Its position in the original file.
    pub span: Span,
    /// The first entry that replaces it.
    pub entry: usize,
    /// Whether the new text is known.
    pub is_known: bool,
}

/// A text after replacement.
#[derive(Debug)]
pub struct ReplacedText {
    /// The text. Known values are filled in; an unknown value is shown as `${NAME}`.
    pub text: String,
    /// The replaced spans of the original file, in order.
    pub marks: Vec<Mark>,
    /// Whether the replacement may change the elements, not just their values.
    pub is_shapeless: bool,
    /// Maps places in the text to places in the file.
    pub map: SpanMap,
    /// The memory of the text.
    pub lease: Lease,
}

/// Maps spans of a replaced text to the original text.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct SpanMap {
    /// Spans of the new text, in order, with those of the original. The text between them is the same.
    edits: Vec<(Span, Span)>,
}

impl SpanMap {
    /// The place in the file of a place in the new text. A place that touches a replaced span covers all of it.
    pub fn span(&self, span: Span) -> Span {
        let start = self.at(span.start, false);
        Span { start, end: self.at(span.end, true).max(start) }
    }

    fn at(&self, at: u32, is_end: bool) -> u32 {
        // The first edit that does not end before the place.
        let next = self.edits.partition_point(|(new, _)| if is_end { new.end < at } else { new.end <= at });
        match self.edits.get(next) {
            Some((new, old)) if new.start < at => {
                if is_end {
                    old.end
                } else {
                    old.start
                }
            }
            Some((new, old)) if new.start == at => old.start,
            _ => match next.checked_sub(1).map(|last| self.edits[last]) {
                Some((new, old)) => old.end + (at - new.end),
                None => at,
            },
        }
    }
}

/// A span that may be replaced with an unknown value.
#[derive(Clone, Copy, Debug)]
struct UnknownStretch {
    start: usize,
    end: usize,
    entry: usize,
}

/// A text while entries are applied to it.
struct Replacer {
    text: String,
    map: SpanMap,
    /// In order, not overlapping.
    unknown: Vec<UnknownStretch>,
    known: Vec<(Span, usize)>,
    /// An entry that may change any part of the text.
    anything: Option<usize>,
    lease: Lease,
}

impl Replacer {
    /// Marks spans as unknown, merged with those they touch.
    fn mark_unknown(&mut self, more: Vec<UnknownStretch>) {
        if more.is_empty() {
            return;
        }
        self.unknown.extend(more);
        self.unknown.sort_by_key(|it| it.start);
        self.unknown.dedup_by(|it, last| {
            let touches = it.start <= last.end;
            if touches {
                last.end = last.end.max(it.end);
                last.entry = last.entry.min(it.entry);
            }
            touches
        });
    }

    /// Whether a span touches an unknown one.
    fn touches_unknown(&self, start: usize, end: usize) -> bool {
        let next = self.unknown.partition_point(|it| it.end < start);
        self.unknown.get(next).is_some_and(|it| it.start <= end)
    }

    /// Replaces spans, which are in order and touch no unknown one; returns their spans in the file.
    fn put(&mut self, edits: &[(usize, usize, String)]) -> Result<Vec<Span>, BudgetExceeded> {
        let length = self.text.len() + edits.iter().map(|(.., value)| value.len()).sum::<usize>();
        self.lease.more(length as u64)?;
        self.lease.less(self.text.capacity() as u64);
        let mut text = String::with_capacity(length);
        let mut moved: Vec<(usize, usize, usize)> = Vec::new();
        let mut done = 0;
        for (start, end, value) in edits {
            text.push_str(&self.text[done..*start]);
            moved.push((*start, *end, text.len()));
            text.push_str(value);
            done = *end;
        }
        text.push_str(&self.text[done..]);
        let spans: Vec<Span> = edits.iter().map(|(start, end, _)| self.map.span(Span::new(*start, *end))).collect();
        // The new position of an offset; one inside an edit moves to its end.
        let shift = |at: usize, is_end: bool| {
            let before = moved.partition_point(|(_, end, _)| *end <= at);
            match (moved.get(before), before.checked_sub(1)) {
                (Some((start, _, new)), _) if *start < at => new + if is_end { edits[before].2.len() } else { 0 },
                (_, Some(last)) => moved[last].2 + edits[last].2.len() + (at - moved[last].1),
                (_, None) => at,
            }
        };
        let mut all: Vec<(Span, Span)> = edits
            .iter()
            .zip(&moved)
            .zip(&spans)
            .map(|(((.., value), (.., start)), old)| (Span::new(*start, start + value.len()), *old))
            .collect();
        all.extend(
            self.map
                .edits
                .iter()
                .map(|(new, old)| (Span::new(shift(new.start as usize, false), shift(new.end as usize, true)), *old)),
        );
        all.sort_by_key(|(new, _)| (new.start, new.end));
        // An edit inside another one is merged with it.
        all.dedup_by(|(new, old), (last, last_old)| {
            let is_one = new.start < last.end || new == last;
            if is_one {
                last.end = last.end.max(new.end);
                *last_old = Span { start: last_old.start.min(old.start), end: last_old.end.max(old.end) };
            }
            is_one
        });
        for it in &mut self.unknown {
            let length = it.end - it.start;
            it.start = shift(it.start, false);
            it.end = it.start + length;
        }
        self.text = text;
        self.map = SpanMap { edits: all };
        Ok(spans)
    }

    /// Applies all entries in order.
    fn of(
        entries: &[(usize, &Entry, Match)],
        text: &str,
        takes_known: bool,
        mut lease: Lease,
    ) -> Result<Self, BudgetExceeded> {
        lease.more(text.len() as u64)?;
        let mut work = Self {
            text: text.to_owned(),
            map: SpanMap::default(),
            unknown: Vec::new(),
            known: Vec::new(),
            anything: None,
            lease,
        };
        let is_long = text.len() > PART;
        let mut most = MAX_REPLACED;
        for (index, entry, matched) in entries {
            let mut beside = work.lease.beside();
            beside.more(entry.pattern.takes(&work.text) + 2 * size_of::<(usize, usize)>() as u64 * most as u64)?;
            let Some(found) = entry.pattern.find(&work.text, most) else {
                work.anything.get_or_insert(*index);
                continue;
            };
            most -= found.len();
            work.lease.more(found.len() as u64 * STRETCH)?;
            let mut edits: Vec<(usize, usize, String)> = Vec::new();
            // Text is matched up to the last line end, and the rest separately.
            let last_line = work.text.rfind('\n').map_or(0, |at| at + 1);
            let mut unknown = Vec::new();
            for (start, end) in found {
                if start < last_line && last_line < end && !is_long {
                    continue;
                }
                let spans_lines = work.text[start..end].trim_end_matches('\n').contains('\n');
                let is_sure = takes_known && *matched == Match::Certain && !(is_long && spans_lines);
                let value = entry.value.as_deref().filter(|_| is_sure && !work.touches_unknown(start, end));
                // A value may contain the match, once for every two characters.
                let found = end - start;
                beside.more(value.map_or(0, |value| value.len() + value.matches("$&").count() * found) as u64)?;
                match value.and_then(|value| expanded(value, &work.text[start..end], entry.pattern.has_groups())) {
                    Some(value) => edits.push((start, end, value)),
                    None => unknown.push(UnknownStretch { start, end, entry: *index }),
                }
            }
            work.mark_unknown(unknown);
            let is_known = |(start, end, _): &(usize, usize, String)| !work.touches_unknown(*start, *end);
            let (edits, others): (Vec<_>, Vec<_>) = edits.into_iter().partition(is_known);
            work.mark_unknown(
                others.into_iter().map(|(start, end, _)| UnknownStretch { start, end, entry: *index }).collect(),
            );
            if is_too_much(&work.text, &edits) {
                work.anything.get_or_insert(*index);
            } else if !edits.is_empty() {
                let spans = work.put(&edits)?;
                work.known.extend(spans.into_iter().map(|span| (span, *index)));
            }
        }
        Ok(work)
    }

    fn is_untouched(&self) -> bool {
        self.unknown.is_empty() && self.known.is_empty() && self.anything.is_none()
    }
}

/// Whether a text would become too long.
fn is_too_much(text: &str, edits: &[(usize, usize, String)]) -> bool {
    text.len() + edits.iter().map(|(.., value)| value.len()).sum::<usize>() > MAX_TEXT
}

/// `value` as JavaScript's `replace` expands it for the match `found`; `None` if it uses other references.
fn expanded(value: &str, found: &str, has_groups: bool) -> Option<String> {
    let mut text = String::with_capacity(value.len());
    let mut rest = value;
    while let Some((before, after)) = rest.split_once('$') {
        text.push_str(before);
        rest = after;
        match after.as_bytes().first() {
            Some(b'$') => {
                text.push('$');
                rest = &after[1..];
            }
            Some(b'&') => {
                text.push_str(found);
                rest = &after[1..];
            }
            Some(b'`' | b'\'') => return None,
            Some(byte) if has_groups && (byte.is_ascii_digit() || *byte == b'<') => return None,
            _ => text.push('$'),
        }
    }
    text.push_str(rest);
    Some(text)
}

/// The placeholder for the unknown value of an entry.
fn placeholder(entry: &Entry) -> String {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.' | '/');
    let name: String = entry.origin.chars().filter(|ch| is_plain(*ch)).take(80).collect();
    format!("${{{name}}}")
}

/// The effect of an unknown span of markup.
enum Effect {
    /// It changes part of the value of an element.
    Value(usize, usize),
    /// It replaces whole elements; the values in them change.
    Elements(Vec<(usize, usize)>),
    /// It changes a comment.
    Nothing,
    /// It may change anything.
    Shape,
}

/// Replaces text in metadata.
pub(super) fn markup(
    entries: &[(usize, &Entry, Match)],
    text: &str,
    lease: Lease,
) -> Result<Option<ReplacedText>, BudgetExceeded> {
    let mut work = Replacer::of(entries, text, true, lease)?;
    if work.is_untouched() {
        return Ok(None);
    }
    let entry_of = |index: usize| entries.iter().find(|(it, ..)| *it == index).map(|(_, entry, _)| *entry);
    let mut shapeless = work.anything;
    let mut edits: Vec<(usize, usize, String)> = Vec::new();
    let mut unknown = Vec::new();
    if shapeless.is_none() && !work.unknown.is_empty() {
        match parse_within(&work.text, Keep::All, &mut work.lease.beside()) {
            ParseOutcome::Tree(document) => {
                for it in &work.unknown {
                    let name = entry_of(it.entry).map(placeholder).unwrap_or_default();
                    match effect(&document, &work.text, it) {
                        Effect::Nothing => {}
                        Effect::Shape => shapeless = shapeless.or(Some(it.entry)),
                        Effect::Value(start, end) => {
                            edits.push((it.start, it.end, name));
                            unknown.push((work.map.span(Span::new(start, end)), it.entry));
                        }
                        Effect::Elements(values) => {
                            unknown.push((work.map.span(Span::new(it.start, it.end)), it.entry));
                            edits.extend(values.into_iter().map(|(start, end)| (start, end, name.clone())));
                        }
                    }
                }
            }
            ParseOutcome::OutOfMemory => return Err(BudgetExceeded),
            ParseOutcome::Malformed(_) => shapeless = work.unknown.first().map(|it| it.entry),
        }
    }
    if is_too_much(&work.text, &edits) {
        shapeless = shapeless.or(work.unknown.first().map(|it| it.entry));
    }
    let mut marks: Vec<Mark> =
        work.known.iter().map(|(span, entry)| Mark { span: *span, entry: *entry, is_known: true }).collect();
    if let Some(entry) = shapeless {
        marks = vec![Mark { span: Span::new(0, text.len()), entry, is_known: false }];
    } else {
        marks.extend(unknown.into_iter().map(|(span, entry)| Mark { span, entry, is_known: false }));
        work.unknown.clear();
        work.put(&edits)?;
    }
    marks.sort_by_key(|mark| (mark.span, mark.is_known));
    marks.dedup_by(|one, other| one.span == other.span && one.is_known == other.is_known);
    // A change in a comment is no change.
    let Replacer { text, map, lease, .. } = work;
    Ok((!marks.is_empty()).then_some(ReplacedText { text, marks, is_shapeless: shapeless.is_some(), map, lease }))
}

/// The effect of replacing an unknown span.
fn effect(document: &Document, text: &str, it: &UnknownStretch) -> Effect {
    let span = Span::new(it.start, it.end);
    let in_comment = |comment: &Span| comment.start + 4 <= span.start && span.end + 3 <= comment.end;
    if document.comments().iter().any(in_comment) {
        return Effect::Nothing;
    }
    let Some(inside) = around(document, span) else { return Effect::Shape };
    let element = document.element(inside);
    let open = document.open_tag(inside);
    let end_tag = text[..element.end as usize].rfind("</").map_or(element.end, |at| at as u32);
    if span.start < open.end || span.end > end_tag {
        return Effect::Shape;
    }
    if document.is_leaf(inside) {
        // A tag in a value adds elements.
        let is_text = !text[it.start..it.end].contains(['<', '>']);
        let value = document.value(inside).unwrap_or(Span { start: open.end, end: end_tag });
        let (start, end) = (value.start.min(span.start), value.end.max(span.end));
        return if is_text { Effect::Value(start as usize, end as usize) } else { Effect::Shape };
    }
    let found = &text[it.start..it.end];
    let start = it.start + (found.len() - found.trim_start().len());
    let end = it.start + found.trim_end().len();
    let children: Vec<NodeId> = document
        .children(inside)
        .filter(|child| {
            let element = document.element(*child);
            (element.start as usize) < end && start < element.end as usize
        })
        .collect();
    let (Some(first), Some(last)) = (children.first(), children.last()) else { return Effect::Shape };
    if document.element(*first).start as usize != start || document.element(*last).end as usize != end {
        return Effect::Shape;
    }
    let values = document.nodes().filter(|node| {
        let element = document.element(*node);
        document.is_leaf(*node) && start <= element.start as usize && element.end as usize <= end
    });
    let values = values.filter_map(|node| document.value(node));
    Effect::Elements(values.map(|value| (value.start as usize, value.end as usize)).collect())
}

/// The innermost element that contains `span`.
fn around(document: &Document, span: Span) -> Option<NodeId> {
    let mut at = document.opened_last_before(span.start)?;
    loop {
        let element = document.element(at);
        // An element whose own tag starts the span is inside it.
        if element.start < span.start && span.end <= element.end && span.start < element.end {
            return Some(at);
        }
        at = document.parent(at)?;
    }
}

/// Replaces text in code.
pub(super) fn code(
    entries: &[(usize, &Entry, Match)],
    text: &str,
    lease: Lease,
) -> Result<Option<ReplacedText>, BudgetExceeded> {
    let work = Replacer::of(entries, text, false, lease)?;
    if work.is_untouched() {
        return Ok(None);
    }
    let mut lease = work.lease;
    lease.more(text.len() as u64)?;
    let whole = work.anything.map(|entry| UnknownStretch { start: 0, end: text.len(), entry });
    let unknown = whole.map_or(work.unknown, |it| vec![it]);
    let mut bytes = text.as_bytes().to_vec();
    for it in &unknown {
        // The mask contains no quote and no word, and all line ends are kept.
        bytes[it.start..it.end].iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b'$');
    }
    let marks =
        unknown.iter().map(|it| Mark { span: Span::new(it.start, it.end), entry: it.entry, is_known: false }).collect();
    let changed = |text| ReplacedText { text, marks, is_shapeless: whole.is_some(), map: SpanMap::default(), lease };
    Ok(String::from_utf8(bytes).ok().map(changed))
}

#[cfg(test)]
mod tests {
    use super::super::{Fault, ReplacementPlan, read_entries};
    use super::*;

    fn plan(entries: &str) -> ReplacementPlan {
        let json = format!("{{\"replacements\": [{entries}]}}");
        let read = |path: &str| match path {
            "key.txt" => Ok("3MVG-a-long-key\n".to_owned()),
            "block.txt" => Ok("<b>1</b>\n<c>2</c>".to_owned()),
            "dollars.txt" => Ok("$$ $& $1 $".to_owned()),
            _ => Err(Fault::Missing),
        };
        ReplacementPlan::new(read_entries(&json, read))
    }

    fn lease() -> Lease {
        Lease::of(&std::sync::Arc::default())
    }

    fn changed(entries: &str, text: &str) -> Option<ReplacedText> {
        plan(entries).markup("x", text, lease()).unwrap()
    }

    fn marked<'t>(changed: &ReplacedText, text: &'t str) -> Vec<(&'t str, bool)> {
        changed.marks.iter().map(|mark| (&text[mark.span.range()], mark.is_known)).collect()
    }

    const ENV: &str = r#"{"filename": "x", "stringToReplace": "HOST", "replaceWithEnv": "MY_HOST"}"#;

    #[test]
    fn a_value_that_may_be_replaced_is_unknown_whole() {
        let text = "<a><b>https://HOST/x</b><c>HOST.example</c><d>other</d></a>";
        let it = changed(ENV, text).unwrap();
        assert_eq!(it.text, "<a><b>https://${MY_HOST}/x</b><c>${MY_HOST}.example</c><d>other</d></a>");
        assert_eq!(marked(&it, text), [("https://HOST/x", false), ("HOST.example", false)]);
        assert!(!it.is_shapeless);
        let other = it.text.find("other").unwrap();
        assert_eq!(&text[it.map.span(Span::new(other, other + 5)).range()], "other");
        assert!(changed(ENV, "<a>host</a>").is_none(), "case counts");
        assert!(changed(ENV, "<a><!-- for HOST --><b>1</b></a>").is_none(), "a comment says nothing");
        assert!(plan(ENV).markup("y", text, lease()).unwrap().is_none());
    }

    #[test]
    fn a_file_of_the_project_is_taken() {
        let text = "<a>\n <b>KEY</b>\n <c>KEY</c><d>é</d>\n</a>\n";
        let it = changed(r#"{"filename": "x", "stringToReplace": "KEY", "replaceWithFile": "key.txt"}"#, text).unwrap();
        assert_eq!(it.text, "<a>\n <b>3MVG-a-long-key</b>\n <c>3MVG-a-long-key</c><d>é</d>\n</a>\n");
        assert_eq!(marked(&it, text), [("KEY", true), ("KEY", true)]);
        for (start, part) in it.text.match_indices("3MVG-a-long-key") {
            assert_eq!(&text[it.map.span(Span::new(start, start + part.len())).range()], "KEY");
            assert_eq!(&text[it.map.span(Span::new(start + 2, start + 4)).range()], "KEY");
        }
        for part in ["<b>", "<c>", "</c>", "é", "\n</a>"] {
            let start = it.text.find(part).unwrap();
            assert_eq!(&text[it.map.span(Span::new(start, start + part.len())).range()], part);
        }
    }

    #[test]
    fn a_file_can_bring_elements() {
        let text = "<a><!-- HERE --><d>3</d></a>";
        let entry = r#"{"filename": "x", "stringToReplace": "<!-- HERE -->", "replaceWithFile": "block.txt"}"#;
        let it = changed(entry, text).unwrap();
        assert_eq!(it.text, "<a><b>1</b>\n<c>2</c><d>3</d></a>");
        let start = it.text.find("<c>").unwrap();
        assert_eq!(&text[it.map.span(Span::new(start, start + 3)).range()], "<!-- HERE -->");
        let start = it.text.find("<d>").unwrap();
        assert_eq!(&text[it.map.span(Span::new(start, start + 3)).range()], "<d>");
    }

    #[test]
    fn entries_are_applied_in_their_order() {
        let text = "<a><b>ONE</b></a>";
        let entries = r#"{"filename": "x", "stringToReplace": "ONE", "replaceWithFile": "key.txt"},
            {"filename": "x", "stringToReplace": "long", "replaceWithFile": "block.txt"}"#;
        assert_eq!(changed(entries, text).unwrap().text, "<a><b>3MVG-a-<b>1</b>\n<c>2</c>-key</b></a>");
        let entries = r#"{"filename": "x", "stringToReplace": "ONE", "replaceWithFile": "key.txt"},
            {"filename": "x", "stringToReplace": "a-long", "replaceWithEnv": "X"}"#;
        let it = changed(entries, text).unwrap();
        assert_eq!(it.text, "<a><b>3MVG-${X}-key</b></a>");
        assert_eq!(marked(&it, text), [("ONE", false), ("ONE", true)]);
        let entries = r#"{"filename": "x", "stringToReplace": "N", "replaceWithEnv": "X"},
            {"filename": "x", "stringToReplace": "ONE", "replaceWithFile": "key.txt"}"#;
        let it = changed(entries, text).unwrap();
        assert_eq!(marked(&it, text), [("ONE", false)], "what follows on what is unknown is unknown");
    }

    #[test]
    fn whole_elements_keep_their_shape() {
        let entry = r#"{"filename": "x", "regexToReplace": "<b>.*</b>", "replaceWithEnv": "X"}"#;
        let text = "<a><b>1</b><c>2</c></a>";
        let it = changed(entry, text).unwrap();
        assert_eq!((it.text.as_str(), it.is_shapeless), ("<a><b>${X}</b><c>2</c></a>", false));
        assert_eq!(marked(&it, text), [("<b>1</b>", false)]);
        assert!(changed(entry, "<a><d>1</d></a>").is_none());
        let both = changed(entry, "<a><b>1</b> <c><d>3</d></c><b>2</b></a>").unwrap();
        assert_eq!(both.text, "<a><b>${X}</b> <c><d>${X}</d></c><b>${X}</b></a>");
    }

    #[test]
    fn what_cuts_elements_makes_all_unknown() {
        for (pattern, text) in [
            (r"1</b>", "<a><b>1</b></a>"),
            (r"<b>", "<a><b>1</b></a>"),
            (r"<!-- HERE -->", "<a><!-- HERE --><b>1</b></a>"),
            (r"</b>\\s*<c>", "<a><b>1</b> <c>2</c></a>"),
            (r"<a>", "<a><b>1</b></a>"),
            (r"x*", "<a><b>1</b></a>"),
            (r"^1", "<a><b>1</b></a>"),
        ] {
            let entry = format!(r#"{{"filename": "x", "regexToReplace": "{pattern}", "replaceWithEnv": "X"}}"#);
            let it = changed(&entry, text).unwrap();
            assert!(it.is_shapeless, "{pattern}");
            assert_eq!(marked(&it, text), [(text, false)], "{pattern}");
        }
    }

    #[test]
    fn dollars_mean_what_they_mean_to_javascript() {
        assert_eq!(expanded("$$ $& $1 $", "X", false).as_deref(), Some("$ X $1 $"));
        assert_eq!(expanded("$1", "X", true), None);
        assert_eq!(expanded("a$`", "X", false), None);
        let entry = r#"{"filename": "x", "stringToReplace": "KEY", "replaceWithFile": "dollars.txt"}"#;
        assert_eq!(changed(entry, "<a>KEY</a>").unwrap().text, "<a>$ KEY $1 $</a>");
    }

    #[test]
    fn the_last_line_is_read_for_itself() {
        let entry = r#"{"filename": "x", "regexToReplace": "</b>\\s*</a>", "replaceWithEnv": "X"}"#;
        assert!(changed(entry, "<a><b>1</b>\n</a>").is_none());
        assert!(changed(entry, "<a><b>1</b>\n</a>\n").is_some());
    }

    #[test]
    fn code_keeps_its_length() {
        let text = "call('https://HOST/é');\nHOST();\n";
        let it = plan(ENV).code("x", text, lease()).unwrap().unwrap();
        assert_eq!(it.text, "call('https://$$$$/é');\n$$$$();\n");
        assert_eq!(marked(&it, text), [("HOST", false), ("HOST", false)]);
        let file = r#"{"filename": "x", "stringToReplace": "HOST", "replaceWithFile": "key.txt"}"#;
        assert_eq!(plan(file).code("x", text, lease()).unwrap().unwrap().text, it.text);
    }

    proptest::proptest! {
        #[test]
        fn places_are_those_of_the_file(text in "[abKé]{0,12}", more in "[abKé]{0,12}") {
            let text = format!("<r><x>{text}</x><y>{more}</y></r>");
            let entries = r#"{"filename": "x", "stringToReplace": "K", "replaceWithFile": "key.txt"},
                {"filename": "x", "stringToReplace": "a", "replaceWithFile": "dollars.txt"},
                {"filename": "x", "regexToReplace": "b+", "replaceWithEnv": "E"}"#;
            if let Some(it) = changed(entries, &text) {
                let close = |text: &str| Span::new(text.find("</x>").unwrap(), text.find("</x>").unwrap() + 7);
                proptest::prop_assert_eq!(it.map.span(close(&it.text)), close(&text));
                let mut before = 0;
                for at in 0..=it.text.len() {
                    let span = it.map.span(Span::new(at, at));
                    proptest::prop_assert!(span.start >= before && span.end as usize <= text.len());
                    before = span.start;
                }
            }
        }
    }
}
