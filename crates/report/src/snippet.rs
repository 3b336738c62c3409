//! Excerpts of files for people: the marked lines, drawn by miette over a window of our own.
//!
//! The window holds the needed lines only, masked and cropped, with a map from places in the file. miette never sees
//! the file: that would cost time with its size for each finding, and print what must not be printed. Assumes that the
//! file's text can be had. Refuses to know rules and severities.

use std::fmt;
use std::ops::Range;

use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeStyles,
};

use super::text::{columns_of, one_line, width_of};
use super::{Glyphs, Style};
use sessionlint_lint::diagnostic::Severity;
use sessionlint_source::{Encoding, Position, Source, Span};

/// Columns before a line of the file, in addition to the digits of its number.
const GUTTER: usize = 4;
/// Columns before a related line.
const RELATED_GUTTER: usize = 13;
/// The fewest columns that are left to a line of the file, however narrow the terminal is.
const MIN_LINE: usize = 30;
/// The label of a mark whose line contains another mark.
const HERE: &str = "here";
/// Columns between a mark and its words.
const BEFORE_WORDS: usize = 4;
/// A mark over more lines than this shows its first line only.
const MAX_LINES: u32 = 8;
/// Related places at most this many lines away become labels in the snippet.
const NEAR_LINES: u32 = 6;

/// Draws `primary` with those of `related` that are near, and returns their indices.
///
/// The drawing ends with a line end.
pub(crate) fn draw(
    source: &Source,
    shown_path: &str,
    primary: Span,
    related: &[(Span, &str)],
    severity: Severity,
    style: Style,
) -> (String, Vec<usize>) {
    let (snippet, drawn) = Snippet::new(source, shown_path, primary, related, style);
    let handler = GraphicalReportHandler::new_themed(snippet.theme(severity, style))
        .with_links(false)
        .without_syntax_highlighting();
    let mut text = String::new();
    // Writing into a string does not fail; only a refusal of the window's spans does, and a test would find it.
    let _ = handler.render_report(&mut text, &snippet);
    // miette puts the message on the first line; we write our own.
    let drawing = text.split_once('\n').map_or("", |(_, drawing)| drawing);
    let mut lines = String::with_capacity(drawing.len());
    for line in drawing.lines() {
        lines.push_str(line.trim_end());
        lines.push('\n');
    }
    (lines, drawn)
}

/// An error in a text that is not a file of the project, in the look of a finding: the message, the marked lines of
/// `text`, whose name is `name`, and the hint. Without a line end.
pub fn quote(name: &str, text: &str, span: Range<usize>, message: &str, hint: Option<&str>) -> String {
    let source = Source::kept(name.to_owned(), text.to_owned(), Encoding::Utf8 { bom: 0 });
    let span = Span::new(span.start, span.end.max(span.start));
    let (drawing, _) = draw(&source, &one_line(name), span, &[], Severity::Error, Style::default());
    let hint = hint.map(|hint| format!("\n  hint: {}", one_line(hint))).unwrap_or_default();
    format!("{}\n{}{hint}", one_line(message), drawing.trim_end())
}

/// The line with the start of `span`, without indentation, masked and cropped.
pub(crate) fn line_excerpt(source: &Source, span: Span, style: Style) -> String {
    let mut line = line_span(source, source.line_of(clamp(source, span.start)).0);
    let text = source.slice(line);
    line.start += (text.len() - text.trim_start().len()) as u32;
    let excerpt = Excerpt::new(source, line, clamp(source, span.start), RELATED_GUTTER, style);
    excerpt.text.trim().replace('\t', " ")
}

/// One line of the window.
struct Excerpt {
    /// The shown part of the line, as a span of the file.
    shown: Span,
    /// Bytes of `text` before it (an ellipsis where the line is cropped).
    lead: usize,
    /// The text, masked, without line end.
    text: String,
}

