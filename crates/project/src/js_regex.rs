//! Translates JavaScript regular expressions (without flag `u`, Annex B of ECMAScript) for the `regex` crate.
//!
//! Salesforce's tooling is written in JavaScript and uses its patterns. As there, text is matched by UTF-16 units
//! ([`units`]), so that a character outside the BMP counts twice. Features that the `regex` crate lacks (lookaround,
//! back references) are rejected, never approximated; expressions that JavaScript rejects give a different error.
//! Refuses to know what an expression is for.

use std::fmt::Write;
use std::sync::OnceLock;

/// Why an expression is rejected.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Fault {
    /// JavaScript rejects it too.
    Syntax,
    /// It is valid in JavaScript and not supported here.
    Unsupported,
}

/// How an expression is matched.
#[derive(Clone, Copy, Debug, Default)]
pub struct Flags {
    /// Flag `i`. The text must be passed through [`units`] with the same flag.
    pub ignore_case: bool,
    /// Whether `^` and `$` are supported: only if the text is always matched as a whole.
    pub anchors: bool,
}

/// Groups nested deeper than this are rejected.
const MAX_DEPTH: usize = 50;

/// Repetitions of more than this are rejected.
const MAX_REPEAT: u32 = 1000;

/// Translates `source` to the syntax of the `regex` crate, to match the result of [`units`].
pub(crate) fn translate(source: &[u16], flags: Flags) -> Result<String, Fault> {
    let mut parser = Parser { source, at: 0, flags, groups: count_groups(source), out: String::new() };
    parser.disjunction(0)?;
    if parser.at < source.len() { Err(Fault::Syntax) } else { Ok(parser.out) }
}

/// A text as its UTF-16 units, each as one character: a translated expression matches this.
pub fn units(text: &str, ignore_case: bool) -> String {
    if text.is_ascii() {
        return if ignore_case { text.to_ascii_uppercase() } else { text.to_owned() };
    }
    text.encode_utf16().filter_map(|unit| char_of(if ignore_case { canonical(unit) } else { unit })).collect()
}

/// The character for a unit: the unit itself, and for a surrogate one that no other unit has.
fn char_of(unit: u16) -> Option<char> {
    char::from_u32(code_of(unit))
}

fn code_of(unit: u16) -> u32 {
    if (0xD800..=0xDFFF).contains(&unit) { 0x10_0000 + u32::from(unit) } else { u32::from(unit) }
}

/// The unit that a unit is compared as if case is ignored: its upper case, if that is one unit and not ASCII.
fn canonical(unit: u16) -> u16 {
    let Some(character) = char::from_u32(u32::from(unit)) else { return unit };
    if character.is_ascii() {
        return u16::from(unit_byte(unit).to_ascii_uppercase());
    }
    let mut upper = character.to_uppercase();
    match (upper.next().map(|first| u16::try_from(u32::from(first))), upper.next()) {
        (Some(Ok(upper)), None) if upper >= 128 => upper,
        _ => unit,
    }
}

fn unit_byte(unit: u16) -> u8 {
    u8::try_from(unit).unwrap_or(b'?')
}

/// Ranges of units beyond ASCII with upper and lower case; the scripts between them have no case.
const CASED: [std::ops::RangeInclusive<u16>; 3] = [0x80..=0x2E7F, 0xA640..=0xABFF, 0xFB00..=0xFFFF];

/// The units beyond ASCII that differ from their canonical unit.
fn changed() -> &'static [(u16, u16)] {
    static CHANGED: OnceLock<Vec<(u16, u16)>> = OnceLock::new();
    CHANGED.get_or_init(|| {
        let pairs = CASED.into_iter().flatten().map(|unit| (unit, canonical(unit)));
        pairs.filter(|(unit, canonical)| unit != canonical).collect()
    })
}

/// With more units than this, a range is looked up in the table of all changed units, which takes time to build.
const MAX_UNITS: u16 = 64;

/// The canonical units of a range beyond ASCII, where they are other units.
fn capitals(low: u16, high: u16) -> Box<dyn Iterator<Item = u16>> {
    if high.saturating_sub(low) < MAX_UNITS {
        return Box::new(
            (low..=high)
                .map(|unit| (unit, canonical(unit)))
                .filter(|(unit, upper)| unit != upper)
                .map(|(_, upper)| upper),
        );
    }
    let from = changed().partition_point(|(unit, _)| *unit < low);
    Box::new(changed()[from..].iter().take_while(move |(unit, _)| *unit <= high).map(|(_, upper)| *upper))
}

/// Whether a unit is white space in JavaScript.
pub fn is_space(unit: u16) -> bool {
    SPACES.iter().any(|(low, high)| (*low..=*high).contains(&unit))
}

