//! Learned blocks: a fast path over the elements below the root that repeat one shape.
//!
//! A profile has thousands of elements directly below its root that differ only in the texts of their leaves. Such a
//! block is tokenized once; if it has only elements, white space and plain text, it becomes a [`BlockShape`]: its tags
//! as literals, with gaps for the texts. If the same literals follow, the same tokens follow: a literal is text that
//! was tokenized and checked before, from `<` on, and a gap has no character that could end a token or needs a check.
//! At the first deviation the reader takes over, from the `<` of that block.
//!
//! It may assume that the reader is after a block directly below the root. It refuses to know names: shapes are learned
//! from each text anew. It reports no defects: only the reader does.

use wide::u8x16;

use super::lexical::{is_space, local_name};
use super::tree::Builder;
use sessionlint_source::Span;
use sessionlint_source::budget::BudgetExceeded;

/// The number of remembered shapes. A profile has some twenty kinds of blocks, and few variants of each.
const SHAPES: usize = 48;

/// A token of the current block.
#[derive(Clone, Copy)]
pub(super) enum Token {
    /// A start tag, or an empty-element tag.
    Open { tag: Span, name_length: u32, is_nil: bool },
    /// Text between two pieces of markup.
    Text(Span),
    /// An end tag; empty after an empty-element tag.
    Close(Span),
}

impl Token {
    /// Length of its text in bytes.
    fn length(&self) -> usize {
        match self {
            Token::Open { tag: span, .. } | Token::Text(span) | Token::Close(span) => span.range().len(),
        }
    }
}

/// The shapes of one text, and the block that may become the next one.
pub(super) struct Blocks<'a> {
    text: &'a str,
    /// The one that matched last is first.
    shapes: Vec<BlockShape>,
    /// The name of the last block that the reader read.
    before: &'a str,
    /// The tokens of the current block, if it may become a shape.
    recorded: Vec<Token>,
    is_recording: bool,
    /// The gaps of the block that matched last.
    gaps: Vec<Span>,
    /// The open elements of a block while it is added to the tree.
    open: Vec<u32>,
    /// Ranges of the text that matched shapes.
    clean_spans: Vec<Span>,
}

/// A block that was read once.
struct BlockShape {
    /// Its text without the gaps.
    skeleton: Vec<u8>,
    /// Where in the skeleton the gaps are, in order.
    gaps: Vec<u32>,
    /// How to add it to the tree; empty if the block is dropped.
    ops: Vec<TreeOp>,
}

/// A step of adding a block to the tree. Places are offsets into the skeleton.
enum TreeOp {
    Open {
        name: Span,
        tag: Span,
        is_nil: bool,
    },
    /// The next gap is the text of the open element.
    Gap,
    Close(Span),
}

impl<'a> Blocks<'a> {
    pub(super) fn new(text: &'a str) -> Self {
        Self {
            text,
            shapes: Vec::new(),
            before: "",
            recorded: Vec::new(),
            is_recording: false,
            gaps: Vec::new(),
            open: Vec::new(),
            clean_spans: Vec::new(),
        }
    }

    /// Ranges of the text, in order, that contain only shapes and the white space between them: XML allows every
    /// character in them.
    pub(super) fn into_clean_spans(self) -> Vec<Span> {
        self.clean_spans
    }

    /// The reader starts a block called `name`. The second of two with one name is recorded.
    pub(super) fn begin(&mut self, name: &'a str) {
        self.is_recording = name == self.before;
        self.before = name;
        self.recorded.clear();
    }

    /// The reader has read a token of the block.
    pub(super) fn record(&mut self, token: Token, builder: &mut Builder<'a>) {
        if self.is_recording {
            match builder.beside().room(&mut self.recorded) {
                Ok(()) => self.recorded.push(token),
                // No recording is needed.
                Err(BudgetExceeded) => self.abandon(),
            }
        }
    }

    /// The block has something that no shape contains: a reference, a comment, CDATA.
    pub(super) fn abandon(&mut self) {
        self.is_recording = false;
    }