impl Excerpt {
    /// The line `line`, cropped around `anchor` to the width that remains after `gutter` columns. Work is bounded
    /// whatever the line's length.
    fn new(source: &Source, line: Span, anchor: u32, gutter: usize, style: Style) -> Self {
        let text = source.slice(line);
        let room = style.width.saturating_sub(gutter).max(MIN_LINE);
        if end_of(text.char_indices(), room).is_none() {
            return Self { shown: line, lead: 0, text: source.masked(line) };
        }
        let ellipsis = match style.glyphs {
            Glyphs::Unicode => "…",
            Glyphs::Ascii => "...",
        };
        let room = room - 2 * ellipsis.chars().count();
        let anchor = (anchor.clamp(line.start, line.end) - line.start) as usize;
        let start = end_of(text[..anchor].char_indices().rev(), room / 3).map_or(0, |(at, ch)| at + ch.len_utf8());
        let end = end_of(text[start..].char_indices(), room).map_or(text.len(), |(at, _)| start + at);
        let lead = if start > 0 { ellipsis } else { "" };
        let tail = if end < text.len() { ellipsis } else { "" };
        let shown = Span { start: line.start + start as u32, end: line.start + end as u32 };
        Self { shown, lead: lead.len(), text: format!("{lead}{}{tail}", source.masked(shown)) }
    }

    /// The place in `text` of the offset `at` of the file; the nearest end where it is not shown.
    ///
    /// By counting code points, since masking keeps their number.
    fn byte_of(&self, source: &Source, at: u32) -> usize {
        let before = source.slice(Span { start: self.shown.start, end: at.clamp(self.shown.start, self.shown.end) });
        let count = before.chars().count();
        let text = &self.text[self.lead..];
        self.lead + text.char_indices().nth(count).map_or(text.len(), |(byte, _)| byte)
    }
}

/// The first of `chars` that does not fit into `room` columns.
fn end_of(mut chars: impl Iterator<Item = (usize, char)>, room: usize) -> Option<(usize, char)> {
    let mut columns = 0;
    chars.find(|(_, ch)| {
        columns += columns_of(*ch);
        columns > room
    })
}

/// The needed lines, one below the other.
struct Lines {
    /// Number of the first one, from 0.
    first: u32,
    /// Columns before each.
    gutter: usize,
    /// Each with its offset in `text`.
    excerpts: Vec<(usize, Excerpt)>,
    text: String,
}

impl Lines {
    /// The lines `first` to `last`, each cropped around the first of `anchors` in it.
    fn cut(source: &Source, (first, last): (u32, u32), anchors: &[u32], style: Style) -> Self {
        let gutter = GUTTER + (last + 1).to_string().len();
        let mut lines = Self { first, gutter, excerpts: Vec::new(), text: String::new() };
        for line in first..=last {
            let span = line_span(source, line);
            let is_here = |at: &u32| source.line_of(*at).0 == line;
            let anchor = anchors.iter().copied().find(is_here).unwrap_or(span.start);
            let excerpt = Excerpt::new(source, span, anchor, gutter, style);
            let offset = lines.text.len();
            lines.text.push_str(&excerpt.text);
            lines.text.push('\n');
            lines.excerpts.push((offset, excerpt));
        }
        lines
    }

    /// The place in `text` of the offset `at` of the file, which is in the line `line`.
    fn byte_of(&self, source: &Source, line: u32, at: u32) -> usize {
        let (offset, excerpt) = &self.excerpts[(line - self.first) as usize];
        offset + excerpt.byte_of(source, at)
    }

    /// Columns up to the end of `span`, which is in the line `line`.
    fn columns_to(&self, source: &Source, line: u32, span: Span) -> usize {
        let (_, excerpt) = &self.excerpts[(line - self.first) as usize];
        let end = excerpt.byte_of(source, span.end);
        self.gutter + excerpt.text.get(..end).map_or(0, |text| text.chars().map(columns_of).sum())
    }

    /// Whether `span`, which is in the line `line`, was not cropped away.
    fn shows(&self, line: u32, span: Span) -> bool {
        let shown = self.excerpts[(line - self.first) as usize].1.shown;
        span.start >= shown.start && span.end <= shown.end
    }
}

