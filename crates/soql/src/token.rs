//! The tokens of a query, each with its span.
//!
//! The grammar of tokens, in winnow, describes valid tokens only; errors are explained afterwards from the text at
//! which no token fits. Refuses to know which words are keywords.

use std::ops::Range;

use jiff::civil::Date;
use winnow::Parser;
use winnow::Result;
use winnow::ascii::digit1;
use winnow::combinator::{alt, delimited, not, opt, preceded, repeat, separated, terminated};
use winnow::token::{any, none_of, one_of, take_while};

use super::ast::{Decimal, Quoted};
use super::error::QueryError;
use super::hint;

/// Characters of operators, valid or not.
const OPERATOR_CHARACTERS: [char; 8] = ['=', '!', '<', '>', '&', '|', '~', '^'];

/// All operators.
const OPERATORS: [&str; 7] = ["=", "!=", "<>", "<", "<=", ">", ">="];

/// A token of a query.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Token<'q> {
    /// A keyword, a name or a path of names.
    Word(&'q str),
    /// A whole number.
    Int(i64),
    /// A number with a fraction.
    Decimal(Decimal),
    /// A date.
    Date(Date),
    /// A day with a time.
    DateTime(&'q str),
    /// A relative date with its number: `LAST_N_DAYS:30`.
    Relative(&'q str),
    /// A text in quotes.
    Text(Quoted),
    /// The name after a colon.
    Bind(&'q str),
    /// An operator or a punctuation mark.
    Symbol(&'q str),
}

/// All tokens of `text` with their spans.
pub(super) fn tokens(text: &str) -> std::result::Result<Vec<(Token<'_>, Range<usize>)>, QueryError> {
    let mut tokens = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        let start = text.len() - rest.len();
        let token = token.parse_next(&mut rest).map_err(|_| refused(text, start))?;
        let end = text.len() - rest.len();
        tokens.push((token, start..end));
        rest = rest.trim_start();
    }
    Ok(tokens)
}

fn token<'q>(input: &mut &'q str) -> Result<Token<'q>> {
    alt((
        relative.map(Token::Relative),
        word.map(Token::Word),
        alt((
            date.map(Token::Date),
            date_time.map(Token::DateTime),
            decimal.map(Token::Decimal),
            number.map(Token::Int),
        )),
        terminated(quoted, not('\'')).map(Token::Text),
        preceded(':', plain_name).map(Token::Bind),
        operator.map(Token::Symbol),
        one_of(['(', ')', ',', ';', '*']).take().map(Token::Symbol),
    ))
    .parse_next(input)
}

fn word<'q>(input: &mut &'q str) -> Result<&'q str> {
    let path = separated::<_, _, (), _, _, _, _>(1.., plain_name, '.').take();
    terminated(path, not('.')).parse_next(input)
}

fn plain_name<'q>(input: &mut &'q str) -> Result<&'q str> {
    (one_of(starts_name), take_while(0.., continues_name)).take().parse_next(input)
}

fn starts_name(character: char) -> bool {
    character.is_ascii_alphabetic() || character == '_'
}

fn continues_name(character: char) -> bool {
    character.is_ascii_alphanumeric() || character == '_'
}

/// Characters that must not follow a number or a date directly, because the text would mean something else.
fn continues_number(character: char) -> bool {
    continues_name(character) || character == '.' || character == '-' || character == ':'
}

fn date(input: &mut &str) -> Result<Date> {
    let digits = |count: usize| take_while(count..=count, |character: char| character.is_ascii_digit());
    let written = (digits(4), '-', digits(2), '-', digits(2)).take();
    terminated(written, not(one_of(continues_number))).try_map(str::parse).parse_next(input)
}

/// A date and a time of day with its zone.
fn date_time<'q>(input: &mut &'q str) -> Result<&'q str> {
    let written = take_while(1.., |character: char| character.is_ascii_digit() || "-+:.TZ".contains(character));
    let is_time = |text: &str| {
        let zoned = text.parse::<jiff::Timestamp>().is_ok();
        zoned && text.contains('T')
    };
    terminated(written, not(one_of(continues_number))).verify(is_time).parse_next(input)
}

fn decimal(input: &mut &str) -> Result<Decimal> {
    let written = (opt('-'), take_while(0.., |character: char| character.is_ascii_digit()), '.', digit1).take();
    terminated(written, not(one_of(continues_number))).verify_map(Decimal::read).parse_next(input)
}

fn relative<'q>(input: &mut &'q str) -> Result<&'q str> {
    let name = plain_name.verify(|name: &str| name.to_ascii_uppercase().contains("N_"));
    terminated((name, ':', digit1).take(), not(one_of(continues_number))).parse_next(input)
}

fn number(input: &mut &str) -> Result<i64> {
    let written = (opt('-'), digit1).take();
    terminated(written, not(one_of(continues_number))).try_map(str::parse).parse_next(input)
}

fn operator<'q>(input: &mut &'q str) -> Result<&'q str> {
    take_while(1.., OPERATOR_CHARACTERS).verify(|run: &str| OPERATORS.contains(&run)).parse_next(input)
}

