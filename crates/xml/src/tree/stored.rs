//! Nodes as differences from the nodes before them: a cached tree has thousands, and small numbers take less space and
//! time.
//!
//! May assume that it reads what it wrote. Refuses to check that spans lie within a text.

use std::fmt;

use serde::de::{SeqAccess, Visitor};
use serde::{Deserialize, Deserializer, Serialize, Serializer};

use super::Node;
use sessionlint_source::Span;

/// A node; each number counts from another one and wraps around.
#[derive(Serialize, Deserialize)]
struct StoredNode {
    name: [u32; 2],
    /// Up from its own index.
    parent: u32,
    /// From its own index.
    after: u32,
    /// From the opening tag before.
    open: [u32; 2],
    /// From the end of its opening tag.
    end: u32,
    /// From the end of its opening tag.
    value: Option<[u32; 2]>,
    /// From the text before.
    text: [u32; 2],
    has_elements: bool,
    is_nil: bool,
}

/// The start and the length of a span, the start counted from `from`.
fn relative(span: Span, from: u32) -> [u32; 2] {
    [span.start.wrapping_sub(from), span.end.wrapping_sub(span.start)]
}

fn absolute([start, length]: [u32; 2], from: u32) -> Span {
    let start = start.wrapping_add(from);
    Span { start, end: start.wrapping_add(length) }
}

/// Where the numbers of the next node count from.
#[derive(Default)]
struct Before {
    index: u32,
    open: u32,
    text: u32,
}

impl Before {
    fn step(&mut self, node: &Node) {
        *self = Self { index: self.index + 1, open: node.open.start, text: node.text.end };
    }

    fn store(&mut self, node: &Node) -> StoredNode {
        let stored = StoredNode {
            name: relative(node.name, 0),
            parent: self.index.wrapping_sub(node.parent),
            after: node.after.wrapping_sub(self.index),
            open: relative(node.open, self.open),
            end: node.end.wrapping_sub(node.open.end),
            value: (node.value != NO_VALUE).then(|| relative(node.value, node.open.end)),
            text: relative(node.text, self.text),
            has_elements: node.has_elements,
            is_nil: node.is_nil,
        };
        self.step(node);
        stored
    }

    fn restore(&mut self, stored: &StoredNode) -> Node {
        let open = absolute(stored.open, self.open);
        let node = Node {
            name: absolute(stored.name, 0),
            parent: self.index.wrapping_sub(stored.parent),
            after: stored.after.wrapping_add(self.index),
            open,
            end: stored.end.wrapping_add(open.end),
            value: stored.value.map_or(NO_VALUE, |value| absolute(value, open.end)),
            text: absolute(stored.text, self.text),
            has_elements: stored.has_elements,
            is_nil: stored.is_nil,
        };
        self.step(&node);
        node
    }
}

const NO_VALUE: Span = Span { start: 0, end: 0 };

/// A stored length is believed up to so many nodes.
const MOST_AT_ONCE: usize = 1 << 14;

pub(super) fn serialize<S: Serializer>(nodes: &[Node], serializer: S) -> Result<S::Ok, S::Error> {
    let mut before = Before::default();
    serializer.collect_seq(nodes.iter().map(|node| before.store(node)))
}

pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Vec<Node>, D::Error> {
    deserializer.deserialize_seq(Nodes)
}

/// Restores nodes one by one, so that they are in memory once.
struct Nodes;

impl<'de> Visitor<'de> for Nodes {
    type Value = Vec<Node>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("the nodes of a tree")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut stored: A) -> Result<Self::Value, A::Error> {
        let mut before = Before::default();
        let mut nodes = Vec::with_capacity(stored.size_hint().unwrap_or_default().min(MOST_AT_ONCE));
        while let Some(node) = stored.next_element()? {
            nodes.push(before.restore(&node));
        }
        nodes.shrink_to_fit();
        Ok(nodes)
    }
}