const SPACES: &[(u16, u16)] = &[
    (0x9, 0xD),
    (0x20, 0x20),
    (0xA0, 0xA0),
    (0x1680, 0x1680),
    (0x2000, 0x200A),
    (0x2028, 0x2029),
    (0x202F, 0x202F),
    (0x205F, 0x205F),
    (0x3000, 0x3000),
    (0xFEFF, 0xFEFF),
];
const DIGITS: &[(u16, u16)] = &[(0x30, 0x39)];
const WORDS: &[(u16, u16)] = &[(0x30, 0x39), (0x41, 0x5A), (0x5F, 0x5F), (0x61, 0x7A)];
const LINE_ENDS: &[(u16, u16)] = &[(0xA, 0xA), (0xD, 0xD), (0x2028, 0x2029)];

fn complement(ranges: &[(u16, u16)]) -> Vec<(u16, u16)> {
    let mut rest = Vec::new();
    let mut next = 0u32;
    for (low, high) in ranges {
        if u32::from(*low) > next {
            rest.push((next as u16, low - 1));
        }
        next = u32::from(*high) + 1;
    }
    if let Ok(next) = u16::try_from(next) {
        rest.push((next, u16::MAX));
    }
    rest
}

/// A unit as an ASCII byte; only ASCII is syntax.
fn ascii(unit: u16) -> Option<u8> {
    u8::try_from(unit).ok().filter(u8::is_ascii)
}

/// The number of capturing groups.
fn count_groups(source: &[u16]) -> u32 {
    let (mut at, mut in_class, mut groups) = (0, false, 0);
    while let Some(unit) = source.get(at) {
        match ascii(*unit) {
            Some(b'\\') => at += 1,
            Some(b'[') => in_class = true,
            Some(b']') => in_class = false,
            Some(b'(') if !in_class && source.get(at + 1) != Some(&u16::from(b'?')) => groups += 1,
            _ => {}
        }
        at += 1;
    }
    groups
}

struct Parser<'s> {
    source: &'s [u16],
    at: usize,
    flags: Flags,
    groups: u32,
    out: String,
}

/// A member of a class, or an escape: one unit, or a set.
enum Atom {
    One(u16),
    Set(Vec<(u16, u16)>),
}

