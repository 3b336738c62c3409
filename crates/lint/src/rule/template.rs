//! Texts with placeholders: `{Column}`, `{Column:minutes}`, `{Column:days}`, `{Column:until}`, `{Column:number}`,
//! `{Column:each}`, `{{` for a brace.
//!
//! A value is shown on one line, at most 80 code points long (with `each`, each item of a list), without control
//! characters; null is `unknown`. Refuses to know what a column means.

use std::borrow::Cow;

use super::error::PageError;
use super::page::{Page, Text};
use sessionlint_soql::{Row, Schema, Type, Value};
use sessionlint_source::harmless;
use sessionlint_source::nearest::suggestion;
use sessionlint_source::words::{count, from_today};

/// The maximum length of a value, in code points.
const LONGEST: usize = 80;

/// A text with placeholders.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Template {
    parts: Vec<Part>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Words(String),
    Column(usize, Format),
}

/// How the value of a column is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Format {
    Plain,
    Minutes,
    Days,
    Until,
    Number,
    Each,
}

/// The formats by name, each with the type that it needs, and what that is.
const FORMATS: &[(&str, Format, Type, &str)] = &[
    ("minutes", Format::Minutes, Type::Int, "a number of minutes"),
    ("days", Format::Days, Type::Int, "a number of days"),
    ("until", Format::Until, Type::Int, "a number of days"),
    ("number", Format::Number, Type::Int, "a number"),
    ("each", Format::Each, Type::List, "a list"),
];

impl Template {
    /// Parses a template over the columns of a table.
    pub(super) fn read(text: &Text, schema: &Schema, page: &Page) -> Result<Self, PageError> {
        let wrong = |hole: &str, message: String, hint: Option<String>| {
            let literal = page.literal(text.span);
            let span = match literal.find(hole) {
                Some(at) => (text.span.0 + at, text.span.0 + at + hole.len()),
                None => text.span,
            };
            Err(page.error(span, message, hint))
        };
        let mut parts = Vec::new();
        let mut words = String::new();
        let mut rest = text.text.as_str();
        while let Some(at) = memchr::memchr2(b'{', b'}', rest.as_bytes()) {
            words.push_str(&rest[..at]);
            let brace = &rest[at..=at];
            rest = &rest[at + 1..];
            if let Some(after) = rest.strip_prefix(brace) {
                words.push_str(brace);
                rest = after;
                continue;
            }
            let Some(end) = rest.find('}').filter(|_| brace == "{") else {
                return wrong(brace, format!("a lone `{brace}`; write `{brace}{brace}` for one"), None);
            };
            let hole = &rest[..end];
            rest = &rest[end + 1..];
            let (name, format) = hole.split_once(':').map_or((hole, None), |(name, format)| (name, Some(format)));
            let Some(column) = schema.column(name) else {
                let names = schema.columns.iter().map(|column| column.name.as_ref());
                let message = format!("`{}` has no column `{name}`", schema.name);
                return wrong(hole, message, suggestion(name, names));
            };
            let format = match format.map(|typed| (typed, FORMATS.iter().find(|(name, ..)| *name == typed))) {
                None => Format::Plain,
                Some((_, Some((_, format, ty, _)))) if schema.columns[column].ty == *ty => *format,
                Some((_, Some((.., what)))) => return wrong(hole, format!("`{name}` is not {what}"), None),
                Some((typed, None)) => {
                    let formats = "the formats are `minutes`, `days`, `until`, `number` and `each`";
                    return wrong(hole, format!("there is no format `{typed}`"), Some(formats.into()));
                }
            };
            if !words.is_empty() {
                parts.push(Part::Words(std::mem::take(&mut words)));
            }
            parts.push(Part::Column(column, format));
        }
        words.push_str(rest);
        if !words.is_empty() {
            parts.push(Part::Words(words));
        }
        Ok(Self { parts })
    }

    /// The raw text for a row, for use as a value; `None` if a column has no value.
    pub fn value(&self, row: &Row<'_>) -> Option<String> {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Column(column, _) => match &row.cells[*column].value {
                    Value::Null | Value::List(_) => return None,
                    Value::Text(value) => text.push_str(value),
                    other => text.push_str(&in_words(other)),
                },
            }
        }
        Some(text)
    }

    /// The text for a row.
    pub fn fill(&self, row: &Row<'_>) -> String {
        let mut text = String::new();
        for part in &self.parts {
            match part {
                Part::Words(words) => text.push_str(words),
                Part::Column(column, format) => text.push_str(&format.written(&row.cells[*column].value)),
            }
        }
        text
    }
}

