//! A page of Markdown: heading, summary, the TOML fence, sections, examples.
//!
//! Parses structure only: it needs a heading, a summary and one `toml rule` fence. Refuses to know which sections a
//! rule must have: tests check that.

use std::borrow::Cow;
use std::collections::HashSet;

use toml::Spanned;
use toml::de::DeTable;

use super::error::PageError;
use super::fence;
use sessionlint_soql::QueryError;

/// The expected result of the examples in a section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExpectedResult {
    /// The rule finds something.
    Flagged,
    /// It finds nothing.
    Accepted,
}

/// A file of an example project.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExampleFile {
    /// Path below the example's root.
    pub path: String,
    /// Its content.
    pub bytes: Vec<u8>,
}

/// An example: a small project with the expected report of the rule.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Its heading, or that of its section.
    pub name: String,
    /// Whether the rule must find something.
    pub expected: ExpectedResult,
    /// Line of its heading, from 1.
    pub line: usize,
    /// The project.
    pub files: Vec<ExampleFile>,
    /// The expected report with the span of its text in the page.
    pub report: Option<(String, std::ops::Range<usize>)>,
    /// The changes of the fixes as unified diffs, with the span of that text in the page.
    pub diff: Option<(String, std::ops::Range<usize>)>,
    /// The offset to insert a report fence at: after the example's last fence.
    pub end: usize,
}

/// A text of the fence with the span of its literal in the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Text {
    /// The value.
    pub text: String,
    /// Start and end of the literal, quotes included.
    pub span: (usize, usize),
}

/// A page.
#[derive(Clone, Debug, Default)]
pub struct Page {
    /// Path, for errors; for embedded pages, below the rules folder.
    pub path: String,
    /// Its text; for an embedded page the part before its examples.
    text: Cow<'static, str>,
    /// The heading.
    pub title: String,
    /// The first paragraph, on one line.
    pub summary: String,
    /// The range of the TOML in `text`.
    fence: (usize, usize),
    /// Whether it comes from the scanned project.
    pub is_of_project: bool,
    /// The location of the rest of an embedded page.
    embedded: Option<&'static sessionlint_rules::Page>,
}

/// A fence: info string, content, and the spans of the content and of the whole.
struct Fence<'t> {
    info: &'t str,
    content: &'t str,
    start: usize,
    end: usize,
    line: usize,
}

impl Fence<'_> {
    /// Whether it contains the rule.
    fn is_rule(&self) -> bool {
        self.info == "toml rule"
    }
}

/// A relevant block of the page.
enum Block<'t> {
    Heading { level: usize, title: &'t str, line: usize, end: usize },
    Fence(Fence<'t>),
    Line(&'t str),
}

/// The blocks of a text, in order.
struct Blocks<'t> {
    text: &'t str,
    lines: std::iter::Enumerate<std::str::SplitInclusive<'t, char>>,
    /// The number of bytes read.
    at: usize,
}

fn blocks(text: &str) -> Blocks<'_> {
    Blocks { text, lines: text.split_inclusive('\n').enumerate(), at: 0 }
}

impl<'t> Iterator for Blocks<'t> {
    type Item = Block<'t>;

    fn next(&mut self) -> Option<Block<'t>> {
        let (index, line) = self.lines.next()?;
        let start = self.at;
        self.at += line.len();
        let trimmed = line.trim_end();
        if let Some(info) = trimmed.strip_prefix("```") {
            let ticks = 3 + info.len() - info.trim_start_matches('`').len();
            let fence = &trimmed[..ticks];
            let content_start = self.at;
            let mut content_end = self.at;
            for (_, line) in self.lines.by_ref() {
                self.at += line.len();
                if line.trim_end() == fence {
                    break;
                }
                content_end = self.at;
            }
            return Some(Block::Fence(Fence {
                info: trimmed[ticks..].trim(),
                content: &self.text[content_start..content_end],
                start: content_start,
                end: self.at,
                line: index + 1,
            }));
        }
        let level = trimmed.len() - trimmed.trim_start_matches('#').len();
        Some(if (1..=3).contains(&level) && trimmed[level..].starts_with(' ') {
            Block::Heading { level, title: trimmed[level..].trim(), line: index + 1, end: self.at }
        } else {
            Block::Line(&self.text[start..self.at])
        })
    }
}

impl Page {
    /// Parses a page with its examples.
    pub fn read(path: String, text: String) -> Result<Self, PageError> {
        let page = Self::read_text(path, text.into(), None)?;
        page.examples()?;
        Ok(page)
    }

    /// Parses a page of the scanned project: no error quotes it.
    pub(crate) fn read_of_project(path: String, text: String) -> Result<Self, PageError> {
        let page = Self::read(path, text).map_err(PageError::quoting_nothing)?;
        Ok(Self { is_of_project: true, ..page })
    }

