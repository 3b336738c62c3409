//! Bounds for the iterations of loops, and the exits of loops, as far as the text of one method shows.
//!
//! A loop over a query with `LIMIT 1`, over a list made of one record, or over the result for one id has at most one
//! iteration. A block that ends in `break`, `return` or `throw` leaves the loop, so that nothing in it is repeated.
//! A field counts where the method sets it just before, without a call of its own class in between. Refuses to know other
//! values of a parameter or field, and what another method adds to a list.

use foldhash::HashMap;

use super::tree::{Kind, NodeId, Part, SyntaxTree};

/// The maximum number of variables and parts that expressions are followed through.
const MAX_DEPTH: usize = 6;

/// The maximum number of nodes read of a condition, an initializer or a chain of parents.
const MAX_NODES: usize = 200;

/// The maximum number of nodes between the assignment of a field and its use.
const MAX_BETWEEN: NodeId = 200;

/// The chunk size of a loop over lists of a query's records.
const CHUNK: i64 = 200;

/// What is known about a local variable.
#[derive(Debug, Default)]
#[expect(clippy::option_option, reason = "whether it was asked, and what the answer is")]
struct Local<'a> {
    /// Its type as written, in lower case.
    ty: &'a str,
    /// Its values, from its declaration and later assignments.
    values: Vec<NodeId>,
    /// The number of times that one element is added to it.
    adds: i64,
    /// Whether it is a parameter or loop variable, or grows in an unknown way.
    is_unknown: bool,
    /// Whether it is passed to a call, which may add to it.
    is_handed_on: bool,
    /// Whether it is incremented by one.
    is_counted: bool,
    /// The maximum number of its elements; computed on demand.
    most: Option<Option<i64>>,
}

/// The variables of one method.
#[derive(Debug, Default)]
pub(super) struct Locals<'a> {
    /// The name of the class, in lower case.
    class: &'a str,
    by_name: HashMap<&'a str, Local<'a>>,
    /// The values that the method gives to names that are not its own, in text order; `None` where one grows.
    fields: HashMap<&'a str, Vec<(NodeId, Option<NodeId>)>>,
}

fn is_loop(kind: Kind) -> bool {
    matches!(kind, Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do)
}

/// The name of the class around a node, in lower case.
pub(super) fn class_around<'a>(tree: &'a SyntaxTree<'_>, id: NodeId) -> &'a str {
    let class = tree.above(id).find(|above| tree.kind(*above) == Kind::ClassDeclaration);
    class.and_then(|class| tree.part(class, Part::Name)).map(|name| tree.lower(name)).unwrap_or_default()
}

/// The name of a variable or a field, and whether it is surely a field: `name`, `this.name`, `OwnClass.name`.
fn own_name<'a>(tree: &'a SyntaxTree<'_>, id: NodeId, class: &str) -> Option<(&'a str, bool)> {
    match tree.kind(id) {
        Kind::Identifier => Some((tree.lower(id), false)),
        Kind::FieldAccess => {
            tree.part(id, Part::Object).filter(|object| tree.is_own(*object, class))?;
            Some((tree.lower(tree.part(id, Part::Element)?), true))
        }
        _ => None,
    }
}

