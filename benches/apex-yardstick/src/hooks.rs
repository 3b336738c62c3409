// What the comparison sees of a tree.

/// A node: its kind, its part, its span, how many nodes hold it.
pub type Seen = (String, String, (u32, u32), usize);

/// The nodes of a text that somebody looks at, in order, and the ranges that do not fit.
pub fn nodes(text: &str) -> Option<(Vec<Seen>, Vec<(u32, u32)>, Vec<(u32, u32)>)> {
    use tree::Kind;
    let tree = syntax::parse(text);
    let is_seen = |id: &u32| {
        !matches!(
            tree.kind(*id),
            Kind::Other | Kind::Error | Kind::TypeIdentifier | Kind::ScopedType | Kind::ArrayAccess | Kind::RunAs | Kind::AnnotationKeyValue | Kind::EnumDeclaration
        )
    };
    let depth = |id: u32| tree.above(id).filter(is_seen).count();
    let nodes = tree.all().filter(is_seen).map(|id| {
        let node = tree.node(id);
        (format!("{:?}", node.kind), format!("{:?}", node.part), (node.span.start, node.span.end), depth(id))
    });
    let spans = |spans: &[crate::source::Span]| spans.iter().map(|it| (it.start, it.end)).collect();
    Some((nodes.collect(), spans(&tree.errors), spans(&tree.comments)))
}

/// The number of nodes of a text.
pub fn parse_only(text: &str) -> usize {
    syntax::parse(text).nodes.len()
}
