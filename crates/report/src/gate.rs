//! The one place through which all text leaves: standard output, standard error and files.
//!
//! Reports make the names and texts of a project harmless where they place them; what one of them misses stops here. A
//! [`Gate`] lets through no control character but line ends, tabs and our own colours, no character that reorders or
//! hides text, and no line that a build's runner takes for a command. Refuses to know what is written.
//!
//! Every writer of a report and every command writes to a [`Gate`], and to nothing else; `tests/all/architecture.rs` checks
//! that no other sink is named.

use std::borrow::Cow;
use std::io::{self, Write};

use memchr::{memchr, memchr2, memchr2_iter, memrchr};

use sessionlint_source::{harmless, plain_length, printable_length};

/// Lines longer than this are checked in parts.
const MAX_LINE: usize = 1 << 20;

/// Text is checked in parts of about this many bytes, so that one in which every line or character is unusual takes
/// linear time.
const PART: usize = 1 << 12;

/// The one sink of all text: the sink behind it gets only text that passes.
pub struct Gate<'w> {
    sink: &'w mut dyn Write,
    line: Vec<u8>,
    /// Whether commands of runners may pass, because the format consists of them.
    may_command: bool,
}

impl std::fmt::Debug for Gate<'_> {
    fn fmt(&self, out: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        out.debug_struct("Gate").field("may_command", &self.may_command).finish_non_exhaustive()
    }
}

impl<'w> Gate<'w> {
    /// A gate before `sink`.
    pub fn new(sink: &'w mut dyn Write) -> Self {
        Self { sink, line: Vec::new(), may_command: false }
    }

    /// A gate before `sink` for a format that consists of commands to a build's runner.
    pub fn for_runner(sink: &'w mut dyn Write) -> Self {
        let mut gate = Self::new(sink);
        gate.let_commands_pass(true);
        gate
    }

    /// Sets whether commands of a build's runner pass from now on.
    pub fn let_commands_pass(&mut self, may_command: bool) {
        self.may_command = may_command;
    }

    /// Writes formatted text, for `write!`.
    pub fn write_fmt(&mut self, text: std::fmt::Arguments<'_>) -> io::Result<()> {
        Write::write_fmt(self, text)
    }

    /// Writes all of the bytes.
    pub fn write_all(&mut self, bytes: &[u8]) -> io::Result<()> {
        Write::write_all(self, bytes)
    }

    /// Clears the terminal behind it, for a run that is repeated.
    pub fn clear_terminal(&mut self) -> io::Result<()> {
        self.finish()?;
        self.sink.write_all(b"\x1B[2J\x1B[3J\x1B[H")?;
        self.sink.flush()
    }

    /// Writes the text after the last line end.
    pub fn finish(&mut self) -> io::Result<()> {
        let line = std::mem::take(&mut self.line);
        self.pass(&line)
    }

    fn pass(&mut self, line: &[u8]) -> io::Result<()> {
        if unusual(line) == line.len() {
            return self.sink.write_all(line);
        }
        let text = String::from_utf8_lossy(line);
        self.sink.write_all(safe_line(&text, self.may_command).as_bytes())
    }
}

impl Write for Gate<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let Some(end) = memrchr(b'\n', bytes) else {
            self.line.extend_from_slice(bytes);
            if self.line.len() > MAX_LINE {
                // A part ends with a whole character, and never between two characters of a command.
                let is_inside =
                    |byte: &u8| *byte >= 0x80 || matches!(byte, b':' | b'#' | 0x1B | b'[' | b';' | b'0'..=b'9');
                if let Some(end) = self.line.iter().rposition(|byte| !is_inside(byte)) {
                    let rest = self.line.split_off(end);
                    let part = std::mem::replace(&mut self.line, rest);
                    self.pass(&part)?;
                }
            }
            return Ok(bytes.len());
        };
        self.line.extend_from_slice(&bytes[..=end]);
        let mut lines = std::mem::take(&mut self.line);
        let mut rest = &lines[..];
        while !rest.is_empty() {
            // Whole lines that pass, then the line that may not.
            let plain = passing_length(rest);
            let (pass, other) = rest.split_at(plain);
            self.sink.write_all(pass)?;
            let end = memchr(b'\n', other).map_or(other.len(), |at| at + 1);
            self.pass(&other[..end])?;
            rest = &other[end..];
        }
        lines.clear();
        self.line = lines;
        self.line.extend_from_slice(&bytes[end + 1..]);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        self.sink.flush()
    }
}

impl Drop for Gate<'_> {
    /// Unfinished text is written all the same; a caller that needs errors calls [`Gate::finish`].
    fn drop(&mut self) {
        let _ = self.finish();
    }
}

/// Where something unusual stands in `text`, which may have to change; its length if nothing does.
fn unusual(text: &[u8]) -> usize {
    let plain = plain_length(text);
    let is_doubled = |at: &usize| text.get(at + 1) == Some(&text[*at]);
    memchr2_iter(b':', b'#', &text[..plain]).find(is_doubled).unwrap_or(plain)
}