/// A snippet for miette: a diagnostic without a message.
struct Snippet {
    window: Window,
    labels: Vec<LabeledSpan>,
}

/// The text that miette gets, and its names of the places in it.
struct Window {
    name: String,
    lines: Lines,
    /// Where labels start in the text, and in the file.
    starts: Vec<(usize, Position)>,
}

impl Snippet {
    /// The snippet, and the indices of the related places that are labels in it.
    fn new(
        source: &Source,
        shown_path: &str,
        primary: Span,
        related: &[(Span, &str)],
        style: Style,
    ) -> (Self, Vec<usize>) {
        let (mark, clipped_lines) = clip(source, primary);
        let (first, last) = lines_of(source, mark);
        let near = if first == last { near(source, mark, related, style) } else { Vec::new() };
        let line_of = |index: &usize| source.line_of(related[*index].0.start).0;
        let from = near.iter().map(line_of).fold(first, u32::min);
        let to = near.iter().map(line_of).fold(last, u32::max);
        let starts = near.iter().map(|index| related[*index].0.start);
        let anchors: Vec<u32> = std::iter::once(mark.start).chain(starts).collect();
        let lines = Lines::cut(source, (from, to), &anchors, style);

        let mut window = Window { name: shown_path.to_owned(), lines, starts: Vec::new() };
        let mut labels = Vec::new();
        let mut words = (clipped_lines > 0).then(|| format!("and {clipped_lines} more lines"));
        let mut drawn = Vec::new();
        for index in near {
            let (span, text) = related[index];
            let line = line_of(&index);
            if !window.lines.shows(line, span) {
                continue;
            }
            let ends = |span, line, words| window.lines.columns_to(source, line, span) + BEFORE_WORDS + width_of(words);
            let is_too_wide = ends(span, line, text) > style.width;
            if is_too_wide || (line == first && ends(mark, first, HERE) > style.width) {
                continue;
            }
            let range = window.place(source, span, (line, line));
            labels.push(LabeledSpan::new_with_span(Some(one_line(text).into_owned()), range));
            drawn.push(index);
            if line == first {
                // For a mark without a label, miette would draw a line that leads nowhere.
                words = Some(HERE.to_owned());
            }
        }
        let range = window.place(source, mark, (first, last));
        labels.push(LabeledSpan::new_primary_with_span(words, range));
        labels.sort_by_key(LabeledSpan::offset);
        (Self { window, labels }, drawn)
    }

    /// The theme in which the mark has its severity's colour; miette paints labels in their order.
    fn theme(&self, severity: Severity, style: Style) -> GraphicalTheme {
        let mut theme = match (style.glyphs, style.color) {
            (Glyphs::Unicode, true) => GraphicalTheme::unicode(),
            (Glyphs::Unicode, false) => GraphicalTheme::unicode_nocolor(),
            (Glyphs::Ascii, true) => GraphicalTheme::ascii(),
            (Glyphs::Ascii, false) => GraphicalTheme::none(),
        };
        if style.color {
            let ThemeStyles { error, warning, advice, help, .. } = theme.styles;
            let mark = match severity {
                Severity::Error => error,
                Severity::Warning => warning,
                Severity::Note => advice,
            };
            let paint = |label: &LabeledSpan| if label.primary() { mark } else { help };
            theme.styles.highlights = self.labels.iter().map(paint).collect();
        }
        theme
    }
}

/// `offset` inside the text and on a character's start.
fn clamp(source: &Source, offset: u32) -> u32 {
    let text = source.text();
    let mut at = (offset as usize).min(text.len());
    while !text.is_char_boundary(at) {
        at -= 1;
    }
    at as u32
}

/// The line without its end and without a byte order mark that was kept to hold offsets.
fn line_span(source: &Source, line: u32) -> Span {
    let mut span = source.line_span(line).unwrap_or_default();
    if line == 0 && source.slice(span).starts_with('\u{FEFF}') {
        span.start += '\u{FEFF}'.len_utf8() as u32;
    }
    span
}

