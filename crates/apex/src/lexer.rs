//! The lexer: text to tokens, with matching brackets.
//!
//! Nothing is lost: every byte is white space, or part of a token or of a comment. Invalid characters are tokens too.
//! Assumes nothing about the text, and takes a fixed number of steps for each byte. Refuses to know the grammar.

use memchr::{memchr, memchr2, memchr3, memmem};

use sessionlint_source::Span;

/// The kind of a token. All kinds after [`T::Word`] are keywords.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum T {
    /// The end of the text.
    Eof,
    /// An invalid character, or an unterminated literal.
    Bad,
    Int,
    Decimal,
    Text,
    LongText,
    ParenOpen,
    ParenClose,
    SquareOpen,
    SquareClose,
    BraceOpen,
    BraceClose,
    Semicolon,
    Comma,
    Dot,
    SafeDot,
    At,
    Colon,
    Question,
    Coalesce,
    /// `=`
    Equals,
    /// `+=` and the like; those with angles are several tokens.
    AssignWith,
    /// `=>`
    Arrow,
    /// `==`, `!=`, `===`, `!==`
    Equality,
    /// Also the first part of `<=`, `<<` and `<>`, and the bracket of a type.
    Less,
    Greater,
    Plus,
    Minus,
    Star,
    Slash,
    Percent,
    And,
    Or,
    BitAnd,
    BitOr,
    BitXor,
    Not,
    Tilde,
    /// `++` and `--`
    Increment,
    /// An identifier.
    Word,
    Abstract,
    As,
    Break,
    Catch,
    Class,
    Continue,
    Delete,
    Do,
    Else,
    Enum,
    Extends,
    False,
    Final,
    Finally,
    Find,
    For,
    Get,
    Global,
    If,
    Implements,
    Inherited,
    Insert,
    Instanceof,
    Interface,
    Merge,
    New,
    Null,
    On,
    Override,
    Private,
    Protected,
    Public,
    Return,
    Select,
    Set,
    Static,
    Super,
    Switch,
    TestMethod,
    This,
    Throw,
    Transient,
    Trigger,
    True,
    Try,
    Undelete,
    Update,
    Upsert,
    Virtual,
    WebService,
    When,
    While,
    With,
    Without,
}

impl T {
    /// Whether it is an identifier or a keyword.
    pub(super) fn is_word(self) -> bool {
        self >= T::Word
    }
}

/// A token.
#[derive(Clone, Copy, Debug)]
pub(super) struct Token {
    pub(super) start: u32,
    pub(super) end: u32,
    /// For an opening bracket, the token at which the group ends: its closing bracket, or what ends an unclosed group.
    /// For `<`, the matching `>` if both can be those of a type; otherwise 0.
    pub(super) pair: u32,
    pub(super) kind: T,
}

/// The result of lexing a text.
#[derive(Debug)]
pub(super) struct Lexed {
    /// All tokens, with one for the end.
    pub(super) tokens: Vec<Token>,
    pub(super) comments: Vec<Span>,
    /// The spans of invalid characters and unterminated literals.
    pub(super) errors: Vec<Span>,
}

/// Lexes a text.
pub(super) fn lex(text: &str) -> Lexed {
    let mut lexer = Lexer {
        text,
        bytes: text.as_bytes(),
        at: 0,
        // A token with the white space before it takes five bytes or more in all measured code.
        lexed: Lexed { tokens: Vec::with_capacity(text.len() / 5 + 8), comments: Vec::new(), errors: Vec::new() },
        has_no_end: false,
    };
    lexer.run();
    match_brackets(&mut lexer.lexed.tokens);
    lexer.lexed
}

/// The class of a byte.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Class {
    Bad,
    Space,
    Word,
    Digit,
    Sign,
    /// Part of a non-ASCII character.
    Wide,
}

const CLASSES: [Class; 256] = classes();