impl<'a> Locals<'a> {
    /// The variables of a method or another body.
    pub(super) fn of(tree: &'a SyntaxTree<'_>, method: NodeId) -> Self {
        let mut locals = Self { class: class_around(tree, method), ..Self::default() };
        for id in tree.within(method) {
            match tree.kind(id) {
                Kind::LocalVariable => {
                    let ty = tree.part(id, Part::Type).map(|ty| tree.lower(ty)).unwrap_or_default();
                    for declarator in tree.children(id).filter(|child| tree.kind(*child) == Kind::Declarator) {
                        let Some(name) = tree.part(declarator, Part::Name) else { continue };
                        let local = locals.by_name.entry(tree.lower(name)).or_default();
                        local.ty = ty;
                        local.values.extend(tree.part(declarator, Part::Value));
                    }
                }
                Kind::FormalParameter | Kind::EnhancedFor => {
                    if let (Some(ty), Some(name)) = (tree.part(id, Part::Type), tree.part(id, Part::Name)) {
                        let local = locals.by_name.entry(tree.lower(name)).or_default();
                        local.ty = tree.lower(ty);
                        local.is_unknown = true;
                    }
                }
                Kind::Assignment => locals.assigned(tree, id),
                Kind::Update => {
                    let operand = tree.children(id).find(|child| tree.kind(*child) == Kind::Identifier);
                    if let Some(local) = operand.and_then(|name| locals.by_name.get_mut(tree.lower(name))) {
                        local.is_counted = true;
                    }
                }
                Kind::Call => locals.called(tree, id),
                Kind::New => locals.handed_on(tree, id),
                _ => {}
            }
        }
        locals
    }

    fn assigned(&mut self, tree: &'a SyntaxTree<'_>, id: NodeId) {
        let (Some(left), Some(right)) = (tree.part(id, Part::Left), tree.part(id, Part::Right)) else { return };
        let Some((name, is_field)) = own_name(tree, left, self.class) else { return };
        let is_set = tree.operator(id) == "=";
        let Some(local) = self.by_name.get_mut(name).filter(|_| !is_field) else {
            self.fields.entry(name).or_default().push((id, is_set.then_some(right)));
            return;
        };
        if is_set {
            local.values.push(right);
        } else {
            local.is_counted |= tree.text(right).trim() == "1";
            local.is_unknown |= tree.kind(right) != Kind::Int;
        }
    }

    fn called(&mut self, tree: &'a SyntaxTree<'_>, id: NodeId) {
        self.handed_on(tree, id);
        let object = tree.part(id, Part::Object).and_then(|object| own_name(tree, object, self.class));
        let (Some((object, is_field)), Some(name)) = (object, tree.part(id, Part::Name)) else { return };
        let grows = |word: &&str| tree.text(name).eq_ignore_ascii_case(word);
        let Some(word) = ["add", "put", "addall", "putall"].into_iter().find(grows) else { return };
        let Some(local) = self.by_name.get_mut(object).filter(|_| !is_field) else {
            self.fields.entry(object).or_default().push((id, None));
            return;
        };
        match word {
            "add" | "put" => {
                let mut above = tree.above(id).take(MAX_NODES);
                let around = above.find(|above| {
                    is_loop(tree.kind(*above)) || matches!(tree.kind(*above), Kind::MethodDeclaration | Kind::ClassBody)
                });
                local.adds += 1;
                local.is_unknown |= around.is_none_or(|around| is_loop(tree.kind(around)));
            }
            "addall" | "putall" => local.is_unknown = true,
            _ => {}
        }
    }

    /// A list passed to other code may be longer afterwards.
    fn handed_on(&mut self, tree: &'a SyntaxTree<'_>, id: NodeId) {
        if self.by_name.is_empty() {
            return;
        }
        // Salesforce's own classes do not change their arguments.
        let is_own = |object| ["system", "json", "string", "database"].iter().any(|name| tree.is_type(object, name));
        if tree.part(id, Part::Object).is_some_and(is_own) {
            return;
        }
        let list = tree.part(id, Part::Arguments).or_else(|| tree.child(id, Kind::ArgumentList));
        let Some(list) = list else { return };
        for argument in tree.children(list).filter(|argument| tree.kind(*argument) == Kind::Identifier) {
            if let Some(local) = self.by_name.get_mut(tree.lower(argument)) {
                local.is_handed_on = true;
            }
        }
    }