impl Format {
    /// A value in this format, where it has the format's type.
    fn written<'v>(self, value: &'v Value<'_>) -> Cow<'v, str> {
        match (self, value) {
            (Format::Minutes, Value::Int(minutes)) => minutes_in_words(*minutes).into(),
            (Format::Days, Value::Int(days)) => count(*days, "day").into(),
            (Format::Until, Value::Int(days)) => from_today(*days).into(),
            (Format::Number, Value::Int(number)) => number_in_words(*number).into(),
            (Format::Each, Value::List(items)) => {
                items.iter().map(|item| one_line(item)).collect::<Vec<_>>().join(", ").into()
            }
            (_, value) => in_words(value),
        }
    }
}

fn in_words<'v>(value: &'v Value<'_>) -> Cow<'v, str> {
    match value {
        Value::Null | Value::Unknown => "unknown".into(),
        Value::Text(text) => one_line(text),
        Value::List(_) => one_line(&value.to_words(", ")).into_owned().into(),
        value => value.to_words(""),
    }
}

/// `text` on one line, truncated, without control characters.
pub fn one_line(text: &str) -> Cow<'_, str> {
    let is_fine = text.len() <= LONGEST && text.chars().all(|ch| !ch.is_control() && harmless(ch) == ch);
    if is_fine {
        return text.into();
    }
    let mut line = String::new();
    let mut length = 0;
    for word in text.split(['\n', '\r', '\t']).flat_map(str::split_whitespace) {
        if !line.is_empty() {
            line.push(' ');
            length += 1;
        }
        for ch in word.chars() {
            if length == LONGEST - 1 {
                line.push('…');
                return line.into();
            }
            line.push(harmless(ch));
            length += 1;
        }
    }
    line.into()
}

/// Minutes in words: `30 minutes`, `1 hour`, `2 hours`, `1 hour 30 minutes`.
pub fn minutes_in_words(minutes: i64) -> String {
    let (hours, rest) = (minutes / 60, minutes % 60);
    match rest {
        _ if minutes < 60 => count(rest, "minute"),
        0 => count(hours, "hour"),
        _ => format!("{} {}", count(hours, "hour"), count(rest, "minute")),
    }
}

/// A number with a comma before every three digits: `16,777,216`.
fn number_in_words(number: i64) -> String {
    let digits = number.unsigned_abs().to_string();
    let mut words = String::from(if number < 0 { "-" } else { "" });
    for (index, digit) in digits.char_indices() {
        if index > 0 && (digits.len() - index).is_multiple_of(3) {
            words.push(',');
        }
        words.push(digit);
    }
    words
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_soql::Cell;

    #[test]
    fn minutes_are_formatted_in_words() {
        let words: Vec<_> = [0, 1, 15, 60, 90, 120, 1440, -5].into_iter().map(minutes_in_words).collect();
        let expected =
            ["0 minutes", "1 minute", "15 minutes", "1 hour", "1 hour 30 minutes", "2 hours", "24 hours", "-5 minutes"];
        assert_eq!(words, expected);
        let numbers = [0, 999, 1000, 120_000, 16_777_216, -1234].map(number_in_words);
        assert_eq!(numbers, ["0", "999", "1,000", "120,000", "16,777,216", "-1,234"]);
        assert_eq!([0, 1, 12].map(|days| count(days, "day")), ["0 days", "1 day", "12 days"]);
    }

    #[test]
    fn a_day_is_told_by_its_distance() {
        let template = Template { parts: vec![Part::Words("it ends ".to_owned()), Part::Column(0, Format::Until)] };
        let of = |value| Row { cells: vec![Cell::computed(value)], subject: None, key: "".into() };
        let texts = [Value::Int(0), Value::Int(12), Value::Null].map(|value| template.fill(&of(value)));
        assert_eq!(texts, ["it ends today", "it ends in 12 days", "it ends unknown"]);
    }

    #[test]
    fn each_item_of_a_list_is_cropped_for_itself() {
        let items = vec!["a\nb".into(), "x".repeat(200).into(), "last".into()];
        let row = Row { cells: vec![Cell::computed(Value::List(items))], subject: None, key: "".into() };
        let template = Template { parts: vec![Part::Words("open: ".to_owned()), Part::Column(0, Format::Each)] };
        assert_eq!(template.fill(&row), format!("open: a b, {}…, last", "x".repeat(LONGEST - 1)));
    }

    #[test]
    fn values_stay_on_one_line_and_short() {
        assert_eq!(one_line("a\nb\u{1B}[31m"), "a b?[31m");
        assert_eq!(one_line(&"x".repeat(200)).chars().count(), LONGEST);
        assert_eq!(one_line("two  words"), "two  words");
    }
}