const fn classes() -> [Class; 256] {
    let mut all = [Class::Bad; 256];
    let mut byte = 0;
    while byte < 256 {
        all[byte] = match byte as u8 {
            b' ' | b'\t' | b'\n' | b'\r' | 0x0B | 0x0C => Class::Space,
            b'a'..=b'z' | b'A'..=b'Z' | b'_' | b'$' => Class::Word,
            b'0'..=b'9' => Class::Digit,
            0x80.. => Class::Wide,
            b'!'..=b'~' => Class::Sign,
            _ => Class::Bad,
        };
        byte += 1;
    }
    all
}

/// Whether a non-ASCII character can occur in an identifier.
fn is_word_char(ch: char) -> bool {
    ch.is_alphanumeric()
}

struct Lexer<'t> {
    text: &'t str,
    bytes: &'t [u8],
    at: usize,
    lexed: Lexed,
    /// Whether no `'''` follows that would end a text block.
    has_no_end: bool,
}

impl Lexer<'_> {
    fn run(&mut self) {
        while let Some(byte) = self.bytes.get(self.at) {
            match CLASSES[usize::from(*byte)] {
                Class::Space => {
                    let rest = &self.bytes[self.at + 1..];
                    // Most white space is indentation.
                    self.at += 1 + rest.iter().position(|byte| *byte != b' ').unwrap_or(rest.len());
                }
                Class::Word => self.word(),
                Class::Digit => self.number(),
                Class::Sign => self.sign(*byte),
                Class::Wide => self.wide(),
                Class::Bad => self.bad(1),
            }
        }
        let end = self.bytes.len() as u32;
        self.lexed.tokens.push(Token { start: end, end, pair: 0, kind: T::Eof });
    }

    fn push(&mut self, kind: T, length: usize) {
        let start = self.at;
        self.at = (start + length).min(self.bytes.len());
        self.lexed.tokens.push(Token { start: start as u32, end: self.at as u32, pair: 0, kind });
    }

    fn bad(&mut self, length: usize) {
        let start = self.at;
        self.push(T::Bad, length);
        self.lexed.errors.push(Span::new(start, self.at));
    }

    fn byte(&self, ahead: usize) -> u8 {
        self.bytes.get(self.at + ahead).copied().unwrap_or(0)
    }

    /// The character at this place.
    fn char(&self, at: usize) -> Option<char> {
        self.text.get(at..)?.chars().next()
    }

    fn word(&mut self) {
        let end = self.word_end(self.at + 1);
        let kind = meaning(&self.bytes[self.at..end]);
        self.push(kind, end - self.at);
    }

    fn word_end(&self, from: usize) -> usize {
        let mut end = from;
        loop {
            let rest = self.bytes.get(end..).unwrap_or_default();
            let is_plain = |byte: &u8| matches!(CLASSES[usize::from(*byte)], Class::Word | Class::Digit);
            end += rest.iter().position(|byte| !is_plain(byte)).unwrap_or(rest.len());
            if self.bytes.get(end).is_none_or(u8::is_ascii) {
                return end;
            }
            match self.char(end).filter(|ch| is_word_char(*ch)) {
                Some(ch) => end += ch.len_utf8(),
                None => return end,
            }
        }
    }

    fn wide(&mut self) {
        let Some(ch) = self.char(self.at) else {
            self.at += 1;
            return;
        };
        // A byte order mark may occur where two files were joined.
        if ch.is_whitespace() || ch == '\u{FEFF}' {
            self.at += ch.len_utf8();
        } else if ch.is_alphabetic() {
            let end = self.word_end(self.at + ch.len_utf8());
            self.push(T::Word, end - self.at);
        } else {
            self.bad(ch.len_utf8());
        }
    }

    fn digits(&self, from: usize) -> usize {
        let rest = self.bytes.get(from..).unwrap_or_default();
        from + rest.iter().take_while(|byte| byte.is_ascii_digit() || **byte == b'_').count()
    }

    fn number(&mut self) {
        let mut end = self.digits(self.at);
        let mut kind = T::Int;
        let next = |at: usize| self.bytes.get(at).copied().unwrap_or(0);
        // `1.format()` is a call, `1.` and `1.0` are numbers.
        if next(end) == b'.' && !matches!(CLASSES[usize::from(next(end + 1))], Class::Word | Class::Wide) {
            kind = T::Decimal;
            end = self.digits(end + 1);
        }
        if matches!(next(end), b'e' | b'E') {
            let sign = usize::from(matches!(next(end + 1), b'+' | b'-'));
            if next(end + 1 + sign).is_ascii_digit() {
                kind = T::Decimal;
                end = self.digits(end + 1 + sign);
            }
        }
        match next(end) {
            b'l' | b'L' if kind == T::Int => end += 1,
            b'd' | b'D' | b'f' | b'F' => {
                kind = T::Decimal;
                end += 1;
            }
            _ => {}
        }
        self.push(kind, end - self.at);
    }

    fn sign(&mut self, byte: u8) {
        let (next, third) = (self.byte(1), self.byte(2));
        let (kind, length) = match (byte, next) {
            (b'/', b'/') => return self.line_comment(),
            (b'/', b'*') => return self.block_comment(),
            (b'\'', _) => return self.literal(),
            (b'.', b'0'..=b'9') => return self.number(),
            (b'(', _) => (T::ParenOpen, 1),
            (b')', _) => (T::ParenClose, 1),
            (b'[', _) => (T::SquareOpen, 1),
            (b']', _) => (T::SquareClose, 1),
            (b'{', _) => (T::BraceOpen, 1),
            (b'}', _) => (T::BraceClose, 1),
            (b';', _) => (T::Semicolon, 1),
            (b',', _) => (T::Comma, 1),
            (b'.', _) => (T::Dot, 1),
            (b'@', _) => (T::At, 1),
            (b':', _) => (T::Colon, 1),
            (b'~', _) => (T::Tilde, 1),
            // `a ?.5 : 1` is a conditional.
            (b'?', b'.') if !third.is_ascii_digit() => (T::SafeDot, 2),
            (b'?', b'?') => (T::Coalesce, 2),
            (b'?', _) => (T::Question, 1),
            (b'=' | b'!', b'=') => (T::Equality, if third == b'=' { 3 } else { 2 }),
            (b'=', b'>') => (T::Arrow, 2),
            (b'=', _) => (T::Equals, 1),
            (b'!', _) => (T::Not, 1),
            (b'<', _) => (T::Less, 1),
            (b'>', _) => (T::Greater, 1),
            (b'+', b'+') | (b'-', b'-') => (T::Increment, 2),
            (b'&', b'&') => (T::And, 2),
            (b'|', b'|') => (T::Or, 2),
            (b'+' | b'-' | b'*' | b'/' | b'%' | b'&' | b'|' | b'^', b'=') => (T::AssignWith, 2),
            (b'+', _) => (T::Plus, 1),
            (b'-', _) => (T::Minus, 1),
            (b'*', _) => (T::Star, 1),
            (b'/', _) => (T::Slash, 1),
            (b'%', _) => (T::Percent, 1),
            (b'&', _) => (T::BitAnd, 1),
            (b'|', _) => (T::BitOr, 1),
            (b'^', _) => (T::BitXor, 1),
            _ => return self.bad(1),
        };
        self.push(kind, length);
    }

    fn comment(&mut self, length: usize) {
        let start = self.at;
        self.at = start + length;
        self.lexed.comments.push(Span::new(start, self.at));
    }

    fn line_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        self.comment(memchr2(b'\n', b'\r', rest).unwrap_or(rest.len()));
    }

    fn block_comment(&mut self) {
        let rest = &self.bytes[self.at..];
        match memmem::find(&rest[2..], b"*/") {
            Some(end) => self.comment(end + 4),
            None => self.bad(rest.len()),
        }
    }

    /// A quoted literal. An unterminated one ends with its line.
    fn literal(&mut self) {
        if self.byte(1) == b'\'' && self.byte(2) == b'\'' && !self.has_no_end {
            match self.long_end() {
                Some(end) => return self.push(T::LongText, end - self.at),
                None => self.has_no_end = true,
            }
        }
        let mut end = self.at + 1;
        loop {
            let rest = self.bytes.get(end..).unwrap_or_default();
            let Some(found) = memchr3(b'\'', b'\\', b'\n', rest) else {
                let whole = memchr(b'\r', rest).unwrap_or(rest.len());
                return self.bad(end + whole - self.at);
            };
            end += found;
            match self.bytes[end] {
                b'\'' => return self.push(T::Text, end + 1 - self.at),
                b'\\' => end += 1 + self.char(end + 1).filter(|ch| *ch != '\n').map_or(0, char::len_utf8),
                _ => return self.bad(end - self.at),
            }
        }
    }

    /// The end of a text block.
    fn long_end(&self) -> Option<usize> {
        let mut end = self.at + 3;
        loop {
            end += memchr2(b'\'', b'\\', self.bytes.get(end..)?)?;
            if self.bytes[end] == b'\\' {
                end += 1 + self.char(end + 1).map_or(0, char::len_utf8);
            } else if self.bytes[end..].starts_with(b"'''") {
                return Some(end + 3);
            } else {
                end += 1;
            }
        }
    }
}

