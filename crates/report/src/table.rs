//! Rows of text as a table: aligned for a terminal, CSV for a spreadsheet, Markdown for a document.
//!
//! Refuses to know what the rows hold.

use std::io;

use super::text::{columns_of, marked, width_of, wrap};
use crate::gate::Gate;

/// How a table is written.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Layout {
    /// Columns aligned by spaces.
    Plain,
    /// RFC 4180.
    Csv,
    /// A table of GitHub's Markdown.
    Markdown,
}

/// Writes a table with its column names.
pub fn write(out: &mut Gate<'_>, names: &[String], rows: &[Vec<String>], layout: Layout) -> io::Result<()> {
    match layout {
        Layout::Plain => plain(out, names, rows),
        Layout::Csv => csv(out, names, rows),
        Layout::Markdown => markdown(out, names, rows),
    }
}

fn plain(out: &mut Gate<'_>, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let natural = natural_widths(names, rows);
    for row in std::iter::once(names).chain(rows.iter().map(Vec::as_slice)) {
        padded(out, row.iter().map(|cell| marked(cell)), &natural)?;
    }
    Ok(())
}

/// Writes a line of cells, each as wide as its column.
fn padded<C: AsRef<str>>(out: &mut Gate<'_>, cells: impl Iterator<Item = C>, widths: &[usize]) -> io::Result<()> {
    let mut line = String::new();
    for (cell, width) in cells.zip(widths) {
        line.push_str(cell.as_ref());
        line.extend(std::iter::repeat_n(' ', width.saturating_sub(width_of(cell.as_ref())) + GAP));
    }
    writeln!(out, "{}", line.trim_end())
}

/// The width of the widest cell of each column.
fn natural_widths(names: &[String], rows: &[Vec<String>]) -> Vec<usize> {
    let widths = |row: &[String]| row.iter().map(|cell| width_of(&marked(cell))).collect::<Vec<_>>();
    rows.iter().fold(widths(names), |widest, row| {
        widest.iter().zip(widths(row)).map(|(one, other)| (*one).max(other)).collect()
    })
}

/// Columns between two cells.
const GAP: usize = 2;
/// Columns before cells that did not fit beside their row.
const INDENT: usize = 4;
/// The fewest columns that are left to a text, however narrow the terminal is.
const MIN_TEXT: usize = 20;

/// Writes a table for a terminal of `width` columns. The last columns that do not fit are written below each row, with
/// their names, unless a cell is empty or `-`. The name of a single one stands below the others.
pub(crate) fn write_fitted(out: &mut Gate<'_>, names: &[String], rows: &[Vec<String>], width: usize) -> io::Result<()> {
    let width = width.max(MIN_TEXT + INDENT);
    let natural = natural_widths(names, rows);
    if natural.iter().map(|columns| columns + GAP).sum::<usize>() <= width + GAP {
        return plain(out, names, rows);
    }
    let mut kept = vec![natural[0].min((width / 3).max(MIN_TEXT))];
    let mut used = kept[0];
    for columns in &natural[1..] {
        if used + GAP + columns > width {
            break;
        }
        used += GAP + columns;
        kept.push(*columns);
    }
    let below = |out: &mut Gate<'_>, text: &str, is_path: bool| {
        let indent = " ".repeat(INDENT);
        let lines = if is_path { broken_word(text, width - INDENT) } else { broken(text, width - INDENT) };
        lines.iter().try_for_each(|line| writeln!(out, "{indent}{line}"))
    };
    fitted_row(out, names, &kept)?;
    let only = match &names[kept.len()..] {
        [only] => Some(only),
        _ => None,
    };
    if let Some(name) = only {
        below(out, &marked(name), false)?;
    }
    for row in rows {
        fitted_row(out, row, &kept)?;
        let rest = names.iter().zip(row).skip(kept.len()).filter(|(_, cell)| !matches!(cell.as_str(), "" | "-"));
        let with_name = |(name, cell): (&String, &String)| match only {
            Some(_) => marked(cell).into_owned(),
            None => format!("{name}: {}", marked(cell)),
        };
        let rest: Vec<String> = rest.map(with_name).collect();
        if !rest.is_empty() {
            let is_path = only.is_some() && rest.iter().any(|cell| cell.contains('/'));
            below(out, &rest.join("; "), is_path)?;
        }
    }
    Ok(())
}

/// The first cells of a row, each no wider than its column.
fn fitted_row(out: &mut Gate<'_>, row: &[String], columns: &[usize]) -> io::Result<()> {
    let cells: Vec<Vec<String>> = row.iter().zip(columns).map(|(cell, width)| broken(&marked(cell), *width)).collect();
    for index in 0..cells.iter().map(Vec::len).max().unwrap_or(0) {
        padded(out, cells.iter().map(|cell| cell.get(index).map_or("", String::as_str)), columns)?;
    }
    Ok(())
}

/// The lines of a text, none wider than `width`: a word that is too wide for a line is broken after a slash, else
/// anywhere.
pub(crate) fn broken(text: &str, width: usize) -> Vec<String> {
    let mut lines: Vec<String> = wrap(text, 0, 0, width).lines().flat_map(|line| broken_word(line, width)).collect();
    if lines.is_empty() {
        lines.push(String::new());
    }
    lines
}

