//! The tree: a flat list of nodes in document order, with one pool of names and one of texts.
//!
//! It may assume that [`Builder`] is driven by a well-formed document, one call per tag. It refuses to know how text is
//! decoded or checked; it only trims it.

mod commented;
mod stored;

use foldhash::{HashMap, HashMapExt as _};
use serde::{Deserialize, Serialize};

use super::lexical::{local_name, trimmed};
use sessionlint_source::Span;
use sessionlint_source::budget::{BudgetExceeded, Lease};

/// An element of one [`Document`]; meaningless in another.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct NodeId(u32);

/// The kept elements of one well-formed text.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Document {
    /// In document order, so an element's descendants follow it without a gap.
    #[serde(with = "stored")]
    nodes: Vec<Node>,
    /// Each distinct local name once.
    names: String,
    texts: String,
    dtd_entities: Option<Span>,
    comments: Vec<Span>,
    asides: Vec<Span>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
struct Node {
    name: Span,
    parent: u32,
    /// Index of the first node after this element's descendants.
    after: u32,
    open: Span,
    end: u32,
    /// Empty if there is none.
    value: Span,
    /// In the pool of texts.
    text: Span,
    has_elements: bool,
    is_nil: bool,
}

impl Document {
    /// The root element.
    pub fn root(&self) -> NodeId {
        NodeId(0)
    }

    /// The comments, from `<!--` to `-->`, in document order.
    pub fn comments(&self) -> &[Span] {
        &self.comments
    }

    /// In order, the ranges of the text outside tags that contain a `>`: texts, comments, CDATA sections, processing
    /// instructions, and declarations. Text that does not look like XML and is well-formed anyway is in one of them.
    pub fn asides(&self) -> &[Span] {
        &self.asides
    }

