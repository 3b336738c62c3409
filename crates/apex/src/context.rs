//! For every node of a tree: the loop that repeats it, and the kinds of transaction in which it can run.
//!
//! Code calls `System.isFuture()` and similar checks before an operation that one kind of transaction does not allow.
//! Such a check splits the paths through a method; both are followed, each with the transactions that remain. A method
//! of the file that only returns such a check counts as the check. Every other condition can be true or false. Code
//! that only runs in tests is ignored.
//!
//! A block that leaves the method (`return`, `throw`) or ends the loop is not repeated by it. A loop with a few
//! iterations does not count as a loop, because it is usually a retry. Refuses to know other files.

use std::cell::OnceCell;

use foldhash::{HashMap, HashMapExt, HashSet, HashSetExt};

use super::declare::{Declarations, Declared};
use super::goes_on::{self, ending_flags, is_retry};
use super::transaction::Kinds;
use super::tree::{Kind, NodeId, Part, SyntaxTree};
use super::turns::{Locals, LoopExit, class_around, follows_redirects, is_one_chunk, leaves, may_be_chunk_test};

/// The context of a node.
#[derive(Clone, Copy, Debug)]
pub(super) struct Context {
    /// The innermost loop that repeats it.
    pub(super) repeated_by: Option<NodeId>,
    /// Whether a condition inside that loop is true once for many iterations.
    pub(super) is_per_chunk: bool,
    /// The kinds of transaction in which it can run.
    pub(super) kinds: Kinds,
}

const ANYWHERE: Context = Context { repeated_by: None, is_per_chunk: false, kinds: Kinds::ALL };

/// The same context with fewer kinds of transaction.
fn narrowed(context: Context, kinds: Kinds) -> Context {
    Context { kinds: context.kinds.and(kinds), ..context }
}

/// The transactions that are possible if a condition is true, and if it is false.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Branches {
    holds: Kinds,
    fails: Kinds,
}

const ALL_BRANCHES: Branches = Branches { holds: Kinds::ALL, fails: Kinds::ALL };

/// A check of the transaction that is not evaluated here. Both branches after it are ignored, since it is unknown what
/// runs there.
const UNEVALUATED: Branches = Branches { holds: Kinds::NONE, fails: Kinds::NONE };

/// The result of a check for each kind of transaction.
const fn only(kinds: Kinds) -> Branches {
    Branches { holds: kinds, fails: kinds.not() }
}

/// Checks of the transaction: methods of `System`, and the one of `Test`.
const CHECKS: &[(&str, Branches)] = &[
    ("isfuture", only(Kinds::FUTURE)),
    ("isbatch", only(Kinds::BATCH)),
    ("isqueueable", only(Kinds::QUEUEABLE)),
    ("isscheduled", only(Kinds::SCHEDULED)),
    ("isrunningtest", Branches { holds: Kinds::NONE, fails: Kinds::ALL }),
];

/// The maximum nesting of conditions.
const MAX_DEPTH: usize = 40;

/// A loop with this many iterations is not reported: with Apex's default timeout of ten seconds per callout, all of
/// them together stay below the 120 seconds of a transaction.
pub(super) const HANDFUL: i64 = 5;

/// The context of every node, except in test methods. `may_check` is whether the text has a check of the transaction:
/// most have none, and then no condition is evaluated.
pub(super) fn contexts(tree: &SyntaxTree<'_>, declared: &Declarations, may_check: bool) -> Vec<Context> {
    let mut walk = Walk {
        tree,
        may_check,
        all: vec![ANYWHERE; tree.nodes.len()],
        rest: HashMap::new(),
        flags: HashMap::new(),
        questions: HashMap::new(),
        constants: OnceCell::new(),
        handfuls: HashSet::new(),
        locals: None,
        method: 0,
        chunk_tests: HashSet::new(),
        leaving: HashMap::new(),
        ending_flags: HashMap::new(),
        next_turns: OnceCell::new(),
    };
    if may_check {
        walk.questions = walk.questions();
    }
    let is_test = |method: &&Declared| {
        method.is_test && matches!(tree.kind(method.node), Kind::MethodDeclaration | Kind::ConstructorDeclaration)
    };
    let mut tests = declared.methods.iter().filter(is_test).map(|method| method.node).peekable();
    let end = tree.nodes.len() as NodeId;
    let mut id = 0;
    while id < end {
        while tests.next_if(|test| *test < id).is_some() {}
        if tests.peek() == Some(&id) {
            walk.flags.clear();
            walk.locals = Some(Locals::default());
            id = tree.node(id).next;
        } else {
            walk.visit(id);
            id += 1;
        }
    }
    walk.all
}