    /// The call whose result a variable holds, if it is its only value.
    pub(super) fn given(&self, tree: &SyntaxTree<'_>, name: &str) -> Option<NodeId> {
        let local = self.by_name.get(name).filter(|local| !local.is_unknown && local.adds == 0)?;
        match local.values.as_slice() {
            [only] => Some(tree.bare(*only)).filter(|value| tree.kind(*value) == Kind::Call),
            _ => None,
        }
    }

    /// Whether the method assigns a variable, or adds to it.
    pub(super) fn is_set(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|local| !local.values.is_empty() || local.adds > 0)
    }

    /// The only value that a local variable is given, to which the method may add.
    pub(super) fn start(&self, name: &str) -> Option<NodeId> {
        match self.by_name.get(name)?.values.as_slice() {
            [only] => Some(*only),
            _ => None,
        }
    }

    /// Whether a local variable may be added to.
    pub(super) fn may_grow(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|local| local.is_unknown || local.adds > 0)
    }

    /// Whether a variable is incremented by one somewhere.
    fn is_counted(&self, name: &str) -> bool {
        self.by_name.get(name).is_some_and(|local| local.is_counted)
    }

    /// The maximum number of elements of an expression; `None` if unknown.
    pub(super) fn most(
        &mut self,
        tree: &SyntaxTree<'_>,
        id: NodeId,
        constant: &dyn Fn(&str) -> Option<i64>,
    ) -> Option<i64> {
        self.most_within(tree, id, constant, 0)
    }

    fn most_within(
        &mut self,
        tree: &SyntaxTree<'_>,
        id: NodeId,
        constant: &dyn Fn(&str) -> Option<i64>,
        depth: usize,
    ) -> Option<i64> {
        if depth > MAX_DEPTH {
            return None;
        }
        let id = tree.bare(id);
        match tree.kind(id) {
            Kind::Query => self.most_of_query(tree, id, constant),
            Kind::New | Kind::ArrayCreation if is_collection(tree, id) => match tree.arguments(id).as_slice() {
                [] => most_of_new(tree, id),
                [other] => self.most_within(tree, *other, constant, depth + 1),
                _ => None,
            },
            Kind::Cast => self.most_within(tree, tree.part(id, Part::Value)?, constant, depth + 1),
            Kind::Ternary => {
                let holds = self.most_within(tree, tree.part(id, Part::Consequence)?, constant, depth + 1)?;
                let fails = self.most_within(tree, tree.part(id, Part::Alternative)?, constant, depth + 1)?;
                Some(holds.max(fails))
            }
            Kind::Call => {
                let name = tree.lower(tree.part(id, Part::Name)?);
                let object = tree.part(id, Part::Object)?;
                match name {
                    "values" | "keyset" | "clone" | "deepclone" => self.most_within(tree, object, constant, depth + 1),
                    "query" | "getquerylocator" if tree.is_type(object, "database") => {
                        let first = tree.arguments(id).first().copied()?;
                        most_of_text(tree, first)
                    }
                    _ => None,
                }
            }
            Kind::Identifier if self.by_name.contains_key(tree.lower(id)) => {
                self.most_of_local(tree, tree.lower(id), constant, depth)
            }
            Kind::Identifier | Kind::FieldAccess => {
                let value = self.set_before(tree, id)?;
                self.most_within(tree, value, constant, depth + 1)
            }
            _ => None,
        }
    }

    /// The value that a field has here for sure: the method set it before in this block or one around it, and neither
    /// changed it, handed it on nor called a method of its own class since.
    fn set_before(&self, tree: &SyntaxTree<'_>, id: NodeId) -> Option<NodeId> {
        let (name, _) = own_name(tree, id, self.class)?;
        let set = self.fields.get(name)?;
        let (assignment, value) = *set.iter().rev().find(|(assignment, _)| *assignment < id)?;
        let value = value.filter(|_| set.iter().all(|(_, value)| value.is_some()))?;
        let statement = tree.node(assignment).parent;
        let block = tree.node(statement).parent;
        if tree.kind(statement) != Kind::ExpressionStatement || tree.kind(block) != Kind::Block {
            return None;
        }
        let may_change = |inner: NodeId| {
            let is_own = || tree.part(inner, Part::Object).is_none_or(|object| tree.is_own(object, self.class));
            let is_it = |it: &NodeId| own_name(tree, *it, self.class).is_some_and(|it| it.0 == name);
            let gets_it = || tree.arguments(inner).iter().any(is_it);
            match tree.kind(inner) {
                Kind::Call => is_own() || gets_it(),
                Kind::New => gets_it(),
                _ => false,
            }
        };
        let is_sure = tree.holds(block, id) && id - assignment <= MAX_BETWEEN && !(assignment..id).any(may_change);
        is_sure.then_some(value)
    }

    fn most_of_local(
        &mut self,
        tree: &SyntaxTree<'_>,
        name: &str,
        constant: &dyn Fn(&str) -> Option<i64>,
        depth: usize,
    ) -> Option<i64> {
        let local = self.by_name.get_mut(name)?;
        if let Some(known) = local.most {
            return known;
        }
        // A value that depends on itself has no bound.
        local.most = Some(None);
        let (is_unknown, adds, is_handed_on) = (local.is_unknown, local.adds, local.is_handed_on);
        let values = local.values.clone();
        let most = (!is_unknown && !values.is_empty() && values.len() <= MAX_DEPTH)
            .then(|| values.iter().map(|value| self.most_within(tree, *value, constant, depth + 1)).max_or_unknown())
            .flatten()
            // An empty list is passed to be filled.
            .filter(|most| *most > 0 || !is_handed_on)
            .map(|most| most + adds);
        if let Some(local) = self.by_name.get_mut(name) {
            local.most = Some(most);
        }
        most
    }

    /// The maximum number of rows of a query: by its limit, or because it selects one id.
    fn most_of_query(&self, tree: &SyntaxTree<'_>, id: NodeId, constant: &dyn Fn(&str) -> Option<i64>) -> Option<i64> {
        let body = tree.children(id).next()?;
        if let Some(limit) = tree.child(body, Kind::LimitClause) {
            let text = tree.lower(limit);
            let limit = text.trim_start_matches("limit").trim();
            let number = match limit.strip_prefix(':') {
                Some(name) => self.number(tree, name.trim(), constant),
                None => limit.parse().ok(),
            };
            if number.is_some() {
                return number;
            }
        }
        let condition = tree.child(body, Kind::Where).map(|condition| tree.lower(condition))?;
        self.selects_one_id(condition).then_some(1)
    }

    fn number(&self, tree: &SyntaxTree<'_>, name: &str, constant: &dyn Fn(&str) -> Option<i64>) -> Option<i64> {
        match self.by_name.get(name) {
            Some(local) => match local.values.as_slice() {
                [only] if !local.is_unknown && !local.is_counted && tree.kind(*only) == Kind::Int => {
                    tree.text(*only).parse().ok()
                }
                _ => None,
            },
            None => constant(name),
        }
    }

    /// Whether a condition, in lower case, selects one id: `id = :x`, where `x` is a variable with one value.
    fn selects_one_id(&self, condition: &str) -> bool {
        let mut words = condition
            .split(|ch: char| ch.is_whitespace() || matches!(ch, '(' | ')'))
            .flat_map(|word| split_keeping(word, &['=', ':']))
            .filter(|word| !word.is_empty());
        let (mut first, mut second, mut third) = ("", "", "");
        let mut is_one = false;
        for word in words.by_ref() {
            if word == "or" || word == "not" {
                return false;
            }
            let is_single = |name: &str| {
                match self.by_name.get(name) {
                    Some(local) => matches!(local.ty, "id" | "string"),
                    // A field; the name is that of a list of ids.
                    None => name.ends_with("id") || name.ends_with("__c"),
                }
            };
            is_one |= first == "id" && second == "=" && third == ":" && is_single(word);
            (first, second, third) = (second, third, word);
        }
        is_one
    }

    /// Whether a condition is true once for many iterations: if a list has a certain size, or a counter a certain value
    /// or remainder.
    pub(super) fn is_chunk_test(
        &self,
        tree: &SyntaxTree<'_>,
        condition: NodeId,
        constant: &dyn Fn(&str) -> Option<i64>,
    ) -> bool {
        let number = |id: NodeId| {
            let id = tree.bare(id);
            match tree.kind(id) {
                Kind::Int => tree.text(id).parse::<i64>().ok(),
                Kind::Identifier | Kind::FieldAccess => {
                    let text = tree.lower(id);
                    let name = text.rsplit('.').next().unwrap_or(text);
                    self.number(tree, name, constant)
                }
                _ => None,
            }
        };
        let grows = |id: NodeId| {
            let id = tree.bare(id);
            tree.calls(id, "size") || tree.kind(id) == Kind::Identifier && self.is_counted(tree.lower(id))
        };
        tree.within(condition).take(MAX_NODES).any(|id| {
            if tree.calls(id, "mod") {
                return true;
            }
            let Some((left, right)) = compared(tree, id) else { return false };
            let is_many = |side: NodeId| {
                number(side).map_or_else(|| names_a_size(tree.lower(tree.bare(side))), |number| number > 1)
            };
            grows(left) && is_many(right) || grows(right) && is_many(left)
        })
    }
}