/// The length of the whole lines at the start of `text` that need not change.
fn passing_length(text: &[u8]) -> usize {
    let usual = unusual(&text[..text.len().min(PART)]);
    memrchr(b'\n', &text[..usual]).map_or(0, |end| end + 1)
}

/// A line, its end included, made harmless to terminals and runners.
fn safe_line(line: &str, may_command: bool) -> Cow<'_, str> {
    let body = line.strip_suffix('\n').map_or(line, |body| body.strip_suffix('\r').unwrap_or(body));
    let end = &line[body.len()..];
    let mut safe = String::with_capacity(line.len() + 4);
    let mut rest = body;
    loop {
        // Nothing begins amid these characters, which are most of a line.
        let plain = printable_length(&rest.as_bytes()[..rest.len().min(PART)]);
        let plain = memchr2(b'#', b':', &rest.as_bytes()[..plain]).unwrap_or(plain);
        safe.push_str(&rest[..plain]);
        rest = &rest[plain..];
        let Some(ch) = rest.chars().next() else { break };
        let colour = colour(rest);
        if colour > 0 {
            safe.push_str(&rest[..colour]);
            rest = &rest[colour..];
            continue;
        }
        let is_command = !may_command
            && (rest.starts_with("##[") || rest.starts_with("##vso[") || rest.starts_with("::") && is_blank(&safe));
        // A lone CR would overwrite the line.
        safe.push(if ch == '\r' { '\u{240D}' } else { harmless(ch) });
        if is_command {
            safe.push(' ');
        }
        rest = &rest[ch.len_utf8()..];
    }
    safe.push_str(end);
    if safe == line { Cow::Borrowed(line) } else { Cow::Owned(safe) }
}

/// The length of one of our own colours at the start of `text`: `ESC [ numbers m`.
fn colour(text: &str) -> usize {
    let Some(rest) = text.strip_prefix("\u{1B}[") else { return 0 };
    let numbers = rest.bytes().take_while(|byte| byte.is_ascii_digit() || *byte == b';').count();
    if numbers <= 32 && rest[numbers..].starts_with('m') { "\u{1B}[".len() + numbers + 1 } else { 0 }
}

/// Whether `line` has no visible text: white space and colours only.
fn is_blank(line: &str) -> bool {
    let mut rest = line;
    loop {
        rest = rest.trim_start();
        match colour(rest) {
            0 => return rest.is_empty(),
            length => rest = &rest[length..],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn passed(text: &str, may_command: bool) -> String {
        let mut out = Vec::new();
        let mut gate = if may_command { Gate::for_runner(&mut out) } else { Gate::new(&mut out) };
        // For every way to split it.
        for part in text.as_bytes().chunks(3) {
            gate.write_all(part).unwrap();
        }
        gate.finish().unwrap();
        drop(gate);
        let mut whole = Vec::new();
        let mut gate = if may_command { Gate::for_runner(&mut whole) } else { Gate::new(&mut whole) };
        gate.write_all(text.as_bytes()).unwrap();
        drop(gate);
        assert_eq!(out, whole);
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn lines_that_change_stand_between_lines_that_pass() {
        let (plain, odd) = ("plain: #1\n".repeat(PART / 10), "::error::x\n");
        let changed = odd.replacen("::", ": :", 1);
        for count in [0, 1, PART / 10 - 1, PART / 10] {
            let plain = &plain[..count * 10];
            assert_eq!(
                passed(&format!("{plain}{odd}{odd}{plain}é\n{plain}end"), false),
                format!("{plain}{changed}{changed}{plain}é\n{plain}end")
            );
        }
    }

    #[test]
    fn no_line_commands_a_runner() {
        assert_eq!(passed("::error::x\n \t::warning::y\na::b\n", false), ": :error::x\n \t: :warning::y\na::b\n");
        assert_eq!(passed("\u{1b}[31m::error::x\u{1b}[0m", false), "\u{1b}[31m: :error::x\u{1b}[0m");
        assert_eq!(passed("a ##[error] ##vso[x] ## title", false), "a # #[error] # #vso[x] ## title");
        assert_eq!(passed("::error::x\n", true), "::error::x\n");
    }

    #[test]
    fn nothing_steers_a_terminal() {
        assert_eq!(
            passed("a\rb\r\nc\u{1b}[2Jd\u{7}\u{202e}\u{85}\u{2028}é\n", false),
            "a\u{240D}b\r\nc?[2Jd?\u{FFFD}\u{BF}\u{FFFD}é\n"
        );
        assert_eq!(passed("\u{1b}[1;31mred\u{1b}[0m\ttab\n", true), "\u{1b}[1;31mred\u{1b}[0m\ttab\n");
    }

    #[test]
    fn endless_lines_pass_in_parts() {
        let text = format!("{}\n", "é a:: ".repeat(MAX_LINE / 4));
        assert_eq!(passed(&text, false), text);
    }
}
