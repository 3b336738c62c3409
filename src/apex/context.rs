//! For every node of a tree: the loop that repeats it, and the kinds of transaction in which it can run.
//!
//! Code asks `System.isFuture()` and its like before it does what one kind of transaction does not allow. Such a
//! question splits the ways through a method; both ways are followed with what each may still be. A method of the file that
//! does nothing but ask counts as its question. Every other condition can hold and not hold. Code that only runs in tests
//! runs nowhere.

use std::collections::HashMap;

use super::kinds::Kinds;
use super::tree::{Kind, NodeId, Part, Tree};

/// Where a node stands.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The innermost loop that repeats it.
    pub(super) repeated_by: Option<NodeId>,
    /// In which kinds of transaction it can run.
    pub(super) kinds: Kinds,
}

const ANYWHERE: Context = Context { repeated_by: None, kinds: Kinds::ALL };

/// The same place, in fewer kinds of transaction.
fn narrowed(context: Context, kinds: Kinds) -> Context {
    Context { kinds: context.kinds.and(kinds), ..context }
}

/// What a condition says of the transaction where it holds, and where it does not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Split {
    holds: Kinds,
    fails: Kinds,
}

const NOTHING_SAID: Split = Split { holds: Kinds::ALL, fails: Kinds::ALL };

/// Conditions that nest deeper than this say nothing.
const MAX_DEPTH: usize = 40;

/// The context of every node.
pub(super) fn contexts(tree: &Tree<'_>) -> Vec<Context> {
    let mut walk = Walk {
        tree,
        all: vec![ANYWHERE; tree.nodes.len()],
        rest: HashMap::new(),
        flags: HashMap::new(),
        questions: HashMap::new(),
    };
    walk.questions = walk.questions();
    for id in tree.all() {
        walk.visit(id);
    }
    walk.all
}

struct Walk<'a, 't> {
    tree: &'a Tree<'t>,
    all: Vec<Context>,
    /// What the statements of a block that are still to come can run in.
    rest: HashMap<NodeId, Kinds>,
    /// Local variables that hold the answer to such a question.
    flags: HashMap<String, Split>,
    /// Methods without parameters that only ask such a question, by name.
    questions: HashMap<String, Split>,
}

impl Walk<'_, '_> {
    /// The methods of the file that only ask. Where two share a name, nobody knows which is meant.
    fn questions(&self) -> HashMap<String, Split> {
        let tree = self.tree;
        let mut found: HashMap<String, Split> = HashMap::new();
        for id in tree.all().filter(|id| tree.kind(*id) == Kind::MethodDeclaration) {
            let (Some(name), Some(body)) = (tree.part(id, Part::Name), tree.part(id, Part::Body)) else { continue };
            let takes = tree.part(id, Part::Parameters).is_some_and(|all| tree.children(all).next().is_some());
            let mut statements = tree.children(body);
            let only = statements.next().filter(|first| tree.kind(*first) == Kind::Return && !takes);
            let asked = only.filter(|_| statements.next().is_none()).and_then(|only| tree.children(only).next());
            let says = asked.map_or(NOTHING_SAID, |asked| self.says(asked, 0));
            let known = found.entry(tree.lower(name)).or_insert(says);
            if *known != says {
                *known = NOTHING_SAID;
            }
        }
        found.retain(|_, says| *says != NOTHING_SAID);
        found
    }

    fn visit(&mut self, id: NodeId) {
        let tree = self.tree;
        let node = tree.node(id);
        if matches!(node.kind, Kind::MethodDeclaration | Kind::ConstructorDeclaration | Kind::TriggerDeclaration) {
            self.flags.clear();
        }
        if id > 0 {
            self.all[id as usize] = self.inherited(id, node.parent, node.part);
        }
        match node.kind {
            Kind::If => self.split_rest(id),
            Kind::LocalVariable => self.note_flags(id),
            _ => {}
        }
    }

    fn inherited(&self, id: NodeId, parent: NodeId, part: Part) -> Context {
        let tree = self.tree;
        let above = self.all[parent as usize];
        let repeated = Context { repeated_by: Some(parent), ..above };
        match (tree.kind(parent), part) {
            (Kind::ClassBody, _) => ANYWHERE,
            (Kind::For, Part::Body | Part::Condition | Part::Update)
            | (Kind::EnhancedFor, Part::Body)
            | (Kind::While | Kind::Do, Part::Body | Part::Condition) => repeated,
            (Kind::If | Kind::Ternary, Part::Consequence) => narrowed(above, self.condition(parent).holds),
            (Kind::If | Kind::Ternary, Part::Alternative) => narrowed(above, self.condition(parent).fails),
            (Kind::Binary, Part::Right) if tree.operator(parent) == "&&" => {
                let left = tree.part(parent, Part::Left).filter(|left| *left != id);
                narrowed(above, left.map_or(NOTHING_SAID, |left| self.says(left, 0)).holds)
            }
            (Kind::Block | Kind::ConstructorBody, _) => {
                narrowed(above, self.rest.get(&parent).copied().unwrap_or(Kinds::ALL))
            }
            _ => above,
        }
    }

