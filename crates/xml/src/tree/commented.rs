//! Which element a comment is about.
//!
//! It may assume the text that the document was read from. Refuses to know what comments say.

use super::{Document, NodeId};
use sessionlint_source::Span;

impl Document {
    /// The comments in document order, each with what it is about: the element after it, or the whole text for one
    /// before the root. `None` where no element follows. `text` is the document's.
    pub fn commented(&self, text: &str) -> Vec<(Span, Option<Span>)> {
        let nodes: Vec<NodeId> = self.nodes().collect();
        let mut commented: Vec<_> = self.comments().iter().map(|comment| (*comment, None)).collect();
        // Backwards: the scan knows whether there is text between a comment and the next element.
        let mut known: Option<(Span, NodeId, bool)> = None;
        for (comment, about) in commented.iter_mut().rev() {
            if comment.end <= self.open_tag(self.root()).start {
                *about = Some(Span::new(0, text.len()));
                continue;
            }
            let at = nodes.partition_point(|node| self.open_tag(*node).start < comment.end);
            let Some(next) = nodes.get(at).copied() else { continue };
            let is_blank = |end: u32| is_blank(text.get(comment.end as usize..end as usize).unwrap_or_default());
            // An element that was not kept, or the end of the parent, is in between: the next known element does not
            // follow.
            let follows = match known {
                Some((after, same, follows)) if same == next => follows && is_blank(after.start),
                _ => is_blank(self.open_tag(next).start),
            };
            known = Some((*comment, next, follows));
            *about = follows.then(|| self.element(next));
        }
        commented
    }
}

/// Whether a text consists of white space and comments only.
fn is_blank(text: &str) -> bool {
    let mut rest = text.trim_start();
    while let Some(comment) = rest.strip_prefix("<!--") {
        let Some((_, after)) = comment.split_once("-->") else { return false };
        rest = after.trim_start();
    }
    rest.is_empty()
}
