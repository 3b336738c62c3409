//! Rows of text as a table: aligned for a terminal, CSV for a spreadsheet, Markdown for a document.

use std::io;

use comfy_table::presets::NOTHING;
use comfy_table::{ContentArrangement, Table};

use super::text::marked;

/// Which kind of table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shape {
    /// Columns aligned by spaces.
    Plain,
    /// RFC 4180.
    Csv,
    /// A table of GitHub's Markdown.
    Markdown,
}

/// Writes a table with its column names.
pub fn write(out: &mut dyn io::Write, names: &[String], rows: &[Vec<String>], shape: Shape) -> io::Result<()> {
    match shape {
        Shape::Plain => plain(out, names, rows),
        Shape::Csv => csv(out, names, rows),
        Shape::Markdown => markdown(out, names, rows),
    }
}

fn plain(out: &mut dyn io::Write, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let mut table = Table::new();
    table.load_style(NOTHING).set_content_arrangement(ContentArrangement::Disabled);
    let on_one_line = |text: &String| marked(text).into_owned();
    table.set_header(names.iter().map(on_one_line));
    for row in rows {
        table.add_row(row.iter().map(on_one_line));
    }
    for column in table.column_iter_mut() {
        column.set_padding((0, 2));
    }
    for line in table.to_string().lines() {
        writeln!(out, "{}", line.trim_end())?;
    }
    Ok(())
}

fn csv(out: &mut dyn io::Write, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let mut writer = csv::Writer::from_writer(out);
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| inert(text)))?;
    }
    writer.flush()
}

/// A text that a spreadsheet takes as text: a sign that begins a formula, behind whatever blanks, gets a quote before it.
fn inert(text: &str) -> String {
    let text = marked(text);
    let is_number =
        text.parse::<f64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    let begins_formula = text
        .trim_start_matches(|ch: char| ch.is_whitespace() || matches!(ch, '?' | '\u{2424}' | '\u{BF}' | '\u{FFFD}'))
        .starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}', '\u{2212}', '|', '%']);
    if begins_formula && !is_number { format!("'{text}") } else { text.into_owned() }
}

fn markdown(out: &mut dyn io::Write, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let line = |out: &mut dyn io::Write, cells: &mut dyn Iterator<Item = String>| {
        writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    line(out, &mut names.iter().map(|name| escaped(name)))?;
    line(out, &mut names.iter().map(|_| "---".to_owned()))?;
    for row in rows {
        line(out, &mut row.iter().map(|text| escaped(text)))?;
    }
    Ok(())
}

/// Text that Markdown and the HTML in it leave alone.
pub(crate) fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for ch in marked(text).chars() {
        match ch {
            '&' => escaped.push_str("&amp;"),
            '<' => escaped.push_str("&lt;"),
            '>' => escaped.push_str("&gt;"),
            '|' | '\\' | '`' | '*' | '_' | '[' | ']' | '~' => {
                escaped.push('\\');
                escaped.push(ch);
            }
            _ => escaped.push(ch),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(shape: Shape, rows: &[&[&str]]) -> String {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect();
        let mut out = Vec::new();
        write(&mut out, &["A".to_owned(), "Long".to_owned()], &rows, shape).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain_columns_line_up() {
        assert_eq!(
            written(Shape::Plain, &[&["x", "y\nz"], &["wide one", ""]]),
            "A         Long\nx         y␤z\nwide one\n"
        );
    }

    #[test]
    fn csv_is_quoted_and_no_formula() {
        assert_eq!(
            written(Shape::Csv, &[&["a,b", "=1+1"], &["\"q\"", "-5"]]),
            "A,Long\n\"a,b\",'=1+1\n\"\"\"q\"\"\",-5\n"
        );
    }

    #[test]
    fn no_cell_is_calculated() {
        for text in
            ["=1", "\t=1", "\r=1", "\n=1", " =1", "\u{A0}=1", "＝1", " ＋1", "－1x", "＠a", "@a", "+a", "-a", "-inf"]
        {
            let text = inert(text);
            assert!(text.starts_with('\''), "{text}");
        }
        for text in ["-5", "+1.5", "a=1", "a\t=1"] {
            assert!(!inert(text).starts_with('\''), "{text}");
        }
    }

    #[test]
    fn markdown_is_escaped() {
        assert_eq!(
            written(Shape::Markdown, &[&["a|b", "<script>"]]),
            "| A | Long |\n| --- | --- |\n| a\\|b | &lt;script&gt; |\n"
        );
    }
}