/// Whether [`Locals::is_chunk_test`] can hold for a condition, whatever the variables are.
pub(super) fn may_be_chunk_test(tree: &SyntaxTree<'_>, condition: NodeId) -> bool {
    let may_grow = |id: NodeId| {
        let id = tree.bare(id);
        tree.kind(id) == Kind::Identifier || tree.calls(id, "size")
    };
    tree.within(condition).take(MAX_NODES).any(|id| {
        tree.calls(id, "mod") || compared(tree, id).is_some_and(|(left, right)| may_grow(left) || may_grow(right))
    })
}

/// Operators of a condition that are followed, one inside another.
const MAX_OPERATORS: usize = 16;

/// The statuses of a redirect.
const REDIRECTS: [&str; 5] = ["301", "302", "303", "307", "308"];

/// Whether a loop goes on only while an answer redirects: `response.getStatusCode() == 302`, alternatives of such tests,
/// or such a test joined to another one by `&&`. It makes one request per address, whatever the number of records.
pub(super) fn follows_redirects(tree: &SyntaxTree<'_>, condition: NodeId) -> bool {
    redirects_within(tree, condition, MAX_OPERATORS)
}

fn redirects_within(tree: &SyntaxTree<'_>, id: NodeId, depth: usize) -> bool {
    let id = tree.bare(id);
    let follows = |part| depth > 0 && tree.part(id, part).is_some_and(|side| redirects_within(tree, side, depth - 1));
    match tree.operator(id) {
        "&&" => follows(Part::Left) || follows(Part::Right),
        "||" => follows(Part::Left) && follows(Part::Right),
        _ => tests_for_redirect(tree, id),
    }
}