/// The values of the constants of a file, by name; the first of a name counts.
fn constants_of<'a>(tree: &'a SyntaxTree<'_>) -> HashMap<&'a str, NodeId> {
    let is_final = |id: &NodeId| {
        tree.kind(*id) == Kind::FieldDeclaration
            && tree.child(*id, Kind::Modifiers).is_some_and(|modifiers| tree.lower(modifiers).contains("final"))
    };
    let mut found = HashMap::new();
    for field in tree.all().filter(is_final) {
        for (name, value) in tree.children(field).filter_map(|declarator| tree.given(declarator)) {
            found.entry(tree.lower(name)).or_insert(value);
        }
    }
    found
}

struct Walk<'a, 't> {
    tree: &'a SyntaxTree<'t>,
    may_check: bool,
    all: Vec<Context>,
    /// The transactions in which the remaining statements of a block can run.
    rest: HashMap<NodeId, Kinds>,
    /// Local variables with the result of a check.
    flags: HashMap<&'a str, Branches>,
    /// Methods without parameters that only return a check, by name.
    questions: HashMap<&'a str, Branches>,
    /// The values of the file's constants, by name; computed on demand.
    constants: OnceCell<HashMap<&'a str, NodeId>>,
    /// Loops with few iterations.
    handfuls: HashSet<NodeId>,
    /// The current method.
    method: NodeId,
    /// Its variables; computed on demand.
    locals: Option<Locals<'a>>,
    /// Branches whose condition is true once for many iterations of the loop around them.
    chunk_tests: HashSet<NodeId>,
    /// Blocks in loops that leave them at their end.
    leaving: HashMap<NodeId, LoopExit>,
    /// The flags that end each loop; computed on demand.
    ending_flags: HashMap<NodeId, Vec<(&'a str, bool)>>,
    /// The `continue` statements of each loop; computed on demand.
    next_turns: OnceCell<HashMap<NodeId, Vec<NodeId>>>,
}

/// The `continue` statements of each loop, in order.
fn next_turns(tree: &SyntaxTree<'_>) -> HashMap<NodeId, Vec<NodeId>> {
    let mut found: HashMap<NodeId, Vec<NodeId>> = HashMap::new();
    let mut open: Vec<NodeId> = Vec::new();
    for id in tree.all() {
        while open.last().is_some_and(|last| !tree.holds(*last, id)) {
            open.pop();
        }
        match tree.kind(id) {
            Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do => open.push(id),
            Kind::Continue => {
                if let Some(around) = open.last() {
                    found.entry(*around).or_default().push(id);
                }
            }
            _ => {}
        }
    }
    found
}

impl<'a> Walk<'a, '_> {
    /// The methods of the file that only return a check. Methods that share a name are left out.
    fn questions(&self) -> HashMap<&'a str, Branches> {
        let tree = self.tree;
        let mut found: HashMap<&str, Branches> = HashMap::new();
        for id in tree.all().filter(|id| tree.kind(*id) == Kind::MethodDeclaration) {
            let (Some(name), Some(body)) = (tree.part(id, Part::Name), tree.part(id, Part::Body)) else { continue };
            let takes = tree.part(id, Part::Parameters).is_some_and(|all| tree.children(all).next().is_some());
            let mut statements = tree.children(body);
            let only = statements.next().filter(|first| tree.kind(*first) == Kind::Return && !takes);
            let checked = only.filter(|_| statements.next().is_none()).and_then(|only| tree.children(only).next());
            let branches = checked.map_or(ALL_BRANCHES, |checked| self.branches_of(checked, 0));
            let known = found.entry(tree.lower(name)).or_insert(branches);
            if *known != branches {
                *known = ALL_BRANCHES;
            }
        }
        found.retain(|_, branches| *branches != ALL_BRANCHES);
        found
    }

    fn visit(&mut self, id: NodeId) {
        let tree = self.tree;
        let node = tree.node(id);
        if matches!(node.kind, Kind::MethodDeclaration | Kind::ConstructorDeclaration | Kind::TriggerDeclaration) {
            self.flags.clear();
            (self.method, self.locals) = (id, None);
        }
        if id > 0 {
            self.all[id as usize] = self.inherited(id, node.parent, node.part);
        }
        match node.kind {
            Kind::If => {
                if self.may_check {
                    self.split_rest(id);
                }
                if self.all[id as usize].repeated_by.is_some() && self.is_chunk_test(id) {
                    self.chunk_tests.insert(id);
                }
            }
            Kind::For | Kind::While | Kind::Do if self.is_handful(id) => {
                self.handfuls.insert(id);
            }
            Kind::Block if self.all[id as usize].repeated_by.is_some() => {
                let leaves = leaves(tree, id, 0).or_else(|| self.ends_loop(id).then_some(LoopExit::Loop));
                self.leaving.extend(leaves.map(|leaves| (id, leaves)));
            }
            Kind::EnhancedFor if self.has_few(id) => {
                self.handfuls.insert(id);
            }
            Kind::LocalVariable if self.may_check => self.note_flags(id),
            _ => {}
        }
    }

    fn inherited(&self, id: NodeId, parent: NodeId, part: Part) -> Context {
        let tree = self.tree;
        let above = self.all[parent as usize];
        let repeated = Context { repeated_by: Some(parent), is_per_chunk: false, ..above };
        match (tree.kind(parent), part) {
            (Kind::ClassBody, _) => ANYWHERE,
            (Kind::Return | Kind::Throw, _) => Context { repeated_by: None, ..above },
            (Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do, _) if self.handfuls.contains(&parent) => above,
            (Kind::For, Part::Body | Part::Condition | Part::Update)
            | (Kind::EnhancedFor, Part::Body)
            | (Kind::While | Kind::Do, Part::Body | Part::Condition) => repeated,
            (Kind::If, Part::Consequence) if self.chunk_tests.contains(&parent) => {
                narrowed(Context { is_per_chunk: true, ..above }, self.condition(parent).holds)
            }
            (Kind::If | Kind::Ternary | Kind::Binary, _) if !self.may_check => above,
            (Kind::If | Kind::Ternary, Part::Consequence) => narrowed(above, self.condition(parent).holds),
            (Kind::If | Kind::Ternary, Part::Alternative) => narrowed(above, self.condition(parent).fails),
            (Kind::Binary, Part::Right) if tree.operator(parent) == "&&" => {
                let left = tree.part(parent, Part::Left).filter(|left| *left != id);
                narrowed(above, left.map_or(ALL_BRANCHES, |left| self.branches_of(left, 0)).holds)
            }
            (Kind::Block | Kind::ConstructorBody, _) => {
                let above = self.left_behind(id, parent, above);
                narrowed(above, self.rest.get(&parent).copied().unwrap_or(Kinds::ALL))
            }
            _ => above,
        }
    }

    /// The context of a statement in a block that leaves the loop at its end: no loop repeats it, or only the outer
    /// one. If a `continue` may come between, the loop repeats it.
    fn left_behind(&self, id: NodeId, block: NodeId, above: Context) -> Context {
        let Some(around) = above.repeated_by else { return above };
        let Some(leaves) = self.leaving.get(&block).copied() else { return above };
        let goes_on = self.next_turns.get_or_init(|| next_turns(self.tree)).get(&around).is_some_and(|all| {
            let first = all.partition_point(|it| *it < id);
            all.get(first).is_some_and(|next| self.tree.holds(block, *next))
        });
        if goes_on {
            return above;
        }
        let outer = match leaves {
            LoopExit::Method => None,
            LoopExit::Loop => self.all[around as usize].repeated_by,
        };
        Context { repeated_by: outer, is_per_chunk: outer.is_some() && above.is_per_chunk, ..above }
    }

    /// Whether a block ends the loop around it by the loop's condition.
    fn ends_loop(&mut self, block: NodeId) -> bool {
        let tree = self.tree;
        let Some(around) = self.all[block as usize].repeated_by else { return false };
        let flags = self.ending_flags.entry(around).or_insert_with(|| ending_flags(tree, around));
        goes_on::ends(tree, block, flags)
    }

    /// Whether a loop iterates over few elements, or over one chunk of a query.
    fn has_few(&mut self, id: NodeId) -> bool {
        let Some(value) = self.tree.part(id, Part::Value) else { return false };
        let most = self.most(value);
        most.is_some_and(|most| most <= HANDFUL || is_one_chunk(self.tree, id, most))
    }

    fn most(&mut self, id: NodeId) -> Option<i64> {
        let tree = self.tree;
        // Most loops are over a parameter, of which nothing is known.
        if self.is_parameter(tree.bare(id)) {
            return None;
        }
        let constants = &self.constants;
        let constant = |name: &str| tree.text(*constants.get_or_init(|| constants_of(tree)).get(name)?).parse().ok();
        self.locals.get_or_insert_with(|| Locals::of(tree, self.method)).most(tree, id, &constant)
    }

    fn is_parameter(&self, id: NodeId) -> bool {
        let tree = self.tree;
        let names_it = |parameter: NodeId| {
            tree.part(parameter, Part::Name).is_some_and(|name| tree.text(name).eq_ignore_ascii_case(tree.text(id)))
        };
        let parameters = tree.part(self.method, Part::Parameters).filter(|_| tree.kind(id) == Kind::Identifier);
        parameters.is_some_and(|all| tree.children(all).any(names_it))
    }

    fn is_chunk_test(&mut self, id: NodeId) -> bool {
        let tree = self.tree;
        let Some(condition) = tree.part(id, Part::Condition) else { return false };
        if !may_be_chunk_test(tree, condition) {
            return false;
        }
        let constants = &self.constants;
        let constant = |name: &str| tree.text(*constants.get_or_init(|| constants_of(tree)).get(name)?).parse().ok();
        let locals = self.locals.get_or_insert_with(|| Locals::of(tree, self.method));
        locals.is_chunk_test(tree, condition, &constant)
    }

    /// Whether a loop counts a variable up to a small number: `i < 3` with `i++` in its head, or directly in its body.
    fn is_handful(&mut self, id: NodeId) -> bool {
        let tree = self.tree;
        let Some(condition) = tree.part(id, Part::Condition) else { return false };
        let counted = |name: &str| {
            let is_step = |step: NodeId| {
                // Larger statements do more than count, so that only their start is read.
                let code = tree.lower(step).chars().filter(|ch| !ch.is_whitespace() && *ch != ';');
                let text: String = code.take(2 * name.len() + 10).collect();
                text.strip_prefix(name).is_some_and(|rest| matches!(rest, "++" | "+=1"))
                    || text.strip_prefix("++").is_some_and(|rest| rest == name)
            };
            let is_update = |child: &NodeId| tree.node(*child).part == Part::Update;
            let body = tree.part(id, Part::Body);
            tree.children(id).filter(is_update).any(is_step)
                || body.is_some_and(|body| tree.children(body).any(is_step))
        };
        let bounded = self.bounded(condition);
        bounded.is_some_and(|name| counted(name) || is_retry(tree, id, name)) || follows_redirects(tree, condition)
    }

    /// The variable that a condition, or one joined to it by `&&`, keeps below a small number.
    fn bounded(&mut self, condition: NodeId) -> Option<&'a str> {
        let tree = self.tree;
        let is_and = |id: NodeId| tree.kind(id) == Kind::Binary && tree.operator(id) == "&&";
        let mut left = tree.bare(condition);
        for _ in 0..MAX_DEPTH {
            let last =
                if is_and(left) { tree.part(left, Part::Right).map(|right| tree.bare(right)) } else { Some(left) };
            if let Some(name) = last.and_then(|last| self.below(last)) {
                return Some(name);
            }
            left = tree.bare(tree.part(left, Part::Left).filter(|_| is_and(left))?);
        }
        None
    }

    /// The variable of `i < 3`, in lower case.
    fn below(&mut self, id: NodeId) -> Option<&'a str> {
        let tree = self.tree;
        if tree.kind(id) != Kind::Binary || !matches!(tree.operator(id), "<" | "<=") {
            return None;
        }
        let (left, right) = (tree.part(id, Part::Left)?, tree.part(id, Part::Right)?);
        let is_small = |value: NodeId| {
            tree.kind(value) == Kind::Int && tree.text(value).parse::<i64>().is_ok_and(|number| number <= HANDFUL)
        };
        let is_few = is_small(right)
            || self.constant(right).is_some_and(is_small)
            || self.size_of(right).is_some_and(|most| most <= HANDFUL);
        (is_few && tree.kind(left) == Kind::Identifier).then(|| tree.lower(left))
    }

    /// The value of a constant: `TRIES`, `OwnClass.TRIES`.
    fn constant(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        let name = match tree.kind(id) {
            Kind::Identifier => id,
            Kind::FieldAccess => {
                tree.part(id, Part::Object).filter(|object| tree.is_own(*object, class_around(tree, id)))?;
                tree.part(id, Part::Element)?
            }
            _ => return None,
        };
        self.constants.get_or_init(|| constants_of(tree)).get(tree.lower(name)).copied()
    }

    /// A bound for `list.size()`.
    fn size_of(&mut self, id: NodeId) -> Option<i64> {
        let tree = self.tree;
        let name = tree.part(id, Part::Name).filter(|_| tree.kind(id) == Kind::Call)?;
        let list = tree.part(id, Part::Object).filter(|_| tree.text(name).eq_ignore_ascii_case("size"))?;
        self.most(list)
    }

    fn condition(&self, id: NodeId) -> Branches {
        self.tree.part(id, Part::Condition).map_or(ALL_BRANCHES, |condition| self.branches_of(condition, 0))
    }

    /// If one branch of an `if` ends the block, the rest runs only after the other.
    fn split_rest(&mut self, id: NodeId) {
        let tree = self.tree;
        let parent = tree.node(id).parent;
        if !matches!(tree.kind(parent), Kind::Block | Kind::ConstructorBody) {
            return;
        }
        let Branches { holds, fails } = self.condition(id);
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
        for (name, value) in tree.children(id).filter_map(|declarator| tree.given(declarator)) {
            let branches = self.branches_of(value, 0);
            if branches != ALL_BRANCHES {
                self.flags.insert(tree.lower(name), branches);
            }
        }
    }

    /// The transactions that an expression allows.
    fn branches_of(&self, id: NodeId, depth: usize) -> Branches {
        let tree = self.tree;
        if depth > MAX_DEPTH || !self.may_check {
            return ALL_BRANCHES;
        }
        let part = |part| tree.part(id, part).map_or(ALL_BRANCHES, |operand| self.branches_of(operand, depth + 1));
        match tree.kind(id) {
            Kind::Parenthesized => {
                tree.children(id).next().map_or(ALL_BRANCHES, |inner| self.branches_of(inner, depth + 1))
            }
            Kind::Unary if tree.operator(id) == "!" => {
                let Branches { holds, fails } = part(Part::Operand);
                Branches { holds: fails, fails: holds }
            }
            Kind::Binary => match tree.operator(id) {
                "&&" => {
                    let (left, right) = (part(Part::Left), part(Part::Right));
                    Branches { holds: left.holds.and(right.holds), fails: left.fails.or(right.fails) }
                }
                "||" => {
                    let (left, right) = (part(Part::Left), part(Part::Right));
                    Branches { holds: left.holds.or(right.holds), fails: left.fails.and(right.fails) }
                }
                "==" => self.compared(id, depth, true),
                "!=" | "<>" => self.compared(id, depth, false),
                _ => ALL_BRANCHES,
            },
            Kind::Call => self.checked(id),
            // Whether a trigger is running, other than a page, a web service or an anonymous block.
            Kind::FieldAccess
                if tree.part(id, Part::Element).is_some_and(|it| tree.lower(it) == "isexecuting")
                    && tree.is_type(id, "trigger.isexecuting") =>
            {
                Branches { holds: Kinds::TRIGGER, fails: Kinds::TRIGGER.not() }
            }
            Kind::Identifier if !self.flags.is_empty() => {
                self.flags.get(tree.lower(id)).copied().unwrap_or(ALL_BRANCHES)
            }
            _ => ALL_BRANCHES,
        }
    }

    /// `System.isFuture() == true`, and its variants.
    fn compared(&self, id: NodeId, depth: usize, is_same: bool) -> Branches {
        let tree = self.tree;
        let (Some(left), Some(right)) = (tree.part(id, Part::Left), tree.part(id, Part::Right)) else {
            return ALL_BRANCHES;
        };
        let is_quiddity =
            |side: NodeId| tree.kind(side) == Kind::FieldAccess && tree.type_name(side).starts_with("quiddity.");
        if is_quiddity(left) || is_quiddity(right) {
            return UNEVALUATED;
        }
        let (checked, literal) = if tree.kind(left) == Kind::Boolean { (right, left) } else { (left, right) };
        if tree.kind(literal) != Kind::Boolean {
            return ALL_BRANCHES;
        }
        let Branches { holds, fails } = self.branches_of(checked, depth + 1);
        let is_true = tree.text(literal).eq_ignore_ascii_case("true");
        if is_true == is_same { Branches { holds, fails } } else { Branches { holds: fails, fails: holds } }
    }

    fn checked(&self, id: NodeId) -> Branches {
        let tree = self.tree;
        let Some(name) = tree.part(id, Part::Name) else { return ALL_BRANCHES };
        let object = tree.part(id, Part::Object).filter(|object| tree.kind(*object) != Kind::This);
        let Some(object) = object else {
            if self.questions.is_empty() || !tree.arguments(id).is_empty() {
                return ALL_BRANCHES;
            }
            return self.questions.get(tree.lower(name)).copied().unwrap_or(ALL_BRANCHES);
        };
        // Few calls are checks, so that no text is built from their names.
        let name = tree.text(name);
        let is_it = |(question, _): &&(&str, Branches)| name.eq_ignore_ascii_case(question);
        let Some((question, split)) = CHECKS.iter().find(is_it) else { return ALL_BRANCHES };
        let meant = if *question == "isrunningtest" { "test" } else { "system" };
        if tree.is_type(object, meant) { *split } else { ALL_BRANCHES }
    }
}