/// Up to eight letters in lower case as a number.
const fn packed(word: &[u8]) -> u64 {
    let mut number = 0;
    let mut at = 0;
    while at < word.len() {
        number = number << 8 | (word[at] | 0x20) as u64;
        at += 1;
    }
    number
}

/// Defines [`meaning`].
macro_rules! meanings {
    (short $($length:literal { $($word:literal => $kind:ident,)* })* long $($long_length:literal { $($long:literal => $long_kind:ident,)* })*) => {
        /// The keyword of a word, in any case.
        fn meaning(word: &[u8]) -> T {
            match word.len() {
                $($length => {
                    let number = packed(word);
                    $(if const { packed($word) } == number {
                        return T::$kind;
                    })*
                })*
                $($long_length => {
                    $(if word.eq_ignore_ascii_case($long) {
                        return T::$long_kind;
                    })*
                })*
                _ => {}
            }
            T::Word
        }
    };
}

meanings! {
    short
    2 { b"if" => If, b"as" => As, b"do" => Do, b"on" => On, }
    3 { b"new" => New, b"for" => For, b"try" => Try, b"get" => Get, b"set" => Set, }
    4 {
        b"null" => Null, b"this" => This, b"else" => Else, b"true" => True, b"when" => When, b"enum" => Enum,
        b"find" => Find, b"with" => With,
    }
    5 {
        b"false" => False, b"final" => Final, b"class" => Class, b"catch" => Catch, b"while" => While,
        b"throw" => Throw, b"super" => Super, b"break" => Break, b"merge" => Merge,
    }
    6 {
        b"return" => Return, b"public" => Public, b"static" => Static, b"select" => Select, b"insert" => Insert,
        b"update" => Update, b"delete" => Delete, b"upsert" => Upsert, b"global" => Global, b"switch" => Switch,
    }
    7 {
        b"private" => Private, b"virtual" => Virtual, b"extends" => Extends, b"trigger" => Trigger,
        b"finally" => Finally, b"without" => Without,
    }
    8 { b"override" => Override, b"abstract" => Abstract, b"continue" => Continue, b"undelete" => Undelete, }
    long
    9 {
        b"protected" => Protected, b"transient" => Transient, b"interface" => Interface, b"inherited" => Inherited,
    }
    10 {
        b"instanceof" => Instanceof, b"implements" => Implements, b"testmethod" => TestMethod,
        b"webservice" => WebService,
    }
}