    /// Parses an embedded page, which tests have checked, without its examples: they are most of it, and a run does not
    /// need them.
    pub(super) fn read_embedded(page: &'static sessionlint_rules::Page) -> Result<Self, PageError> {
        Self::read_text(format!("rules/{}.md", page.id), page.head.into(), Some(page))
    }

    /// Parses a page up to its fence; what follows is read when it is asked for.
    fn read_text(
        path: String,
        text: Cow<'static, str>,
        embedded: Option<&'static sessionlint_rules::Page>,
    ) -> Result<Self, PageError> {
        let mut page = Page { path, text, embedded, ..Page::default() };
        let mut summary: Vec<&str> = Vec::new();
        let mut summary_is_done = false;
        for block in blocks(&page.text) {
            match block {
                Block::Heading { level: 1, title, .. } if page.title.is_empty() => title.clone_into(&mut page.title),
                Block::Heading { .. } => summary_is_done = true,
                Block::Fence(fence) => {
                    summary_is_done |= !summary.is_empty();
                    if fence.is_rule() && page.fence == (0, 0) {
                        page.fence = (fence.start, fence.start + fence.content.len());
                    }
                }
                Block::Line(line) => {
                    let trimmed = line.trim();
                    if !summary_is_done && trimmed.is_empty() {
                        summary_is_done = !summary.is_empty();
                    } else if !summary_is_done {
                        summary.push(trimmed);
                    }
                }
            }
            if summary_is_done && page.fence != (0, 0) && !page.title.is_empty() {
                break;
            }
        }
        page.summary = summary.join(" ");
        if page.title.is_empty() {
            return Err(page.error((0, 1), "the page has no `# heading`", None));
        }
        if page.fence == (0, 0) {
            return Err(page.error((0, 1), "the page has no ```toml rule fence", None));
        }
        Ok(page)
    }

    /// Where its TOML is in its text: start and end.
    pub(crate) fn fence_span(&self) -> (usize, usize) {
        self.fence
    }

    /// Its TOML.
    pub fn toml(&self) -> &str {
        self.literal(self.fence)
    }

    /// The values of the fence of an embedded page.
    pub(super) fn fence(&self) -> Option<Spanned<DeTable<'static>>> {
        let page = self.embedded?;
        fence::table(page.head.get(self.fence.0..self.fence.1)?, page.values())
    }

    /// Whether it is embedded.
    pub fn is_embedded(&self) -> bool {
        self.embedded.is_some()
    }

    /// All of its text.
    pub fn whole(&self) -> Cow<'_, str> {
        self.embedded
            .map_or(Cow::Borrowed(self.text.as_ref()), |page| Cow::Owned(self.text.to_string() + page.examples()))
    }

    /// The text in a range of bytes before the examples.
    pub(super) fn literal(&self, (start, end): (usize, usize)) -> &str {
        self.text.get(start..end).unwrap_or_default()
    }

    /// The lines of its headings, from 1, those of examples included.
    pub fn headings(&self) -> HashSet<usize> {
        let line_of = |block: Block<'_>| if let Block::Heading { line, .. } = block { Some(line) } else { None };
        blocks(&self.whole()).filter_map(line_of).collect()
    }

    /// The examples, in order. A fence that does not belong to an example is an error.
    pub fn examples(&self) -> Result<Vec<Example>, PageError> {
        let mut examples: Vec<Example> = Vec::new();
        let mut expected = None;
        let text = self.whole();
        for block in blocks(&text) {
            match block {
                Block::Heading { level, title, line, end } => {
                    if level <= 2 {
                        expected = match title {
                            "Flagged" => Some(ExpectedResult::Flagged),
                            "Accepted" => Some(ExpectedResult::Accepted),
                            _ => None,
                        };
                    }
                    if let Some(expected) = expected {
                        let name = title.to_owned();
                        examples.push(Example {
                            name,
                            expected,
                            line,
                            files: Vec::new(),
                            report: None,
                            diff: None,
                            end,
                        });
                    }
                }
                Block::Fence(fence) if expected.is_some() => {
                    if let Some(example) = examples.last_mut() {
                        self.add(&fence, example)?;
                    }
                }
                Block::Fence(_) | Block::Line(_) => {}
            }
        }
        examples.retain(|example| !example.files.is_empty());
        Ok(examples)
    }

    /// Adds the content of a fence to its example.
    fn add(&self, fence: &Fence<'_>, example: &mut Example) -> Result<(), PageError> {
        let error = |message: String| Err(self.error((fence.start.saturating_sub(1), fence.start), message, None));
        let mut bytes = None;
        let (language, path) = match fence.info.split_once(' ') {
            Some((language, path)) => (language, path.trim()),
            None => (fence.info, ""),
        };
        let is_report = language == "text" && path == "report";
        let is_diff = fence.info == "diff";
        if !is_report && !is_diff {
            if path.is_empty() && !fence.info.starts_with('.') {
                return error(format!("the fence on line {} names no file: write ```LANGUAGE PATH", fence.line));
            }
            bytes = match language {
                "hex" => match from_hex(fence.content) {
                    Some(bytes) => Some(bytes),
                    None => return error(format!("the fence on line {} is not hexadecimal", fence.line)),
                },
                _ => Some(fence.content.as_bytes().to_vec()),
            };
        }
        example.end = fence.end;
        let expected = || Some((fence.content.to_owned(), fence.start..fence.start + fence.content.len()));
        match bytes {
            None if is_diff => example.diff = expected(),
            None => example.report = expected(),
            Some(bytes) => {
                // `.forceignore` is both a language and a name.
                let path = if path.is_empty() { fence.info } else { path };
                example.files.push(ExampleFile { path: path.to_owned(), bytes });
            }
        }
        Ok(())
    }

    /// Headings of levels one and two after the title, with their text without fences, in order; for an embedded page
    /// those before its examples.
    fn sections(&self) -> Vec<(&str, String)> {
        let mut sections: Vec<(&str, String)> = Vec::new();
        let mut has_title = false;
        for block in blocks(&self.text) {
            match block {
                Block::Heading { level: 1, .. } if !has_title => has_title = true,
                Block::Heading { level: 1 | 2, title, .. } => sections.push((title, String::new())),
                Block::Line(line) => {
                    if let Some((_, body)) = sections.last_mut() {
                        body.push_str(line);
                    }
                }
                Block::Heading { .. } | Block::Fence(_) => {}
            }
        }
        sections
    }

    /// The text of a section, without its fences; `None` if there is none.
    pub fn section(&self, title: &str) -> Option<String> {
        self.sections().into_iter().find(|(name, _)| *name == title).map(|(_, body)| body.trim().to_owned())
    }

    /// An error at a span of the page, in bytes.
    pub fn error(&self, span: (usize, usize), message: impl Into<String>, hint: Option<String>) -> PageError {
        let error = PageError::at(&self.path, &self.whole(), span.0..span.1, message, hint);
        self.guarded(error)
    }

    /// An error in a query in the page's TOML.
    pub(super) fn query_error(&self, text: &Text, error: &QueryError) -> PageError {
        let literal = text.span.0..text.span.1;
        self.guarded(PageError::in_query(&self.path, &self.whole(), literal, &text.text, error))
    }

    /// Errors in a page of a scanned project quote nothing.
    fn guarded(&self, error: PageError) -> PageError {
        if self.is_of_project { error.quoting_nothing() } else { error }
    }
}