    /// The reader ends the block; `is_kept`: whether it is in the tree.
    pub(super) fn finish(&mut self, is_kept: bool, builder: &mut Builder<'a>) {
        if !std::mem::take(&mut self.is_recording) {
            return;
        }
        // A shape has a text, and an op for each token; both may have twice the capacity that they use.
        let text: usize = self.recorded.iter().map(Token::length).sum();
        let ops = self.recorded.len() * (size_of::<TreeOp>() + size_of::<u32>());
        if builder.beside().more(2 * (text + ops) as u64).is_err() {
            return;
        }
        let Some(shape) = self.learn(is_kept, builder) else { return };
        if self.shapes.len() == SHAPES {
            self.shapes.pop();
        }
        self.shapes.push(shape);
    }

    /// Continues from `from`, after a block, while known shapes follow; returns the end of the last one.
    pub(super) fn run(&mut self, from: usize, builder: &mut Builder<'a>) -> Result<usize, BudgetExceeded> {
        let bytes = self.text.as_bytes();
        let mut done = from;
        if !self.shapes.is_empty() {
            while let Some(end) = self.next(skip_space(bytes, done), builder) {
                done = end;
                builder.check()?;
            }
        }
        if done > from {
            builder.beside().room(&mut self.clean_spans)?;
            self.clean_spans.push(Span::new(from, done));
        }
        Ok(done)
    }

    /// Matches one block that starts at `at`; returns its end.
    fn next(&mut self, at: usize, builder: &mut Builder<'a>) -> Option<usize> {
        let rest = self.text.as_bytes().get(at..)?;
        let gaps = &mut self.gaps;
        let (index, length) =
            self.shapes.iter().enumerate().find_map(|(index, shape)| Some((index, shape.length(rest, gaps)?)))?;
        if index > 0 {
            self.shapes.swap(0, index);
        }
        let ops = &self.shapes[0].ops;
        if !ops.is_empty() {
            place(ops, &self.gaps, at, self.text, builder, &mut self.open);
        }
        Some(at + length)
    }

    /// The shape of the recorded block; `None` if it has more than elements, white space and plain text.
    fn learn(&self, is_kept: bool, builder: &mut Builder<'a>) -> Option<BlockShape> {
        let mut shape = BlockShape { skeleton: Vec::new(), gaps: Vec::new(), ops: Vec::new() };
        for (index, token) in self.recorded.iter().enumerate() {
            let before = index.checked_sub(1).and_then(|before| self.recorded.get(before));
            let is_first_inside = matches!(before, Some(Token::Open { .. }));
            match *token {
                Token::Open { tag, name_length, is_nil } => {
                    let name_start = tag.start + 1;
                    let name = &self.text[Span { start: name_start, end: name_start + name_length }.range()];
                    let tag = shape.literal(self.text, tag);
                    if is_kept {
                        shape.ops.push(TreeOp::Open { name: builder.intern(local_name(name)), tag, is_nil });
                    }
                }
                Token::Text(span) => {
                    let is_leaf = is_first_inside && matches!(self.recorded.get(index + 1), Some(Token::Close(_)));
                    let text = self.text[span.range()].as_bytes();
                    if is_leaf {
                        // The text is followed by `<`, so the gap ends there or earlier.
                        let is_plain = gap(&self.text.as_bytes()[span.start as usize..]) == Some(text.len());
                        is_plain.then(|| shape.gap(is_kept))?;
                    } else if text.iter().all(|byte| is_space(*byte)) {
                        shape.literal(self.text, span);
                    } else {
                        return None;
                    }
                }
                Token::Close(tag) => {
                    if is_first_inside && !tag.is_empty() {
                        shape.gap(is_kept);
                    }
                    let tag = shape.literal(self.text, tag);
                    if is_kept {
                        shape.ops.push(TreeOp::Close(tag));
                    }
                }
            }
        }
        Some(shape)
    }
}