/// A character of a text, or a wildcard escaped by a backslash.
enum Piece {
    Character(char),
    EscapedWildcard(char),
}

fn quoted(input: &mut &str) -> Result<Quoted> {
    let pieces = repeat(0.., piece).fold(Quoted::default, |mut quoted, piece| {
        let character = match piece {
            Piece::Character(character) => character,
            Piece::EscapedWildcard(character) => {
                quoted.escaped.push(quoted.text.len());
                character
            }
        };
        quoted.text.push(character);
        quoted
    });
    delimited('\'', pieces, '\'').parse_next(input)
}

fn piece(input: &mut &str) -> Result<Piece> {
    alt((preceded('\\', escape), none_of(['\'', '\\', '\n', '\r']).map(Piece::Character))).parse_next(input)
}

fn escape(input: &mut &str) -> Result<Piece> {
    alt((
        one_of(['%', '_']).map(Piece::EscapedWildcard),
        preceded('u', code_point).map(Piece::Character),
        any.verify_map(escaped_character).map(Piece::Character),
    ))
    .parse_next(input)
}

fn code_point(input: &mut &str) -> Result<char> {
    take_while(4..=4, |character: char| character.is_ascii_hexdigit())
        .verify_map(|digits| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))
        .parse_next(input)
}

/// SOQL's escapes of one character; their letters are case-insensitive.
fn escaped_character(letter: char) -> Option<char> {
    Some(match letter.to_ascii_lowercase() {
        '\'' | '"' | '\\' => letter,
        'n' => '\n',
        'r' => '\r',
        't' => '\t',
        'b' => '\u{8}',
        'f' => '\u{c}',
        _ => return None,
    })
}

/// The error at `start`, where no token fits.
fn refused(text: &str, start: usize) -> QueryError {
    let rest = &text[start..];
    let Some(first) = rest.chars().next() else {
        return QueryError::new("expected a word", start..start);
    };
    match first {
        '\'' => refused_text(text, start),
        '"' | '\u{201c}' | '\u{201d}' => double_quotes(text, start),
        '\u{2018}' | '\u{2019}' => QueryError::new("a curly quote", start..start + first.len_utf8())
            .with_hint("write texts in straight single quotes: 'text'"),
        '`' | '[' | ']' => QueryError::new("names are written without quotes", start..start + 1)
            .with_hint("leave the quotes and brackets out"),
        '-' if rest.starts_with("--") => no_comments(text, start),
        '/' => no_comments(text, start),
        '0'..='9' | '-' => refused_number(text, start),
        ':' if rest[1..].starts_with(|next: char| next.is_ascii_digit()) => {
            QueryError::new("expected a name after `:`", start..start + 1)
                .with_hint("there are no relative dates: write `2026-12-01`, or ask a column that counts days")
        }
        ':' => QueryError::new("expected a name after `:`", start..start + 1),
        _ if OPERATOR_CHARACTERS.contains(&first) => refused_operator(text, start),
        _ if starts_name(first) => refused_word(text, start),
        _ => QueryError::new(format!("`{first}` means nothing in a query"), start..start + first.len_utf8()),
    }
}

/// The text from `start` while `belongs` is true.
fn run(text: &str, start: usize, belongs: impl Fn(char) -> bool) -> Range<usize> {
    let length = text[start..].find(|character| !belongs(character)).unwrap_or(text.len() - start);
    start..start + length
}

fn refused_word(text: &str, start: usize) -> QueryError {
    let span = run(text, start, |character| continues_name(character) || character == '.');
    let word = &text[span.clone()];
    QueryError::new(format!("`{word}` is not a path"), span).with_hint("put one dot between two names: `a.b`")
}

fn refused_operator(text: &str, start: usize) -> QueryError {
    let span = run(text, start, |character| OPERATOR_CHARACTERS.contains(&character));
    let run = &text[span.clone()];
    let hint = hint::on_operator(run).unwrap_or("the comparisons are = != < <= > >=");
    QueryError::new(format!("`{run}` is not an operator"), span).with_hint(hint)
}

fn refused_number(text: &str, start: usize) -> QueryError {
    let sign = usize::from(text[start..].starts_with('-'));
    let span = start..run(text, start + sign, continues_number).end;
    let word = &text[span.clone()];
    let digits = word.trim_start_matches('-');
    let (message, hint) = if digits.is_empty() {
        ("expected a number after `-`".to_owned(), "this language computes nothing: compare columns with constants")
    } else if digits.bytes().all(|byte| byte.is_ascii_digit()) {
        (format!("`{word}` is too large"), "numbers go up to 9223372036854775807")
    } else if looks_like_date(digits) && digits.contains(['T', 't', ':']) {
        (
            format!("`{word}` is not a date"),
            "write a date, `2026-12-01`, or a time with its zone, `2026-12-01T00:00:00Z`",
        )
    } else if looks_like_date(digits) {
        (format!("`{word}` is not a date"), "write year, month and day: `2026-12-01`")
    } else if digits.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.') {
        (format!("`{word}` is not a number"), "write at most six digits behind one point: `1.5`")
    } else {
        (format!("`{word}` is not a number"), "numbers have no unit; a text needs single quotes")
    };
    QueryError::new(message, span).with_hint(hint)
}