/// Parses hexadecimal digits; white space is ignored, `#` starts a comment up to the end of the line.
fn from_hex(text: &str) -> Option<Vec<u8>> {
    let digits: Vec<u8> = text
        .lines()
        .flat_map(|line| line.split('#').next().unwrap_or_default().bytes())
        .filter(|byte| !byte.is_ascii_whitespace())
        .collect();
    if digits.len() % 2 == 1 {
        return None;
    }
    digits
        .chunks(2)
        .map(|pair| {
            let digit = |byte: u8| char::from(byte).to_digit(16);
            u8::try_from(digit(pair[0])? * 16 + digit(pair[1])?).ok()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "# A title\n\nThe summary\nin two lines.\n\n```toml rule\nfrom = \"X\"\n```\n\n## Why it matters\nBecause.\n\n## Flagged\n\n### One\n\n```xml a/b.xml\n<a/>\n```\n\n```text report\nline\n```\n\n### Two\n\n```hex c.bin\nFF 00 # a comment\n```\n\n## Accepted\n\n```.forceignore\nx\n```\n";

    #[test]
    fn a_page_has_its_parts() {
        let page = Page::read("g/a.md".into(), PAGE.into()).unwrap();
        assert_eq!((page.title.as_str(), page.summary.as_str()), ("A title", "The summary in two lines."));
        assert_eq!(page.toml(), "from = \"X\"\n");
        assert_eq!(page.section("Why it matters").as_deref(), Some("Because."));
        let examples = page.examples().unwrap();
        let names: Vec<_> = examples.iter().map(|it| (it.name.as_str(), it.expected, it.files.len())).collect();
        assert_eq!(
            names,
            [
                ("One", ExpectedResult::Flagged, 1),
                ("Two", ExpectedResult::Flagged, 1),
                ("Accepted", ExpectedResult::Accepted, 1)
            ]
        );
        let (report, at) = examples[0].report.clone().unwrap();
        assert_eq!((report.as_str(), &page.text[at]), ("line\n", "line\n"));
        assert_eq!(examples[1].files[0].bytes, [0xFF, 0]);
        assert_eq!(examples[2].files[0].path, ".forceignore");
    }

    #[test]
    fn a_fence_without_a_path_is_refused_with_its_place() {
        let text = PAGE.replace("```xml a/b.xml", "```xml");
        let error = Page::read("g/a.md".into(), text).unwrap_err();
        assert_eq!((error.path.as_str(), error.line), ("g/a.md", 17));
        assert!(error.message.contains("names no file"), "{error}");
    }
}