impl Parser<'_> {
    fn peek(&self) -> Option<u8> {
        self.source.get(self.at).map(|unit| ascii(*unit).unwrap_or(0x80))
    }

    fn eat(&mut self, byte: u8) -> bool {
        let is_it = self.peek() == Some(byte);
        self.at += usize::from(is_it);
        is_it
    }

    fn eat_all(&mut self, text: &str) -> bool {
        let is_it = text
            .bytes()
            .enumerate()
            .all(|(offset, byte)| self.source.get(self.at + offset).copied() == Some(u16::from(byte)));
        self.at += if is_it { text.len() } else { 0 };
        is_it
    }

    fn disjunction(&mut self, depth: usize) -> Result<(), Fault> {
        if depth > MAX_DEPTH {
            return Err(Fault::Unsupported);
        }
        loop {
            match self.peek() {
                None | Some(b')') => return Ok(()),
                Some(b'|') => {
                    self.at += 1;
                    self.out.push('|');
                }
                Some(_) => self.term(depth)?,
            }
        }
    }

    fn term(&mut self, depth: usize) -> Result<(), Fault> {
        let start = self.at;
        let Some(byte) = self.peek() else { return Ok(()) };
        match byte {
            b'^' | b'$' => {
                self.at += 1;
                self.out.push(char::from(byte));
                return if self.flags.anchors { self.no_quantifier() } else { Err(Fault::Unsupported) };
            }
            b'\\' if self.eat_all("\\b") => {
                self.out.push_str(r"(?-u:\b)");
                return self.no_quantifier();
            }
            b'\\' if self.eat_all("\\B") => {
                self.out.push_str(r"(?-u:\B)");
                return self.no_quantifier();
            }
            b'(' => self.group(depth)?,
            b'*' | b'+' | b'?' => return Err(Fault::Syntax),
            b'{' => {
                if self.braces().is_some() {
                    return Err(Fault::Syntax);
                }
                self.at = start + 1;
                self.one(u16::from(b'{'));
            }
            b'.' => {
                self.at += 1;
                self.class(LINE_ENDS, true);
            }
            b'[' => self.bracket()?,
            b'\\' => match self.escape(false)? {
                Atom::One(unit) => self.one(unit),
                Atom::Set(set) => self.class(&set, false),
            },
            _ => {
                self.at += 1;
                self.one(self.source[start]);
            }
        }
        self.quantifier()
    }

    fn group(&mut self, depth: usize) -> Result<(), Fault> {
        // The lookahead at the end of ignore patterns; the match ends at the end of the text.
        if self.eat_all("(?=$|\\/$)") {
            self.out.push_str("(?:$|/$)");
            return if self.at == self.source.len() { Ok(()) } else { Err(Fault::Unsupported) };
        }
        if !self.eat_all("(?:") {
            if self.source.get(self.at + 1) == Some(&u16::from(b'?')) {
                return Err(Fault::Unsupported);
            }
            self.at += 1;
        }
        self.out.push_str("(?:");
        self.disjunction(depth + 1)?;
        self.out.push(')');
        if self.eat(b')') { Ok(()) } else { Err(Fault::Syntax) }
    }

    fn no_quantifier(&mut self) -> Result<(), Fault> {
        let start = self.at;
        let is_one = matches!(self.peek(), Some(b'*' | b'+' | b'?')) || self.braces().is_some();
        self.at = start;
        if is_one { Err(Fault::Syntax) } else { Ok(()) }
    }

    fn quantifier(&mut self) -> Result<(), Fault> {
        let start = self.at;
        match self.peek() {
            Some(byte @ (b'*' | b'+' | b'?')) => {
                self.at += 1;
                self.out.push(char::from(byte));
            }
            Some(b'{') => {
                if let Some((least, most)) = self.braces() {
                    if most.is_some_and(|most| most < least) {
                        return Err(Fault::Syntax);
                    }
                    if least > MAX_REPEAT || most.is_some_and(|most| most > MAX_REPEAT) {
                        return Err(Fault::Unsupported);
                    }
                    let most = most.map_or(String::new(), |most| most.to_string());
                    let _ = write!(self.out, "{{{least},{most}}}");
                } else {
                    self.at = start;
                    return Ok(());
                }
            }
            _ => return Ok(()),
        }
        // Greedy or lazy decides which text is replaced, and is kept.
        if self.eat(b'?') {
            self.out.push('?');
        }
        Ok(())
    }

    /// `{n}`, `{n,}` or `{n,m}`: the minimum and the maximum.
    fn braces(&mut self) -> Option<(u32, Option<u32>)> {
        if !self.eat(b'{') {
            return None;
        }
        let least = self.number()?;
        if self.eat(b'}') {
            return Some((least, Some(least)));
        }
        if !self.eat(b',') {
            return None;
        }
        if self.eat(b'}') {
            return Some((least, None));
        }
        let most = self.number()?;
        self.eat(b'}').then_some((least, Some(most)))
    }

    fn number(&mut self) -> Option<u32> {
        let start = self.at;
        let mut value = 0u32;
        while let Some(digit @ b'0'..=b'9') = self.peek() {
            value = value.saturating_mul(10).saturating_add(u32::from(digit - b'0'));
            self.at += 1;
        }
        (self.at > start).then_some(value)
    }

    fn bracket(&mut self) -> Result<(), Fault> {
        self.at += 1;
        let is_negated = self.eat(b'^');
        let mut ranges = Vec::new();
        loop {
            if self.eat(b']') {
                break;
            }
            let low = self.member()?;
            let is_range = self.peek() == Some(b'-') && !matches!(self.source.get(self.at + 1), Some(0x5D) | None);
            if !is_range {
                ranges.extend(members(low));
                continue;
            }
            self.at += 1;
            match (low, self.member()?) {
                (Atom::One(low), Atom::One(high)) if low > high => return Err(Fault::Syntax),
                (Atom::One(low), Atom::One(high)) => ranges.push((low, high)),
                (low, high) => {
                    ranges.extend(members(low));
                    ranges.extend(members(high));
                    ranges.push((0x2D, 0x2D));
                }
            }
        }
        self.class(&ranges, is_negated);
        Ok(())
    }

    fn member(&mut self) -> Result<Atom, Fault> {
        match self.source.get(self.at) {
            None => Err(Fault::Syntax),
            Some(0x5C) => self.escape(true),
            Some(unit) => {
                self.at += 1;
                Ok(Atom::One(*unit))
            }
        }
    }

    /// An escape, after its backslash.
    fn escape(&mut self, in_class: bool) -> Result<Atom, Fault> {
        self.at += 1;
        let Some(unit) = self.source.get(self.at).copied() else { return Err(Fault::Syntax) };
        let Some(byte) = ascii(unit) else {
            self.at += 1;
            return Ok(Atom::One(unit));
        };
        if byte.is_ascii_digit() {
            return self.digits(in_class);
        }
        self.at += 1;
        Ok(match byte {
            b'd' => Atom::Set(DIGITS.to_vec()),
            b'D' => Atom::Set(complement(DIGITS)),
            b's' => Atom::Set(SPACES.to_vec()),
            b'S' => Atom::Set(complement(SPACES)),
            b'w' => Atom::Set(WORDS.to_vec()),
            b'W' => Atom::Set(complement(WORDS)),
            b'b' if in_class => Atom::One(8),
            b't' => Atom::One(9),
            b'n' => Atom::One(10),
            b'v' => Atom::One(11),
            b'f' => Atom::One(12),
            b'r' => Atom::One(13),
            b'x' => Atom::One(self.hex(2).unwrap_or(unit)),
            b'u' => Atom::One(self.hex(4).unwrap_or(unit)),
            b'c' => {
                let next = self.peek();
                let is_control = next.is_some_and(|next| {
                    next.is_ascii_alphabetic() || (in_class && (next.is_ascii_digit() || next == b'_'))
                });
                if let (true, Some(next)) = (is_control, next) {
                    self.at += 1;
                    Atom::One(u16::from(next % 32))
                } else {
                    self.at -= 1;
                    Atom::One(0x5C)
                }
            }
            _ => Atom::One(unit),
        })
    }

    fn digits(&mut self, in_class: bool) -> Result<Atom, Fault> {
        let start = self.at;
        if !in_class && self.peek() != Some(b'0') {
            let number = self.number();
            self.at = start;
            if number.is_some_and(|number| number <= self.groups) {
                return Err(Fault::Unsupported);
            }
        }
        if let Some(digit @ (b'8' | b'9')) = self.peek() {
            self.at += 1;
            return Ok(Atom::One(u16::from(digit)));
        }
        let mut value = 0u16;
        while self.at < start + 3
            && let Some(digit @ b'0'..=b'7') = self.peek()
            && value * 8 + u16::from(digit - b'0') <= 0o377
        {
            value = value * 8 + u16::from(digit - b'0');
            self.at += 1;
        }
        Ok(Atom::One(value))
    }

    fn hex(&mut self, length: usize) -> Option<u16> {
        let digits = self.source.get(self.at..self.at + length)?;
        let mut value = 0u32;
        for digit in digits {
            value = value * 16 + ascii(*digit).and_then(|byte| char::from(byte).to_digit(16))?;
        }
        self.at += length;
        u16::try_from(value).ok()
    }

    fn one(&mut self, unit: u16) {
        let unit = if self.flags.ignore_case { canonical(unit) } else { unit };
        let _ = write!(self.out, "\\x{{{:X}}}", code_of(unit));
    }

    fn class(&mut self, ranges: &[(u16, u16)], is_negated: bool) {
        let mut all = ranges.to_vec();
        if self.flags.ignore_case {
            for (low, high) in ranges {
                for lower in (*low).max(0x61)..=(*high).min(0x7A) {
                    all.push((lower - 32, lower - 32));
                }
                all.extend(capitals((*low).max(0x80), *high).map(|upper| (upper, upper)));
            }
        }
        if all.is_empty() {
            self.out.push_str(if is_negated { "(?s:.)" } else { r"[^\x{0}-\x{10FFFF}]" });
            return;
        }
        self.out.push_str(if is_negated { "[^" } else { "[" });
        for (low, high) in all {
            for (from, to) in [(0, 0xD7FF), (0xD800, 0xDFFF), (0xE000, u16::MAX)] {
                let (low, high) = (low.max(from), high.min(to));
                if low <= high {
                    let _ = write!(self.out, "\\x{{{:X}}}-\\x{{{:X}}}", code_of(low), code_of(high));
                }
            }
        }
        self.out.push(']');
    }
}

fn members(atom: Atom) -> Vec<(u16, u16)> {
    match atom {
        Atom::One(unit) => vec![(unit, unit)],
        Atom::Set(set) => set,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_passed_over_has_no_capitals() {
        let all: Vec<(u16, u16)> =
            (128..=u16::MAX).map(|unit| (unit, canonical(unit))).filter(|(unit, capital)| unit != capital).collect();
        assert_eq!(changed(), all);
    }

    #[test]
    fn short_and_long_ranges_have_the_same_capitals() {
        let by_table: Vec<u16> = capitals(0x80, u16::MAX).collect();
        let by_unit: Vec<u16> = (0x80..=u16::MAX).flat_map(|unit| capitals(unit, unit)).collect();
        assert!(by_table.contains(&0xC9), "the capital of an accented letter");
        assert_eq!(by_table, by_unit);
        assert_eq!(capitals(0x80, 0x7F).count(), 0, "nothing beyond ASCII");
    }
}