fn looks_like_date(word: &str) -> bool {
    word.bytes().take_while(u8::is_ascii_digit).count() == 4 && word.as_bytes().get(4) == Some(&b'-')
}

fn double_quotes(text: &str, start: usize) -> QueryError {
    let quotes = ['"', '\u{201c}', '\u{201d}'];
    let line = run(text, start, |character| character != '\n' && character != '\r');
    let opening = text[start..].chars().next().map_or(1, char::len_utf8);
    let inside = start + opening;
    let closing = text[inside..line.end].char_indices().find(|(_, character)| quotes.contains(character));
    let error = |end| QueryError::new("SOQL writes texts in single quotes", start..end);
    match closing {
        Some((at, character)) => {
            let content = text[inside..inside + at].replace('\'', "\\'");
            error(inside + at + character.len_utf8()).with_hint(format!("write '{content}'"))
        }
        None => error(inside).with_hint("write 'text'"),
    }
}

fn no_comments(text: &str, start: usize) -> QueryError {
    let span = run(text, start, |character| character != '\n' && character != '\r');
    QueryError::new("SOQL has no comments", span).with_hint("leave it out")
}

/// The error for a text at `start` that is not a token.
fn refused_text(text: &str, start: usize) -> QueryError {
    let mut rest = &text[start + 1..];
    while piece.parse_next(&mut rest).is_ok() {}
    let end = text.len() - rest.len();
    match rest.chars().next() {
        Some('\'') => QueryError::new("a quote inside a text needs a backslash", end..end + 2).with_hint("write \\'"),
        Some('\\') => refused_escape(text, end),
        _ => QueryError::new("this text is not closed on its line", start..end)
            .with_hint("close it with ' and write a line break as \\n"),
    }
}

fn refused_escape(text: &str, start: usize) -> QueryError {
    let letter = text[start + 1..].chars().next();
    let end = start + 1 + letter.map_or(0, char::len_utf8);
    let hint = match letter {
        Some('u' | 'U') => "a character is written with four hex digits: \\u00e9",
        _ => "write a backslash as \\\\; the escapes are \\' \\\" \\\\ \\n \\r \\t \\b \\f \\u0000 \\% \\_",
    };
    QueryError::new("not an escape", start..end).with_hint(hint)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<Token<'_>> {
        tokens(text).unwrap().into_iter().map(|(token, _)| token).collect()
    }

    #[test]
    fn each_token_has_its_span() {
        let text = "a.b <> -3\u{a0}'é' :x 2026-12-01;";
        let slices: Vec<_> = tokens(text).unwrap().into_iter().map(|(_, span)| &text[span]).collect();
        assert_eq!(slices, ["a.b", "<>", "-3", "'é'", ":x", "2026-12-01", ";"]);
    }

    #[test]
    fn escapes_become_what_they_stand_for() {
        let quoted = Quoted { text: "a'\"\\\n\té%_50%".to_owned(), escaped: vec![8, 12] };
        assert_eq!(kinds(r#"'a\'\"\\\n\T\u00E9\%_50\%'"#), [Token::Text(quoted)]);
        assert_eq!(kinds("''"), [Token::Text(Quoted::default())]);
    }

    #[test]
    fn what_is_no_token_is_explained_where_it_stands() {
        let cases = [
            ("a == 1", 2..4, "write `=`"),
            ("a && b", 2..4, "write AND"),
            ("a = \"x'y\" ", 4..9, "write 'x\\'y'"),
            ("a = \u{201c}x\u{201d}", 4..11, "write 'x'"),
            ("a = \u{2018}x\u{2019}", 4..7, "straight single quotes"),
            ("a = 'O''Brien'", 6..8, "write \\'"),
            ("a = 'x\n'", 4..6, "close it"),
            ("a = 'C:\\dir'", 7..9, "backslash as \\\\"),
            ("a = '\\u12'", 5..7, "four hex digits"),
            ("a = 1.5.5", 4..9, "one point"),
            ("a = 30min", 4..9, "no unit"),
            ("a = 99999999999999999999", 4..24, "9223372036854775807"),
            ("a = 2026-13-01", 4..14, "2026-12-01"),
            ("a = 2026-12-01T25:00:00Z", 4..24, "with its zone"),
            ("a = - 3", 4..5, "computes nothing"),
            ("a..b = 1", 0..4, "one dot"),
            ("`a` = 1", 0..1, "leave the quotes"),
            ("a -- b", 2..6, "leave it out"),
        ];
        for (text, span, hint) in cases {
            let error = tokens(text).unwrap_err();
            assert_eq!(error.span, span, "{text}: {error}");
            assert!(error.hint.as_ref().is_some_and(|it| it.contains(hint)), "{text}: {error}");
        }
    }
}