/// `response.getStatusCode() == 302`.
fn tests_for_redirect(tree: &SyntaxTree<'_>, id: NodeId) -> bool {
    let is_status = |id: NodeId| tree.calls(tree.bare(id), "getstatuscode");
    let is_redirect = |id: NodeId| REDIRECTS.contains(&tree.text(tree.bare(id)));
    compared(tree, id)
        .filter(|_| tree.operator(id) == "==")
        .is_some_and(|(left, right)| is_status(left) && is_redirect(right) || is_status(right) && is_redirect(left))
}

/// The sides of `a == b`, `a >= b` and `a > b`.
fn compared(tree: &SyntaxTree<'_>, id: NodeId) -> Option<(NodeId, NodeId)> {
    if tree.kind(id) != Kind::Binary || !matches!(tree.operator(id), "==" | ">=" | ">") {
        return None;
    }
    tree.part(id, Part::Left).zip(tree.part(id, Part::Right))
}

/// Whether a name, in lower case, is that of a chunk size.
fn names_a_size(name: &str) -> bool {
    let is_name = name.chars().all(|ch| ch.is_ascii_alphanumeric() || matches!(ch, '_' | '.'));
    is_name && ["chunk", "batch"].iter().any(|word| name.contains(word)) || name.ends_with("limit")
}

