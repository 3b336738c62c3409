//! Secrets in Apex and scripts: literals by the variable, argument, key or string that receives them.
//!
//! One pass over the text; comments are searched separately, since code is commented out with its secrets. Uses tokens,
//! not a syntax tree. Refuses to know types and scopes.

use std::ops::Range;

use super::role::{self, Role, is_exempt, is_plausible};
use super::{Ranges, TextForm, scheme};

/// Calls that return their argument.
const HANDING_ON: &[&str] = &[
    "urlencode",
    "urldecode",
    "valueof",
    "base64encode",
    "base64decode",
    "encodeuricomponent",
    "trim",
    "tostring",
    "escapesinglequotes",
    "format",
    "join",
    "concat",
    "converttohex",
    "convertfromhex",
    "btoa",
    "atob",
    "string",
];
/// Calls whose arguments after the first are secrets.
const SIGNING_IN: &[&str] = &[
    "login",
    "signin",
    "authenticate",
    "setpassword",
    "generatemac",
    "encrypt",
    "decrypt",
    "sign",
    "signwithcertificate",
    "setcredentials",
    "verifyhmac",
    "basicauth",
    "connect",
];
/// Words before `(` and `{` that are not names.
const KEYWORDS: &[&str] = &[
    "if", "for", "while", "switch", "when", "catch", "else", "try", "finally", "do", "get", "set", "return",
    "function", "on",
];

/// The previous token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
enum PreviousToken {
    #[default]
    Other,
    Word(Range<usize>),
    Literal(Range<usize>),
    Close(Range<usize>),
}

/// An open bracket.
#[derive(Clone, Debug, Default)]
struct Frame {
    /// The name before it.
    name: Range<usize>,
    /// The role of its content.
    base: Role,
    /// The role of the current argument or statement.
    role: Role,
    /// The number of arguments before the current one.
    argument: usize,
    /// Whether its first argument is a pattern with a placeholder for a secret.
    is_pattern: bool,
    /// The method or property whose body it is in.
    body: Range<usize>,
}

struct Scan<'t, 'f> {
    text: &'t str,
    /// The offset of `text` in the file.
    offset: usize,
    is_script: bool,
    is_comment: bool,
    frames: Vec<Frame>,
    before: PreviousToken,
    /// Whether the previous string ended inside a secret, and the number of frames at that point.
    pending: Option<usize>,
    /// The variable that the current statement assigns.
    target: Range<usize>,
    /// A variable whose string ended inside a secret: text appended to it continues the secret.
    carried: Range<usize>,
    found: &'f mut Ranges,
}

/// Finds the secrets in a text of code; `is_script` for markup with scripts, whose literals have either kind of quotes.
pub(super) fn find(text: &str, is_script: bool, found: &mut Ranges) {
    Scan::new(text, 0, is_script, false, found).run();
}

impl<'t, 'f> Scan<'t, 'f> {
    fn new(text: &'t str, offset: usize, is_script: bool, is_comment: bool, found: &'f mut Ranges) -> Self {
        let frames = vec![Frame::default()];
        let (target, carried) = (0..0, 0..0);
        Self {
            text,
            offset,
            is_script,
            is_comment,
            frames,
            before: PreviousToken::Other,
            pending: None,
            target,
            carried,
            found,
        }
    }

    fn run(&mut self) {
        let bytes = self.text.as_bytes();
        let mut at = 0;
        while at < bytes.len() {
            let byte = bytes[at];
            at = match byte {
                b'/' if !self.is_comment
                    && matches!(bytes.get(at + 1), Some(b'/' | b'*'))
                    && !self.is_in_address(at) =>
                {
                    self.comment(at)
                }
                b'\'' => self.literal(at, byte),
                b'"' if self.is_script || self.is_comment => self.literal(at, byte),
                byte if byte.is_ascii_alphabetic() || byte == b'_' => self.word(at),
                byte if byte.is_ascii_digit() => {
                    let length =
                        bytes[at..].iter().position(|byte| !byte.is_ascii_alphanumeric()).unwrap_or(bytes.len() - at);
                    self.before = PreviousToken::Other;
                    at + length
                }
                byte if byte.is_ascii_whitespace() => at + 1,
                _ => self.sign(at),
            };
        }
    }

    /// In markup, the `//` of a URL does not begin a comment.
    fn is_in_address(&self, at: usize) -> bool {
        self.is_script && at > 0 && self.text.as_bytes()[at - 1] == b':'
    }