/// The lines of a word or a path, which may have spaces: broken after a slash, else anywhere.
fn broken_word(word: &str, width: usize) -> Vec<String> {
    let (mut lines, mut rest) = (Vec::new(), word);
    while width_of(rest) > width {
        let mut columns = 0;
        let end = rest.char_indices().find(|(_, ch)| {
            columns += columns_of(*ch);
            columns > width
        });
        let end = end.map_or(rest.len(), |(at, _)| at);
        let end =
            rest[..end].rfind('/').map_or(end, |slash| slash + 1).max(rest.chars().next().map_or(1, char::len_utf8));
        lines.push(rest[..end].to_owned());
        rest = &rest[end..];
    }
    lines.push(rest.to_owned());
    lines
}

fn csv(out: &mut Gate<'_>, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let mut writer = ::csv::Writer::from_writer(out);
    writer.write_record(names)?;
    for row in rows {
        writer.write_record(row.iter().map(|text| inert(text)))?;
    }
    writer.flush()
}

/// A text that a spreadsheet reads as text: a character that begins a formula, after any blanks, gets a quote before
/// it.
fn inert(text: &str) -> String {
    let text = marked(text);
    let is_number =
        text.parse::<f64>().is_ok() && text.bytes().all(|byte| byte.is_ascii_digit() || b"+-.".contains(&byte));
    let begins_formula = text
        .trim_start_matches(|ch: char| ch.is_whitespace() || matches!(ch, '?' | '\u{2424}' | '\u{BF}' | '\u{FFFD}'))
        .starts_with(['=', '+', '-', '@', '\u{FF1D}', '\u{FF0B}', '\u{FF0D}', '\u{FF20}', '\u{2212}', '|', '%']);
    if begins_formula && !is_number { format!("'{text}") } else { text.into_owned() }
}

fn markdown(out: &mut Gate<'_>, names: &[String], rows: &[Vec<String>]) -> io::Result<()> {
    let line = |out: &mut Gate<'_>, cells: &mut dyn Iterator<Item = String>| {
        writeln!(out, "| {} |", cells.collect::<Vec<_>>().join(" | "))
    };
    line(out, &mut names.iter().map(|name| escaped(name)))?;
    line(out, &mut names.iter().map(|_| "---".to_owned()))?;
    for row in rows {
        line(out, &mut row.iter().map(|text| escaped(text)))?;
    }
    Ok(())
}

/// Text that Markdown and the HTML in it do not interpret.
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

    fn written(layout: Layout, rows: &[&[&str]]) -> String {
        let rows: Vec<Vec<String>> =
            rows.iter().map(|row| row.iter().map(|text| (*text).to_owned()).collect()).collect();
        let mut out = Vec::new();
        write(&mut Gate::new(&mut out), &["A".to_owned(), "Long".to_owned()], &rows, layout).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn plain_columns_line_up() {
        assert_eq!(
            written(Layout::Plain, &[&["x", "y\nz"], &["wide one", ""]]),
            "A         Long\nx         y␤z\nwide one\n"
        );
    }

    #[test]
    fn what_does_not_fit_beside_its_row_stands_below_it() {
        let names = ["name", "session", "set in"].map(str::to_owned);
        let row = |cells: [&str; 3]| cells.map(str::to_owned).to_vec();
        let rows = [
            row(["Sales", "30 min", "force-app/main/default/profileSessionSettings/Sales.xml:3"]),
            row(["Night Shift", "1 h", "force-app/main/default/Night Shift and so on.xml:3"]),
            row(["Some 日本 name that is far too long for a column", "2 h", "-"]),
        ];
        let mut out = Vec::new();
        write_fitted(&mut Gate::new(&mut out), &names, &rows, 40).unwrap();
        let text = String::from_utf8(out).unwrap();
        assert_eq!(
            text,
            "name                  session\n    set in\n\
             Sales                 30 min\n    force-app/main/default/\n    profileSessionSettings/Sales.xml:3\n\
             Night Shift           1 h\n    force-app/main/default/\n    Night Shift and so on.xml:3\n\
             Some 日本 name that   2 h\nis far too long for\na column\n"
        );
        for width in [24, 40, 60, 80] {
            let mut out = Vec::new();
            write_fitted(&mut Gate::new(&mut out), &names, &rows, width).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(text.lines().all(|line| width_of(line) <= width), "{width}:\n{text}");
        }
        let mut out = Vec::new();
        write_fitted(&mut Gate::new(&mut out), &names, &rows[..1], 100).unwrap();
        assert_eq!(String::from_utf8(out).unwrap().lines().count(), 2, "a table that fits is one");
    }

    #[test]
    fn csv_is_quoted_and_no_formula() {
        assert_eq!(
            written(Layout::Csv, &[&["a,b", "=1+1"], &["\"q\"", "-5"]]),
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
            written(Layout::Markdown, &[&["a|b", "<script>"]]),
            "| A | Long |\n| --- | --- |\n| a\\|b | &lt;script&gt; |\n"
        );
    }
}