/// First and last line that `span` touches, from 0; a line end at its end touches no further line.
fn lines_of(source: &Source, span: Span) -> (u32, u32) {
    (source.line_of(span.start).0, source.line_of(span.end.saturating_sub(1).max(span.start)).0)
}

/// `span` inside the text, and its first line only where it covers too many; with the number of lines cut.
fn clip(source: &Source, span: Span) -> (Span, u32) {
    let start = clamp(source, span.start);
    let span = Span { start, end: clamp(source, span.end).max(start) };
    let (first, last) = lines_of(source, span);
    if last - first < MAX_LINES {
        return (span, 0);
    }
    (Span { start, end: line_span(source, first).end.max(start) }, last - first)
}

/// The related places that can be labels beside `mark`: near, on one line, short, and clear of each other.
fn near(source: &Source, mark: Span, related: &[(Span, &str)], style: Style) -> Vec<usize> {
    let mark_line = source.line_of(mark.start).0;
    let room = style.width.saturating_sub(40).clamp(20, 60);
    let mut taken = vec![mark];
    let mut near = Vec::new();
    for (index, (span, text)) in related.iter().enumerate() {
        let (first, last) = lines_of(source, *span);
        let is_inside = clamp(source, span.start) == span.start && clamp(source, span.end) == span.end;
        let is_clear = taken.iter().all(|other| span.end < other.start || span.start > other.end);
        let is_near = first == last && first.abs_diff(mark_line) <= NEAR_LINES;
        if is_inside && is_clear && is_near && width_of(text) <= room {
            taken.push(*span);
            near.push(index);
        }
    }
    near
}

impl Window {
    /// `span`, which goes from the first to the last of two lines, in the window's text: offset and length.
    fn place(&mut self, source: &Source, span: Span, (first, last): (u32, u32)) -> (usize, usize) {
        let start = self.lines.byte_of(source, first, span.start);
        let end = self.lines.byte_of(source, last, span.end);
        self.starts.push((start, source.position(span.start)));
        (start, end.saturating_sub(start))
    }
}

impl SourceCode for Window {
    /// The whole window where context is requested, else exactly `span`: miette takes line and column of a label from
    /// data that start at the label.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        context_lines_before: usize,
        _context_lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let bytes = self.lines.text.as_bytes();
        let range = span.offset()..span.offset() + span.len();
        let marked = bytes.get(range).ok_or(MietteError::OutOfBounds)?;
        let name = self.name.clone();
        if context_lines_before > 0 {
            let all = SourceSpan::from((0, bytes.len()));
            let contents = MietteSpanContents::new_named(
                name,
                bytes,
                all,
                self.lines.first as usize,
                0,
                self.lines.excerpts.len(),
            );
            return Ok(Box::new(contents));
        }
        let start = self.starts.iter().find(|(at, _)| *at == span.offset()).ok_or(MietteError::OutOfBounds)?.1;
        let (line, column) = (start.line as usize - 1, start.column as usize - 1);
        Ok(Box::new(MietteSpanContents::new_named(name, marked, *span, line, column, 1)))
    }
}

impl miette::Diagnostic for Snippet {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(&self.window)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl std::error::Error for Snippet {}

impl fmt::Display for Snippet {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl fmt::Debug for Snippet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Snippet").field("text", &self.window.lines.text).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::testing::Case;
    use sessionlint_source::FileId;

    fn draw_span(case: &Case, span: Span) -> String {
        let source = case.sources.get(FileId(0));
        draw(source, "a.xml", span, &[], Severity::Warning, Style::default()).0
    }

    fn drawn(text: &str, mark: &str) -> String {
        let case = Case::new("a.xml", text);
        draw_span(&case, case.mark(mark).span)
    }

    #[test]
    fn columns_are_code_points_and_the_underline_follows_the_screen() {
        // Mark, CRLF, tabs, a wide character, one beyond the first plane, and a combining one.
        let expected = "   ╭─[a.xml:2:10]
 2 │     <é日>   <b>𝒳x\u{301}</b></a>
   ·                ──
   ╰────
";
        assert_eq!(drawn("\u{FEFF}<a>\r\n\t<é日>\t<b>𝒳x\u{301}</b></a>\r<c/>", "𝒳x\u{301}"), expected);
    }