/// An open group.
struct Open {
    /// Its opening token.
    at: u32,
    kind: T,
    /// The first semicolon directly in it; 0 if there is none.
    semicolon: u32,
}

/// Finds the end of each group. A closing brace ends everything open in it; an unclosed round or square bracket ends
/// with its statement.
fn match_brackets(tokens: &mut [Token]) {
    let mut open: Vec<Open> = Vec::new();
    // For each brace, the number of open round and square brackets directly in it.
    let mut counts: Vec<[u32; 2]> = vec![[0, 0]];
    let mut angles: Vec<u32> = Vec::new();
    for at in 0..tokens.len() {
        let kind = tokens[at].kind;
        match kind {
            T::Dot | T::Comma => continue,
            T::Less => {
                angles.push(at as u32);
                continue;
            }
            T::Greater => {
                if let Some(first) = angles.pop() {
                    tokens[first as usize].pair = at as u32;
                }
                continue;
            }
            T::SquareOpen | T::SquareClose => {}
            _ if kind.is_word() => continue,
            _ => angles.clear(),
        }
        let here = at as u32;
        match kind {
            T::ParenOpen | T::SquareOpen => {
                open.push(Open { at: here, kind, semicolon: 0 });
                if let Some(counts) = counts.last_mut() {
                    counts[usize::from(kind == T::SquareOpen)] += 1;
                }
            }
            T::BraceOpen => {
                open.push(Open { at: here, kind, semicolon: 0 });
                counts.push([0, 0]);
            }
            T::Semicolon => {
                if let Some(last) = open.last_mut().filter(|last| last.semicolon == 0) {
                    last.semicolon = here;
                }
            }
            T::ParenClose | T::SquareClose => {
                let wanted = if kind == T::ParenClose { T::ParenOpen } else { T::SquareOpen };
                let is_open = |counts: &[u32; 2]| counts[usize::from(wanted == T::SquareOpen)] > 0;
                if counts.last().is_some_and(is_open) {
                    close(tokens, &mut open, &mut counts, wanted, here);
                }
            }
            T::BraceClose if counts.len() > 1 => {
                close(tokens, &mut open, &mut counts, T::BraceOpen, here);
                counts.pop();
            }
            T::Eof => {
                while let Some(last) = open.pop() {
                    tokens[last.at as usize].pair = end_of_open(&last, here);
                }
            }
            _ => {}
        }
    }
}

