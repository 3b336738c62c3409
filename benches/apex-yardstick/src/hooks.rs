// What the comparison sees of a tree: nodes, their number, and positions of names. The build script appends this
// file to the root of both copies of the crate, so it knows only what the two trees have in common.

/// A node: its kind, its part, its span, how many nodes hold it.
pub type Seen = (String, String, (u32, u32), usize);

/// The nodes of a text that somebody looks at, in order, and the ranges that do not fit.
pub fn nodes(text: &str) -> Option<(Vec<Seen>, Vec<(u32, u32)>, Vec<(u32, u32)>)> {
    use tree::Kind;
    let tree = syntax::parse(text);
    let is_seen = |id: &u32| tree.kind(*id) != Kind::Other;
    let depth = |id: u32| tree.above(id).filter(is_seen).count();
    let nodes = tree.all().filter(is_seen).map(|id| {
        let node = tree.node(id);
        (format!("{:?}", node.kind), format!("{:?}", node.part), (node.span.start, node.span.end), depth(id))
    });
    let spans = |spans: &[sessionlint_source::Span]| spans.iter().map(|it| (it.start, it.end)).collect();
    Some((nodes.collect(), spans(&tree.errors), spans(&tree.comments)))
}

/// The number of nodes of a text.
pub fn parse_only(text: &str) -> usize {
    syntax::parse(text).nodes.len()
}

/// Whether a text fits, and where the names of its methods and of its calls begin.
pub fn positions(text: &str) -> (bool, Vec<u32>, Vec<u32>) {
    use tree::{Kind, Part};
    let tree = syntax::parse(text);
    let names = |kinds: &[Kind]| {
        let named = tree.all().filter(|id| kinds.contains(&tree.kind(*id))).filter_map(|id| tree.part(id, Part::Name));
        let mut starts: Vec<u32> = named.map(|id| tree.span(id).start).collect();
        starts.sort_unstable();
        starts
    };
    let methods = names(&[Kind::MethodDeclaration, Kind::ConstructorDeclaration]);
    (tree.errors.is_empty(), methods, names(&[Kind::Call]))
}