    #[test]
    fn a_lone_carriage_return_ends_a_line() {
        let expected = "   ╭─[a.xml:2:1]
 2 │ <b/>
   · ────
   ╰────
";
        assert_eq!(drawn("<a>\r<b/>\r</a>", "<b/>"), expected);
    }

    #[test]
    fn an_empty_mark_points_between_characters() {
        let case = Case::new("a.xml", "<a>\n\n</a>");
        let expected = "   ╭─[a.xml:1:4]
 1 │ <a>
   ·    ▲
   ╰────
";
        assert_eq!(draw_span(&case, Span::new(3, 3)), expected);
        let expected = "   ╭─[a.xml:2:1]
 2 │
   · ▲
   ╰────
";
        assert_eq!(draw_span(&case, Span::new(4, 4)), expected);
    }

    #[test]
    fn what_is_wrong_with_a_query_looks_like_a_finding() {
        let text = "SELECT Name\r\nFROM T\nWHERE\tOwner = 1";
        let expected = "no column `Owner`
   ╭─[query:3:7]
 3 │ WHERE   Owner = 1
   ·         ─────
   ╰────
  hint: did you mean `Name`?";
        assert_eq!(quote("query", text, 26..31, "no column `Owner`", Some("did you mean `Name`?")), expected);
        for (start, end) in [(0, 99), (50, 60), (1, 1), (3, 2)] {
            let drawn = quote("q\u{1b}", "é\u{1b}[2J\u{202e}\n\rx", start..end, "m\u{1b}[31m", Some("h\u{202e}"));
            assert!(!drawn.contains(['\u{1b}', '\u{202e}', '\r']), "{drawn:?}");
        }
    }

    #[test]
    fn a_mark_at_or_past_the_end_points_behind_the_last_character() {
        let case = Case::new("a.xml", "<a>\n</a>");
        let expected = "   ╭─[a.xml:2:5]
 2 │ </a>
   ·     ▲
   ╰────
";
        assert_eq!(draw_span(&case, Span::new(8, 8)), expected);
        assert_eq!(draw_span(&case, Span::new(800, 900)), expected);
        let expected = "   ╭─[a.xml:1:1]
 1 │
   · ▲
   ╰────
";
        assert_eq!(draw_span(&Case::new("a.xml", ""), Span::new(0, 0)), expected);
    }

    #[test]
    fn a_mark_over_lines_is_drawn_beside_them() {
        let expected = "   ╭─[a.xml:1:4]
 1 │ ╭─▶ <a>one
 2 │ │   two
 3 │ ╰─▶ three</a>
   ╰────
";
        assert_eq!(drawn("<a>one\r\ntwo\r\nthree</a>", "one\r\ntwo\r\nthree"), expected);
        // A line end that belongs to the mark touches no further line.
        let expected = "   ╭─[a.xml:1:4]
 1 │ <a>one
   ·    ───
   ╰────
";
        assert_eq!(drawn("<a>one\r\ntwo</a>", "one\r\n"), expected);
    }

    #[test]
    fn a_mark_over_many_lines_shows_its_first() {
        let text = (0..20).map(|number| format!("line {number}")).collect::<Vec<_>>().join("\n");
        let expected = "   ╭─[a.xml:1:6]
 1 │ line 0
   ·      ┬
   ·      ╰── and 9 more lines
   ╰────
";
        let mark = text[5..].split("\nline 10").next().unwrap_or_default();
        assert_eq!(drawn(&text, mark), expected);
    }