    fn condition(&self, id: NodeId) -> Split {
        self.tree.part(id, Part::Condition).map_or(NOTHING_SAID, |condition| self.says(condition, 0))
    }

    /// Where one way through an `if` ends the block, what follows runs only on the other.
    fn split_rest(&mut self, id: NodeId) {
        let tree = self.tree;
        let parent = tree.node(id).parent;
        if !matches!(tree.kind(parent), Kind::Block | Kind::ConstructorBody) {
            return;
        }
        let Split { holds, fails } = self.condition(id);
        let ends = |part| tree.part(id, part).is_some_and(|branch| self.ends(branch));
        let goes_on = match (ends(Part::Consequence), ends(Part::Alternative)) {
            (true, false) => fails,
            (false, true) => holds,
            _ => return,
        };
        let rest = self.rest.entry(parent).or_insert(Kinds::ALL);
        *rest = rest.and(goes_on);
    }

    /// Whether a branch leaves the block around it.
    fn ends(&self, branch: NodeId) -> bool {
        let leaves = |kind| matches!(kind, Kind::Return | Kind::Throw | Kind::Break | Kind::Continue);
        let tree = self.tree;
        match tree.kind(branch) {
            Kind::Block => tree.children(branch).last().is_some_and(|last| leaves(tree.kind(last))),
            kind => leaves(kind),
        }
    }

    fn note_flags(&mut self, id: NodeId) {
        let tree = self.tree;
        for declarator in tree.children(id).filter(|child| tree.kind(*child) == Kind::Declarator) {
            let (Some(name), Some(value)) = (tree.part(declarator, Part::Name), tree.part(declarator, Part::Value))
            else {
                continue;
            };
            let says = self.says(value, 0);
            if says != NOTHING_SAID {
                self.flags.insert(tree.lower(name), says);
            }
        }
    }

    /// What an expression says of the transaction.
    fn says(&self, id: NodeId, depth: usize) -> Split {
        let tree = self.tree;
        if depth > MAX_DEPTH {
            return NOTHING_SAID;
        }
        let part = |part| tree.part(id, part).map_or(NOTHING_SAID, |operand| self.says(operand, depth + 1));
        match tree.kind(id) {
            Kind::Parenthesized => tree.children(id).next().map_or(NOTHING_SAID, |inner| self.says(inner, depth + 1)),
            Kind::Unary if tree.operator(id) == "!" => {
                let Split { holds, fails } = part(Part::Operand);
                Split { holds: fails, fails: holds }
            }
            Kind::Binary => match tree.operator(id) {
                "&&" => {
                    let (left, right) = (part(Part::Left), part(Part::Right));
                    Split { holds: left.holds.and(right.holds), fails: left.fails.or(right.fails) }
                }
                "||" => {
                    let (left, right) = (part(Part::Left), part(Part::Right));
                    Split { holds: left.holds.or(right.holds), fails: left.fails.and(right.fails) }
                }
                "==" => self.compared(id, depth, true),
                "!=" | "<>" => self.compared(id, depth, false),
                _ => NOTHING_SAID,
            },
            Kind::Call => self.asked(id),
            Kind::Identifier => self.flags.get(&tree.lower(id)).copied().unwrap_or(NOTHING_SAID),
            _ => NOTHING_SAID,
        }
    }

    /// `System.isFuture() == true`, and what else is written so.
    fn compared(&self, id: NodeId, depth: usize, is_same: bool) -> Split {
        let tree = self.tree;
        let (Some(left), Some(right)) = (tree.part(id, Part::Left), tree.part(id, Part::Right)) else {
            return NOTHING_SAID;
        };
        let (asked, literal) = if tree.kind(left) == Kind::Boolean { (right, left) } else { (left, right) };
        if tree.kind(literal) != Kind::Boolean {
            return NOTHING_SAID;
        }
        let Split { holds, fails } = self.says(asked, depth + 1);
        let is_true = tree.text(literal).eq_ignore_ascii_case("true");
        if is_true == is_same { Split { holds, fails } } else { Split { holds: fails, fails: holds } }
    }

    fn asked(&self, id: NodeId) -> Split {
        let tree = self.tree;
        let Some(name) = tree.part(id, Part::Name) else { return NOTHING_SAID };
        let object = tree.part(id, Part::Object).filter(|object| tree.kind(*object) != Kind::This);
        let Some(object) = object else {
            let is_bare = tree.arguments(id).is_empty();
            return self.questions.get(&tree.lower(name)).filter(|_| is_bare).copied().unwrap_or(NOTHING_SAID);
        };
        let of = |kinds: Kinds| Split { holds: kinds, fails: kinds.not() };
        match (tree.lower(object).as_str(), tree.lower(name).as_str()) {
            ("system", "isfuture") => of(Kinds::FUTURE),
            ("system", "isbatch") => of(Kinds::BATCH),
            ("system", "isqueueable") => of(Kinds::QUEUEABLE),
            ("system", "isscheduled") => of(Kinds::SCHEDULED),
            ("test" | "system.test", "isrunningtest") => Split { holds: Kinds::NONE, fails: Kinds::ALL },
            _ => NOTHING_SAID,
        }
    }
}