    fn comment(&mut self, at: usize) -> usize {
        let rest = &self.text[at..];
        let end: &[u8] = if rest.starts_with("//") { b"\n" } else { b"*/" };
        let length = memchr::memmem::find(rest.as_bytes().get(2..).unwrap_or_default(), end)
            .map(|length| length + 2 + end.len());
        let end = length.map_or(self.text.len(), |length| at + length);
        let inside = &self.text[at + 2..end];
        let offset = self.offset + at + 2;
        let mut within = Ranges::new();
        super::pairs(inside, TextForm::Value, &mut within);
        self.found.extend(within.into_iter().map(|range| offset + range.start..offset + range.end));
        Scan::new(inside, offset, self.is_script, true, self.found).run();
        end
    }

    fn word(&mut self, at: usize) -> usize {
        let rest = &self.text.as_bytes()[at..];
        let length =
            rest.iter().position(|byte| !(byte.is_ascii_alphanumeric() || *byte == b'_')).unwrap_or(rest.len());
        let word = &self.text[at..at + length];
        if word.eq_ignore_ascii_case("return") {
            let body = self.frame().body.clone();
            self.frame().role = role::of_name(&self.text[body]);
            self.before = PreviousToken::Other;
        } else {
            self.before = PreviousToken::Word(at..at + length);
        }
        at + length
    }

    /// The innermost open bracket; the outermost frame always stays.
    fn frame(&mut self) -> &mut Frame {
        if self.frames.is_empty() {
            self.frames.push(Frame::default());
        }
        let last = self.frames.len() - 1;
        &mut self.frames[last]
    }

    /// The role that the last name gives to the text after it.
    fn named(&self) -> Role {
        match &self.before {
            PreviousToken::Word(range) | PreviousToken::Literal(range) => {
                role::of_name(self.text[range.clone()].trim_matches(['{', '}', '[', ']', '%', '\\', '"']))
            }
            PreviousToken::Other | PreviousToken::Close(_) => Role::None,
        }
    }

    fn sign(&mut self, at: usize) -> usize {
        let bytes = self.text.as_bytes();
        let mut length = 1;
        match bytes[at] {
            b'(' | b'[' | b'{' => {
                self.open(bytes[at]);
                self.before = PreviousToken::Other;
            }
            b')' | b']' | b'}' => {
                let is_index = bytes[at] == b']' && matches!(self.before, PreviousToken::Literal(_));
                let closed = if self.frames.len() > 1 { self.frames.pop() } else { None };
                if !is_index {
                    self.before = PreviousToken::Close(closed.map(|frame| frame.name).unwrap_or_default());
                }
                if bytes[at] == b'}' {
                    self.frame().role = Role::None;
                }
            }
            b',' => {
                let named = self.named();
                let depth = self.frames.len();
                if self.pending == Some(depth) {
                    self.pending = None;
                }
                let is_name = matches!(self.before, PreviousToken::Literal(_)) || named == Role::Strong;
                let frame = self.frame();
                frame.argument += 1;
                frame.role = if is_name { named } else { Role::None };
                self.before = PreviousToken::Other;
            }
            b';' => {
                if self.pending.take().is_some() {
                    self.carried = self.target.clone();
                } else if self.is_carried(&self.target) {
                    self.carried = 0..0;
                }
                self.target = 0..0;
                self.frame().role = Role::None;
                self.before = PreviousToken::Other;
            }
            b'=' => {
                while matches!(bytes.get(at + length), Some(b'=' | b'>')) {
                    length += 1;
                }
                self.frame().role = self.named();
                if let (1, PreviousToken::Word(name)) = (length, &self.before) {
                    self.target = name.clone();
                    if bytes[at - 1] == b'+' && self.is_carried(name) {
                        self.pending = Some(self.frames.len());
                    }
                }
                self.before = PreviousToken::Other;
            }
            b':' => {
                let named = self.named();
                if named != Role::None {
                    self.frame().role = named;
                }
                self.before = PreviousToken::Other;
            }
            b'&' | b'|' if bytes.get(at + 1) == Some(&bytes[at]) => {
                length = 2;
                self.frame().role = Role::None;
                self.before = PreviousToken::Other;
            }
            // `name != 'x'` and `name += 'x'`: the name is still before the `=`.
            b'!' | b'+' if bytes.get(at + 1) == Some(&b'=') => {}
            b'.' => {}
            _ => self.before = PreviousToken::Other,
        }
        let mut end = at + length;
        while !self.text.is_char_boundary(end) {
            end += 1;
        }
        end
    }

    /// Whether a name is that of the variable whose string continues a secret.
    fn is_carried(&self, name: &Range<usize>) -> bool {
        !name.is_empty() && self.text[name.clone()].eq_ignore_ascii_case(&self.text[self.carried.clone()])
    }