/// The largest of some numbers; `None` if one is unknown.
trait MaxOrUnknown {
    fn max_or_unknown(self) -> Option<i64>;
}

impl<I: Iterator<Item = Option<i64>>> MaxOrUnknown for I {
    fn max_or_unknown(self) -> Option<i64> {
        self.collect::<Option<Vec<i64>>>()?.into_iter().max()
    }
}

/// Splits a word at some characters, which are words too.
fn split_keeping<'t>(word: &'t str, at: &'t [char]) -> Vec<&'t str> {
    let mut parts = Vec::new();
    let mut rest = word;
    while let Some(found) = rest.find(at) {
        let (before, from) = rest.split_at(found);
        let (sign, after) = from.split_at(1);
        parts.extend([before, sign]);
        rest = after;
    }
    parts.push(rest);
    parts
}

/// Whether a new expression creates a list, a set or a map.
fn is_collection(tree: &SyntaxTree<'_>, id: NodeId) -> bool {
    let ty = tree.part(id, Part::Type).map(|ty| tree.lower(ty)).unwrap_or_default();
    tree.kind(id) == Kind::ArrayCreation || ["list<", "set<", "map<"].iter().any(|start| ty.starts_with(start))
}

/// The number of elements in a new list, set or map.
fn most_of_new(tree: &SyntaxTree<'_>, id: NodeId) -> Option<i64> {
    let is_holder = |child: &NodeId| matches!(tree.kind(*child), Kind::ArrayInitializer | Kind::MapInitializer);
    match tree.children(id).find(is_holder) {
        Some(holder) => {
            let elements = tree.children(holder).take(MAX_NODES).count();
            i64::try_from(elements).ok().filter(|_| elements < MAX_NODES)
        }
        None => Some(0),
    }
}

/// The maximum number of rows of a query in a text, by the limit at its end.
fn most_of_text(tree: &SyntaxTree<'_>, id: NodeId) -> Option<i64> {
    let last = tree.within(id).take(MAX_NODES).rfind(|inner| tree.is_string(*inner))?;
    if tree.span(last).end < tree.span(id).end {
        return None;
    }
    let text = tree.string(last).to_ascii_lowercase();
    let (_, limit) = text.rsplit_once("limit ")?;
    limit.trim().parse().ok()
}

/// Whether a loop over lists takes the rows of a query as one chunk.
pub(super) fn is_one_chunk(tree: &SyntaxTree<'_>, id: NodeId, most: i64) -> bool {
    let ty = tree.part(id, Part::Type).map(|ty| tree.lower(ty)).unwrap_or_default();
    let is_query = tree.part(id, Part::Value).is_some_and(|value| tree.kind(tree.bare(value)) == Kind::Query);
    is_query && most <= CHUNK && (ty.starts_with("list<") || ty.ends_with("[]"))
}

/// How a statement leaves a loop.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LoopExit {
    /// It leaves the innermost loop.
    Loop,
    /// It leaves the method.
    Method,
}