    #[test]
    fn a_long_line_is_cropped_around_the_mark() {
        let text = format!("{}<b>mark</b>{}", "é".repeat(300), "y".repeat(300));
        let expected = format!(
            "   ╭─[a.xml:1:304]\n 1 │ …{}<b>mark</b>{}…\n   ·{}────\n   ╰────\n",
            "é".repeat(28),
            "y".repeat(54),
            " ".repeat(33),
        );
        assert_eq!(drawn(&text, "mark"), expected);
        // At either end only the other side is cropped; a mark over more lines ends with the line.
        let first = format!(" 1 │ {}…\n   · ─\n", "é".repeat(93));
        assert!(drawn(&text, "é").contains(&first), "{}", drawn(&text, "é"));
        let whole = drawn(&text, &text);
        assert!(whole.contains(&format!(" 1 │ {}…\n   · {}\n", "é".repeat(93), "─".repeat(93))), "{whole}");
    }

    #[test]
    fn no_line_of_a_file_is_wider_than_the_terminal() {
        let wide = format!("<a>{}</a><b>here it is</b>{}", "日本🚀\t".repeat(40), "é".repeat(200));
        let text = format!("{}<c/>\n{wide}\n", "\n".repeat(9_998));
        let case = Case::new("a.xml", &text);
        let source = case.sources.get(FileId(0));
        let related = [(case.mark("<c/>").span, "a remark of some length"), (case.mark("</b>").span, "its end")];
        for width in [60, 80, 100, 120] {
            for glyphs in [Glyphs::Unicode, Glyphs::Ascii] {
                let style = Style { width, glyphs, ..Style::default() };
                let (drawing, _) = draw(source, "a.xml", case.mark("here it is").span, &related, Severity::Note, style);
                assert!(drawing.lines().all(|line| width_of(line) <= width), "{width}:\n{drawing}");
            }
        }
    }

    #[test]
    fn a_related_place_that_was_cropped_away_is_not_drawn() {
        let text = format!("<a>{}<b>", "x".repeat(300));
        let case = Case::new("a.xml", &text);
        let related = [(case.mark("<b>").span, "far"), (case.mark("xx").span, "near")];
        let source = case.sources.get(FileId(0));
        let (drawing, drawn) = draw(source, "a.xml", case.mark("a").span, &related, Severity::Error, Style::default());
        assert_eq!(drawn, [1]);
        assert!(drawing.contains("near") && !drawing.contains("far"), "{drawing}");
    }

    #[test]
    fn related_places_that_overlap_or_lie_far_are_not_drawn() {
        let text = format!("<a>one</a>{}<b>two</b>", "\n".repeat(7));
        let case = Case::new("a.xml", &text);
        let related =
            [(case.mark("n").span, "inside"), (case.mark("two").span, "far"), (case.mark("</b>").span, "far")];
        let source = case.sources.get(FileId(0));
        let (_, drawn) = draw(source, "a.xml", case.mark("one").span, &related, Severity::Error, Style::default());
        assert!(drawn.is_empty());
    }

    #[test]
    fn a_mark_that_held_offsets_is_neither_shown_nor_counted() {
        let case = Case::files(&[("a.xml", b"\xEF\xBB\xBF<a>one\xFF")]);
        let expected = "   ╭─[a.xml:1:4]
 1 │ <a>one
   ·    ───
   ╰────
";
        assert_eq!(draw_span(&case, case.mark("one").span), expected);
    }

    #[test]
    fn every_span_can_be_drawn() {
        let text = "\u{FEFF}<é>\r\n\t𝒳\r\r\n日\n";
        let case = Case::new("a.xml", &format!("\u{FEFF}{text}"));
        let source = case.sources.get(FileId(0));
        let spans = |step: usize| {
            let ends = (0..=source.text_len as usize + 2).step_by(step);
            ends.clone().flat_map(move |start| {
                ends.clone().filter(move |end| *end >= start).map(move |end| Span::new(start, end))
            })
        };
        let mut with_related = 0;
        for mark in spans(1) {
            for other in spans(3) {
                let (drawing, drawn) =
                    draw(source, "a.xml", mark, &[(other, "other")], Severity::Note, Style::default());
                assert!(drawing.ends_with("╰────\n") && drawing.lines().count() >= 3, "{mark:?} {drawing}");
                assert_eq!(drawing.contains("other"), !drawn.is_empty(), "{mark:?} {other:?} {drawing}");
                with_related += drawn.len();
            }
        }
        assert!(with_related > 100);
    }
}