    fn open(&mut self, bracket: u8) {
        let name = match &self.before {
            PreviousToken::Word(range) => range.clone(),
            PreviousToken::Close(name) if bracket == b'{' => name.clone(),
            _ => 0..0,
        };
        let word = self.text[name.clone()].to_ascii_lowercase();
        let is_keyword = KEYWORDS.contains(&word.as_str());
        let outer = self.effective();
        let is_block = bracket == b'{' && !matches!(self.before, PreviousToken::Other);
        let base = if is_block && !self.is_script {
            Role::None
        } else if name.is_empty() || HANDING_ON.contains(&word.as_str()) {
            outer
        } else {
            outer.weakened()
        };
        let is_body = is_block && !name.is_empty() && !is_keyword;
        let body = if is_body { name.clone() } else { self.frame().body.clone() };
        self.frames.push(Frame { name: if is_keyword { 0..0 } else { name }, base, body, ..Frame::default() });
    }

    /// The role of the current place.
    fn effective(&self) -> Role {
        let Some(frame) = self.frames.last() else { return Role::None };
        let word = self.text[frame.name.clone()].to_ascii_lowercase();
        let by_call = if frame.argument > 0 && (frame.is_pattern || SIGNING_IN.contains(&word.as_str())) {
            Role::Strong
        } else if ["set", "with", "add", "put"].iter().any(|verb| word.starts_with(verb)) && word != "setheader" {
            role::of_name(&self.text[frame.name.clone()])
        } else {
            Role::None
        };
        frame.role.max(frame.base).max(by_call)
    }

    fn literal(&mut self, at: usize, quote: u8) -> usize {
        let bytes = self.text.as_bytes();
        let start = at + 1;
        let mut end = start;
        while end < bytes.len() && bytes[end] != quote && bytes[end] != b'\n' {
            end += if bytes[end] == b'\\' { 2 } else { 1 };
        }
        end = end.min(bytes.len());
        while !self.text.is_char_boundary(end) {
            end -= 1;
        }
        let is_open = bytes.get(end) != Some(&quote);
        if is_open && self.is_comment {
            // An apostrophe in prose.
            self.before = PreviousToken::Other;
            return start;
        }
        self.classify(start..end);
        if self.is_script && quote == b'"' && memchr::memchr(b'\'', &bytes[start..end]).is_some() {
            Scan::new(&self.text[start..end], self.offset + start, false, false, self.found).run();
        }
        self.before = PreviousToken::Literal(start..end);
        if is_open { end } else { end + 1 }
    }

    fn classify(&mut self, range: Range<usize>) {
        let value = &self.text[range.clone()];
        let role = self.effective();
        let mut within = Ranges::new();
        if self.pending.is_some() {
            let end = value.find(['&', '"', '\\', '<']).unwrap_or(value.len());
            if end < value.len() {
                self.pending = None;
            }
            if !is_exempt(&value[..end]) {
                within.push(0..end);
            }
        }
        super::pairs(value, TextForm::Value, &mut within);
        let is_pattern = value.match_indices('{').any(|(at, _)| continues(&value[..at]));
        if continues(value) {
            self.pending = Some(self.frames.len());
        }
        let frame = self.frame();
        frame.is_pattern |= frame.argument == 0 && is_pattern;
        let is_long = value.len() >= 18 && value.bytes().all(|byte| byte.is_ascii_digit());
        let is_secret = is_long
            || match role {
                Role::Strong => !is_exempt(value),
                Role::Weak => is_plausible(value),
                Role::None => false,
            };
        if let Some(lead) = scheme(value) {
            within.push(lead..value.len());
        } else if is_secret && !continues(value) {
            within.push(0..value.len());
        }
        let start = self.offset + range.start;
        self.found.extend(within.into_iter().map(|part| start + part.start..start + part.end));
    }
}

/// Whether a secret begins after `text`: it ends with `name=`, `"name":"`, `name: ` or `Bearer `.
fn continues(text: &str) -> bool {
    let is_mark = |ch: char| matches!(ch, ' ' | '"' | '\'' | '\\');
    let mut from = text.len().saturating_sub(80);
    while !text.is_char_boundary(from) {
        from += 1;
    }
    let tail = &text[from..];
    let bare = tail.trim_end_matches(is_mark);
    if let Some(before) = bare.strip_suffix(['=', ':', '>']) {
        let before = before.trim_end_matches(is_mark);
        let start = before
            .rfind(|ch: char| !(ch.is_ascii_alphanumeric() || matches!(ch, '_' | '-' | '.')))
            .map_or(0, |at| at + 1);
        let role = role::of_name(before.get(start..).unwrap_or_default());
        return role == Role::Strong || role == Role::Weak && bare.ends_with('=');
    }
    bare.len() < tail.len()
        && scheme(&format!("{} ", bare.trim_start())).is_some_and(|length| length > bare.trim_start().len())
}