    /// All nodes, in document order.
    pub fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        (0..self.nodes.len() as u32).map(NodeId)
    }

    /// The element whose opening tag is the last one at or before `offset`.
    pub fn opened_last_before(&self, offset: u32) -> Option<NodeId> {
        let opened = self.nodes.partition_point(|node| node.open.start <= offset);
        opened.checked_sub(1).map(|index| NodeId(index as u32))
    }

    /// The number of kept elements.
    pub fn node_count(&self) -> usize {
        self.nodes.len()
    }

    /// The size in bytes.
    pub fn size(&self) -> usize {
        let spans = self.comments.len() + self.asides.len();
        self.nodes.len() * size_of::<Node>() + self.names.len() + self.texts.len() + spans * size_of::<Span>()
    }

    fn node(&self, id: NodeId) -> &Node {
        &self.nodes[id.0 as usize]
    }

    /// The local name: without the prefix.
    pub fn name(&self, id: NodeId) -> &str {
        &self.names[self.node(id).name.range()]
    }

    /// The element around it; `None` for the root.
    pub fn parent(&self, id: NodeId) -> Option<NodeId> {
        (id.0 != 0).then(|| NodeId(self.node(id).parent))
    }

    /// The kept elements directly inside it, in document order.
    pub fn children(&self, id: NodeId) -> impl Iterator<Item = NodeId> {
        let end = self.node(id).after;
        let mut next = id.0 + 1;
        std::iter::from_fn(move || {
            let child = NodeId(next);
            (next < end).then(|| {
                next = self.node(child).after;
                child
            })
        })
    }

    /// The elements with this local name directly inside it.
    pub fn children_named(&self, id: NodeId, name: &str) -> impl Iterator<Item = NodeId> {
        self.children(id).filter(move |child| self.name(*child) == name)
    }

    /// The first child element with this local name: if a single element occurs twice, the first one counts.
    pub fn child(&self, id: NodeId, name: &str) -> Option<NodeId> {
        self.children_named(id, name).next()
    }

    /// The element at `path`, local names joined by dots; the first one at each step.
    pub fn path(&self, id: NodeId, path: &str) -> Option<NodeId> {
        path.split('.').try_fold(id, |at, name| self.child(at, name))
    }

    /// The decoded text of a leaf: entities, character references and CDATA resolved, comments and
    /// processing instructions dropped, line ends as LF, no XML white space at either end. Empty for nil
    /// and for an element that holds elements.
    pub fn text(&self, id: NodeId) -> &str {
        &self.texts[self.node(id).text.range()]
    }

    /// Whether `text` is in the text of some element, or spans neighbouring ones: one search, where looking at each
    /// element takes hundreds of steps.
    pub fn may_contain(&self, text: &str) -> bool {
        memchr::memmem::find(self.texts.as_bytes(), text.as_bytes()).is_some()
    }

    /// Whether it has no child element, kept or dropped.
    pub fn is_leaf(&self, id: NodeId) -> bool {
        !self.node(id).has_elements
    }

    /// Whether `xsi:nil` makes the element count as absent.
    pub fn is_nil(&self, id: NodeId) -> bool {
        self.node(id).is_nil
    }

    /// The opening tag, `<a ...>` or `<a/>`.
    pub fn open_tag(&self, id: NodeId) -> Span {
        self.node(id).open
    }

    /// From the `<` of the opening tag to the `>` of the end tag.
    pub fn element(&self, id: NodeId) -> Span {
        let node = self.node(id);
        Span { start: node.open.start, end: node.end }
    }

    /// The value as written, markup included, without surrounding XML white space. `None` for nil, for an
    /// element without text, and for one that holds elements.
    pub fn value(&self, id: NodeId) -> Option<Span> {
        Some(self.node(id).value).filter(|span| !span.is_empty())
    }

    /// The span that a finding about this element marks: the value, else the opening tag.
    pub fn mark(&self, id: NodeId) -> Span {
        self.value(id).unwrap_or(self.open_tag(id))
    }

    /// The place where the file declares entities, if it does. They are never expanded: [`Document::text`] contains a
    /// reference to one as written.
    pub fn dtd_entities(&self) -> Option<Span> {
        self.dtd_entities
    }

    /// The document with an element `root` around its own root, which is renamed to `name`. The new element's tag has
    /// the span of the former root's tag.
    #[must_use]
    pub fn inside(mut self, root: &str, name: &str) -> Self {
        let mut pool = |name: &str| {
            let start = self.names.len();
            self.names.push_str(name);
            Span::new(start, self.names.len())
        };
        let (root, name) = (pool(root), pool(name));
        for node in &mut self.nodes {
            node.parent += 1;
            node.after += 1;
        }
        let Some(first) = self.nodes.first_mut() else { return self };
        (first.name, first.parent) = (name, 0);
        let around = Node {
            name: root,
            parent: 0,
            after: first.after,
            open: first.open,
            end: first.end,
            value: Span::default(),
            text: Span::default(),
            has_elements: true,
            is_nil: false,
        };
        self.nodes.insert(0, around);
        self
    }

    /// The document with all its spans mapped by `place`.
    #[must_use]
    pub fn moved(mut self, place: impl Fn(Span) -> Span) -> Self {
        for node in &mut self.nodes {
            node.end = place(Span { start: node.open.start, end: node.end }).end;
            node.open = place(node.open);
            if !node.value.is_empty() {
                node.value = place(node.value);
            }
        }
        self.dtd_entities = self.dtd_entities.map(&place);
        self.comments.iter_mut().chain(&mut self.asides).for_each(|span| *span = place(*span));
        self
    }

    /// Whether both have the same elements with the same texts in the same order, at whatever places.
    pub fn same_content(&self, other: &Self) -> bool {
        let ids = |document: &Self| (0..document.nodes.len() as u32).map(NodeId);
        let same = |(one, two): (NodeId, NodeId)| {
            let (here, there) = (self.node(one), other.node(two));
            here.after == there.after
                && here.has_elements == there.has_elements
                && here.is_nil == there.is_nil
                && self.name(one) == other.name(two)
                && self.text(one) == other.text(two)
        };
        self.nodes.len() == other.nodes.len() && ids(self).zip(ids(other)).all(same)
    }
}

/// Builds a [`Document`] tag by tag.
pub(super) struct Builder<'a> {
    text: &'a str,
    document: Document,
    names: HashMap<&'a str, Span>,
    /// The document so far.
    lease: Lease,
    /// Data that is needed only until the document is complete.
    beside: Lease,
    /// Whether memory was used up, so that the document is incomplete.
    is_exceeded: bool,
}

/// Bytes counted for a distinct name in addition to its text: its place in a table that grows.
const NAME: u64 = 96;

impl<'a> Builder<'a> {
    /// The index of the root element.
    pub(super) const ROOT: u32 = 0;

    pub(super) fn new(text: &'a str, lease: Lease) -> Self {
        let document = Document {
            nodes: Vec::new(),
            names: String::new(),
            texts: String::new(),
            dtd_entities: None,
            comments: Vec::new(),
            asides: Vec::new(),
        };
        let beside = lease.beside();
        Self { text, document, names: HashMap::new(), lease, beside, is_exceeded: false }
    }

    /// Whether there was memory for everything so far.
    #[inline]
    pub(super) fn check(&self) -> Result<(), BudgetExceeded> {
        if self.is_exceeded { Err(BudgetExceeded) } else { Ok(()) }
    }

    /// Data that is needed only until the document is complete.
    pub(super) fn beside(&mut self) -> &mut Lease {
        &mut self.beside
    }