/// Whether a statement leaves the loop on every path. A `throw` inside `try` may be caught there.
pub(super) fn leaves(tree: &SyntaxTree<'_>, statement: NodeId, depth: usize) -> Option<LoopExit> {
    if depth > MAX_DEPTH {
        return None;
    }
    match tree.kind(statement) {
        Kind::Break => Some(LoopExit::Loop),
        Kind::Return => Some(LoopExit::Method),
        Kind::Throw => {
            let around = tree.above(statement).take(MAX_NODES);
            let is_caught = around.take_while(|above| !is_loop(tree.kind(*above))).any(|it| tree.kind(it) == Kind::Try);
            (!is_caught).then_some(LoopExit::Method)
        }
        Kind::Block => leaves(tree, tree.children(statement).last()?, depth + 1),
        Kind::If => {
            let holds = leaves(tree, tree.part(statement, Part::Consequence)?, depth + 1)?;
            let fails = leaves(tree, tree.part(statement, Part::Alternative)?, depth + 1)?;
            Some(if holds == fails { holds } else { LoopExit::Loop })
        }
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use crate::{Code, Unit};

    /// Whether a loop over a field repeats its callout, after these statements and before those.
    fn is_repeated(before: &str, after: &str) -> bool {
        let code = format!(
            "class A {{ List<Parcel__c> all; void add() {{ }} void run(Boolean is, Id id, List<Parcel__c> more) {{ \
             {before} for (Parcel__c one : all) {{ new Http().send(r); }} {after} }} }}"
        );
        let unit = Unit::read(Code::Class, "A", &code);
        let run = unit.methods.iter().find(|method| method.name == "run").unwrap();
        run.callouts[0].step.repeated_by.is_some()
    }

    #[test]
    fn a_field_with_one_record_is_known_until_it_may_change() {
        const ONE: &str = "all = [SELECT Id FROM Parcel__c LIMIT 1];";
        assert!(is_repeated("", "") && !is_repeated(ONE, ""));
        assert!(!is_repeated(&ONE.replace("all", "this.all"), "") && !is_repeated(ONE, "Kite.show(id); all = more;"));
        for statements in [
            format!("{ONE} all = more;"),
            format!("{ONE} this.all = more;"),
            format!("{ONE} all.addAll(more);"),
            format!("{ONE} this.all.addAll(more);"),
            format!("{ONE} add();"),
            format!("{ONE} this.add();"),
            format!("{ONE} Kite.fill(all);"),
            format!("{ONE} new Kite(this.all);"),
            format!("if (is) {{ {ONE} }}"),
        ] {
            assert!(is_repeated(&statements, ""), "{statements}");
        }
        let local = format!("List<Parcel__c> {ONE} this.all = more; this.all.addAll(more);");
        assert!(!is_repeated(&local, ""), "a variable hides the field");
    }

    #[test]
    fn a_loop_over_redirects_repeats_nothing() {
        let is_repeated = |condition: &str| {
            let code = format!(
                "class A {{ void run(Boolean is) {{ HttpResponse a = new Http().send(r); \
                 while ({condition}) {{ a = new Http().send(r); }} }} }}"
            );
            let unit = Unit::read(Code::Class, "A", &code);
            unit.methods[0].callouts[1].step.repeated_by.is_some()
        };
        for condition in [
            "a.getStatusCode() == 302",
            "a.getStatusCode() == 301 || 307 == a.getStatusCode()",
            "is && (a.getStatusCode() == 308)",
            "(a.getStatusCode() == 303 && is) || (a.getStatusCode() == 301)",
        ] {
            assert!(!is_repeated(condition), "{condition}");
        }
        for condition in [
            "is",
            "a.getStatusCode() == 202",
            "a.getStatusCode() != 302",
            "a.getStatusCode() >= 300",
            "a.getStatusCode() == 302 || a.getStatusCode() == 503",
            "a.getStatus() == 302",
            "is || a.getStatusCode() == 302",
            "!(a.getStatusCode() == 302)",
            "is && !(a.getStatusCode() == 302)",
            "a.getStatusCode() == 304",
        ] {
            assert!(is_repeated(condition), "{condition}");
        }
    }
}