/// Closes open groups down to a bracket of a kind.
fn close(tokens: &mut [Token], open: &mut Vec<Open>, counts: &mut [[u32; 2]], wanted: T, here: u32) {
    while let Some(last) = open.pop() {
        if last.kind != T::BraceOpen
            && let Some(counts) = counts.last_mut()
        {
            let count = &mut counts[usize::from(last.kind == T::SquareOpen)];
            *count = count.saturating_sub(1);
        }
        if last.kind == wanted {
            tokens[last.at as usize].pair = here;
            return;
        }
        tokens[last.at as usize].pair = end_of_open(&last, here);
    }
}

/// The end of an unclosed group.
fn end_of_open(open: &Open, here: u32) -> u32 {
    if open.semicolon == 0 || open.kind == T::BraceOpen { here } else { open.semicolon }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn kinds(text: &str) -> Vec<T> {
        let mut kinds: Vec<T> = lex(text).tokens.iter().map(|token| token.kind).collect();
        assert_eq!(kinds.pop(), Some(T::Eof));
        kinds
    }

    fn texts(text: &str) -> Vec<&str> {
        let lexed = lex(text);
        lexed.tokens.iter().map(|it| &text[it.start as usize..it.end as usize]).filter(|it| !it.is_empty()).collect()
    }

    #[test]
    fn words_mean_the_same_in_any_case() {
        assert_eq!(
            kinds("IF if iF InstanceOf without elseif"),
            [T::If, T::If, T::If, T::Instanceof, T::Without, T::Word]
        );
        assert_eq!(kinds("_a $b größe été"), [T::Word; 4]);
    }

    #[test]
    fn literals_and_numbers_are_whole() {
        assert_eq!(texts(r"'a' 'it\'s' '' '\\' x"), ["'a'", r"'it\'s'", "''", r"'\\'", "x"]);
        assert_eq!(texts("'''a 'b'\nc''' '' x"), ["'''a 'b'\nc'''", "''", "x"]);
        assert_eq!(
            texts("1 2L 1_000 1.5d .5 1e5 1.format()"),
            ["1", "2L", "1_000", "1.5d", ".5", "1e5", "1", ".", "format", "(", ")"]
        );
        assert_eq!(kinds("1 2L 1.5 .5 1e5 1d"), [T::Int, T::Int, T::Decimal, T::Decimal, T::Decimal, T::Decimal]);
    }

    #[test]
    fn signs_are_as_long_as_they_can_be_but_for_angles() {
        assert_eq!(
            texts("a?.b ?? c ? .5 : d === e >>= f => g"),
            ["a", "?.", "b", "??", "c", "?", ".5", ":", "d", "===", "e", ">", ">", "=", "f", "=>", "g"]
        );
        assert_eq!(
            kinds("+= ++ + ^= !== !"),
            [T::AssignWith, T::Increment, T::Plus, T::AssignWith, T::Equality, T::Not]
        );
    }

    #[test]
    fn comments_are_no_tokens() {
        let lexed = lex("a // b\n/* c * / */ d /**/");
        assert_eq!(lexed.tokens.len(), 3);
        assert_eq!(lexed.comments, [Span::new(2, 6), Span::new(7, 18), Span::new(21, 25)]);
    }

    #[test]
    fn unterminated_literals_end_with_their_line_or_the_text() {
        let lexed = lex("String a = 'b;\nString c = 'd';");
        assert_eq!(lexed.errors, [Span::new(11, 14)]);
        assert_eq!(lexed.tokens.iter().filter(|token| token.kind == T::Text).count(), 1);
        assert_eq!(lex("a /* b").errors, [Span::new(2, 6)]);
        assert_eq!(lex("a '''b\n'c'").errors, [Span::new(4, 6)]);
        assert_eq!(lex("a '\\").errors, [Span::new(2, 4)]);
        assert_eq!(lex("a \0 # \u{201C}").errors.len(), 3);
        assert_eq!(lex("\u{FEFF}a\u{A0}b").errors, []);
    }

    #[test]
    fn brackets_end_with_what_closes_them_or_their_statement() {
        let pair = |text: &str, at: usize| {
            let tokens = lex(text).tokens;
            let end = &tokens[tokens[at].pair as usize];
            (end.kind, end.start as usize)
        };
        assert_eq!(pair("(a[b]{c})", 0), (T::ParenClose, 8));
        assert_eq!(pair("{ f(a; g(); }", 2), (T::Semicolon, 5));
        assert_eq!(pair("{ f(a; g(); }", 0), (T::BraceClose, 12));
        assert_eq!(pair("{ f(a] } b", 2), (T::BraceClose, 7));
        assert_eq!(pair("(a", 0), (T::Eof, 2));
        assert_eq!(pair("A<B<C>, D[]> e", 1), (T::Greater, 11));
        // No type: something else stands between.
        assert_eq!(lex("a < b && c > d").tokens[1].pair, 0);
    }

    #[test]
    fn every_byte_is_in_a_token_a_comment_or_white_space() {
        for text in ["class A { String b = 'c' + /* d */ 1.5; // e\n }", "ü§\0'\\x\r\n'''", "/*", "\u{3000}x"] {
            let lexed = lex(text);
            let tokens = lexed.tokens.iter().map(|token| Span { start: token.start, end: token.end });
            let mut spans: Vec<Span> = tokens.chain(lexed.comments.iter().copied()).collect();
            spans.sort_unstable();
            let mut last = 0;
            for span in spans {
                let between = &text[last..span.start as usize];
                assert!(between.chars().all(char::is_whitespace), "{between:?} of {text:?}");
                last = span.end as usize;
            }
            assert_eq!(last, text.len());
        }
    }
}