    fn span_room(lease: &mut Lease, is_exceeded: &mut bool, spans: &mut Vec<Span>, span: Span) {
        match lease.room(spans) {
            Ok(()) => spans.push(span),
            Err(BudgetExceeded) => *is_exceeded = true,
        }
    }

    /// Records the span of anything that is neither a tag nor a text without `>`.
    pub(super) fn aside(&mut self, span: Span) {
        Self::span_room(&mut self.lease, &mut self.is_exceeded, &mut self.document.asides, span);
    }

    /// Records the span of a comment.
    pub(super) fn comment(&mut self, span: Span) {
        Self::span_room(&mut self.lease, &mut self.is_exceeded, &mut self.document.comments, span);
    }

    /// Marks `parent` as having a child element: the text collected so far is not its value.
    pub(super) fn mark_as_parent(&mut self, parent: u32) {
        let Some(node) = self.document.nodes.get_mut(parent as usize) else { return };
        if !node.has_elements {
            node.has_elements = true;
            self.document.texts.truncate(node.text.start as usize);
        }
    }

    /// Opens an element with the qualified name `name`; returns its index.
    pub(super) fn open(&mut self, parent: u32, name: &'a str, open: Span, is_nil: bool) -> u32 {
        let name = self.intern(local_name(name));
        self.open_interned(parent, name, open, is_nil)
    }

    /// Like [`Builder::open`], with a name from [`Builder::intern`].
    pub(super) fn open_interned(&mut self, parent: u32, name: Span, open: Span, is_nil: bool) -> u32 {
        if self.lease.room(&mut self.document.nodes).is_err() {
            self.is_exceeded = true;
            // Any node will do in an incomplete document.
            return parent.min(self.document.nodes.len().saturating_sub(1) as u32);
        }
        let index = self.document.nodes.len() as u32;
        let text_start = self.document.texts.len();
        self.document.nodes.push(Node {
            name,
            parent,
            after: index + 1,
            open,
            end: open.end,
            value: Span::default(),
            text: Span::new(text_start, text_start),
            has_elements: false,
            is_nil,
        });
        index
    }

    /// The span of a local name in the pool of names.
    pub(super) fn intern(&mut self, name: &'a str) -> Span {
        if let Some(known) = self.names.get(name) {
            return *known;
        }
        let pool = &mut self.document.names;
        if self.beside.more(NAME).is_err() || self.lease.text_room(pool, name.len()).is_err() {
            self.is_exceeded = true;
            return Span::default();
        }
        let start = pool.len();
        pool.push_str(name);
        let span = Span::new(start, pool.len());
        self.names.insert(name, span);
        span
    }

    /// Whether text directly inside the element `node` is part of a value.
    pub(super) fn takes_text(&self, node: u32) -> bool {
        self.document.nodes.get(node as usize).is_some_and(|node| !node.has_elements)
    }

    /// Adds to the text of the element opened last.
    #[inline]
    pub(super) fn push_text(&mut self, text: &str) {
        match self.lease.text_room(&mut self.document.texts, text.len()) {
            Ok(()) => self.document.texts.push_str(text),
            Err(BudgetExceeded) => self.is_exceeded = true,
        }
    }

    /// Closes the element `index` with the end tag `end_tag`.
    pub(super) fn close(&mut self, index: u32, end_tag: Span) {
        let Document { nodes, texts, .. } = &mut self.document;
        let after = nodes.len() as u32;
        // There is no node if memory was used up.
        let Some(node) = nodes.get_mut(index as usize) else { return };
        node.after = after;
        node.end = end_tag.end;
        if node.has_elements {
            return;
        }
        let start = node.text.start as usize;
        let kept = if node.is_nil { (start, start) } else { trimmed(texts, start, texts.len()) };
        texts.truncate(kept.1);
        node.text = Span::new(kept.0, kept.1);
        if !node.text.is_empty() {
            let (start, end) = trimmed(self.text, node.open.end as usize, end_tag.start as usize);
            node.value = Span::new(start, end);
        }
    }

    /// The document, shrunk to the memory it needs, and its size.
    pub(super) fn finish(mut self, dtd_entities: Option<Span>) -> Result<(Document, Lease), BudgetExceeded> {
        self.check()?;
        self.document.dtd_entities = dtd_entities;
        let Document { nodes, names, texts, comments, asides, .. } = &mut self.document;
        // Shrinking may copy: both are counted for a moment.
        self.lease.fit(nodes)?;
        self.lease.fit(comments)?;
        self.lease.fit(asides)?;
        self.lease.fit_text(names)?;
        self.lease.fit_text(texts)?;
        Ok((self.document, self.lease))
    }
}