impl BlockShape {
    /// Adds a literal; returns its place in the skeleton.
    fn literal(&mut self, text: &str, span: Span) -> Span {
        let start = self.skeleton.len();
        self.skeleton.extend_from_slice(text[span.range()].as_bytes());
        Span::new(start, self.skeleton.len())
    }

    fn gap(&mut self, is_kept: bool) {
        self.gaps.push(self.skeleton.len() as u32);
        if is_kept {
            self.ops.push(TreeOp::Gap);
        }
    }

    /// The length of the block at the start of `bytes`, if it has this shape; its gaps go to `found`, as offsets into
    /// `bytes`.
    #[inline]
    fn length(&self, bytes: &[u8], found: &mut Vec<Span>) -> Option<usize> {
        let mut at = 0;
        let mut literal = 0;
        found.clear();
        for gap_at in &self.gaps {
            let gap_at = *gap_at as usize;
            let rest = bytes.get(at..)?.strip_prefix(&self.skeleton[literal..gap_at])?;
            let start = at + gap_at - literal;
            at = start + gap(rest)?;
            if !self.ops.is_empty() {
                found.push(Span::new(start, at));
            }
            literal = gap_at;
        }
        let last = &self.skeleton[literal..];
        bytes.get(at..)?.starts_with(last).then_some(at + last.len())
    }
}

/// Adds the block at `at` to the tree.
fn place<'a>(ops: &[TreeOp], gaps: &[Span], at: usize, text: &'a str, builder: &mut Builder<'a>, open: &mut Vec<u32>) {
    let mut gaps = gaps.iter();
    // Converts an offset in the skeleton to one in the text: adds the start of the block, and the gaps before it.
    let mut shift = at as u32;
    let moved = |span: Span, shift: u32| Span { start: span.start + shift, end: span.end + shift };
    open.clear();
    for op in ops {
        match op {
            TreeOp::Open { name, tag, is_nil } => {
                let parent = open.last().copied().unwrap_or(Builder::ROOT);
                builder.mark_as_parent(parent);
                open.push(builder.open_interned(parent, *name, moved(*tag, shift), *is_nil));
            }
            TreeOp::Gap => {
                let Some(gap) = gaps.next() else { return };
                builder.push_text(&text[moved(*gap, at as u32).range()]);
                shift += gap.end - gap.start;
            }
            TreeOp::Close(tag) => {
                let Some(node) = open.pop() else { return };
                builder.close(node, moved(*tag, shift));
            }
        }
    }
}

fn skip_space(bytes: &[u8], mut at: usize) -> usize {
    while bytes.get(at).is_some_and(|byte| is_space(*byte)) {
        at += 1;
    }
    at
}

/// The length of the plain text at the start of `bytes`, up to the next `<`. `None` if a character before it needs a
/// check: a reference, a `>`, a control character, and the first byte of U+FFFE and U+FFFF.
#[inline]
fn gap(bytes: &[u8]) -> Option<usize> {
    let mut at = 0;
    while let Some((chunk, _)) = bytes[at..].split_first_chunk::<16>() {
        let chunk = u8x16::from(*chunk);
        let is_end = chunk.simd_eq(u8x16::splat(b'<'));
        let is_odd = chunk.simd_eq(u8x16::splat(b'&'))
            | chunk.simd_eq(u8x16::splat(b'>'))
            | chunk.simd_eq(u8x16::splat(0xEF))
            | chunk.min(u8x16::splat(0x1F)).simd_eq(chunk);
        let special = (is_end | is_odd).to_bitmask();
        if special != 0 {
            let within = special.trailing_zeros() as usize;
            return (bytes[at + within] == b'<').then_some(at + within);
        }
        at += 16;
    }
    let is_special = |byte: &u8| matches!(byte, b'<' | b'&' | b'>' | 0xEF | ..b' ');
    let within = bytes[at..].iter().position(is_special)?;
    (bytes[at + within] == b'<').then_some(at + within)
}
