//! The body of one method: its variables, its calls, and its effects on records and outside systems.
//!
//! Uses declared types only: those of parameters, variables and fields. The result of a call has no type, so that its
//! methods are not resolved. Refuses to know other files.

use std::borrow::Cow;
use std::cell::{Cell, OnceCell, RefCell};
use std::collections::BTreeSet;

use foldhash::{HashMap, HashMapExt};

use super::context::{Context, HANDFUL};
use super::declare::{Declarations, Declared, base_type};
use super::prefilter::Words;
use super::tree::{Kind, NodeId, Part, SyntaxTree};
use super::turns::Locals;
use super::{Call, Callee, Callout, CalloutKind, Change, Class, Elements, Kinds, Loop, Method, Point, Role};
use sessionlint_source::Span;

/// A file while it is read.
pub(super) struct File<'a, 't> {
    pub(super) tree: &'a SyntaxTree<'t>,
    pub(super) contexts: &'a [Context],
    pub(super) declared: &'a Declarations,
    /// The words in its text: without them, some facts cannot occur.
    pub(super) words: Words,
    /// The types of the fields of each class, by name.
    fields: Vec<HashMap<&'a str, &'a str>>,
    /// The values of constants by class and name; computed when one is looked up.
    constants: OnceCell<Vec<HashMap<String, Option<NodeId>>>>,
    /// Names of variables with record ids; computed if a name looks like a session id.
    pub(super) record_ids: OnceCell<BTreeSet<String>>,
}

/// The types of the fields of a class, by name; the first of a name counts.
fn types_of(class: &Class) -> HashMap<&str, &str> {
    class.fields.iter().rev().map(|field| (field.name.as_str(), field.ty.as_str())).collect()
}

/// A method while it is read.
pub(super) struct Body<'a, 't> {
    pub(super) file: &'a File<'a, 't>,
    pub(super) tree: &'a SyntaxTree<'t>,
    pub(super) method: &'a Declared,
    pub(super) class: &'a Class,
    /// Types of parameters and local variables, by name.
    pub(super) variables: HashMap<&'a str, Cow<'a, str>>,
    /// The types of local variables with a namespace or an outer class, by their text in lower case.
    dotted: HashMap<Cow<'a, str>, NodeId>,
    /// Initial values of variables, by name; the first of a name counts. A variable that is declared without one has
    /// the only value that it is given.
    values: HashMap<&'a str, Option<NodeId>>,
    /// Bounds for the number of elements of its variables; computed on demand.
    locals: OnceCell<RefCell<Locals<'a>>>,
    /// The number of variables that walks through it joined.
    pub(super) joined: Cell<usize>,
}

/// Queries with a limit up to this many rows are small.
const SMALL_LIMIT: i64 = 200;

/// The maximum distance to a node around a change.
const MAX_ABOVE: usize = 200;

/// The methods of `System` and `Database` that start another transaction.
const DELEGATIONS: &[(&str, &str)] =
    &[("system", "enqueuejob"), ("database", "executebatch"), ("system", "schedule"), ("system", "schedulebatch")];

/// The prefixes of `Database` methods that change records.
const CHANGES: &[&str] = &["insert", "update", "upsert", "delete", "undelete", "merge"];

impl<'a, 't> File<'a, 't> {
    pub(super) fn new(
        tree: &'a SyntaxTree<'t>,
        contexts: &'a [Context],
        declared: &'a Declarations,
        words: Words,
    ) -> Self {
        let fields = declared.classes.iter().map(types_of).collect();
        Self { tree, contexts, declared, words, fields, constants: OnceCell::new(), record_ids: OnceCell::new() }
    }

    /// The value of the constant of a class, by the number of the class and the name in lower case.
    fn constant(&self, class: u32, name: &str) -> Option<NodeId> {
        let constants = self.constants.get_or_init(|| self.constants_by_name());
        *constants.get(class as usize)?.get(name)?
    }

    /// The first constant of each name counts.
    fn constants_by_name(&self) -> Vec<HashMap<String, Option<NodeId>>> {
        let mut all = vec![HashMap::new(); self.declared.classes.len()];
        for method in self.declared.methods.iter().filter(|method| method.role == Role::Initializer) {
            let name = method.name.to_ascii_lowercase();
            all[method.class as usize].entry(name).or_insert_with(|| self.tree.part(method.body, Part::Value));
        }
        for (class, name, value) in &self.declared.numbers {
            all[*class as usize].entry(name.clone()).or_insert(Some(*value));
        }
        all
    }

    /// The statement around a node, in which a syntax error makes the node doubtful.
    fn statement(&self, id: NodeId) -> Span {
        let tree = self.tree;
        let is_statement = |kind| {
            matches!(
                kind,
                Kind::ExpressionStatement
                    | Kind::LocalVariable
                    | Kind::Return
                    | Kind::FieldDeclaration
                    | Kind::Throw
                    | Kind::ClassBody
                    | Kind::Block
            )
        };
        let holder = tree.above(id).find(|above| is_statement(tree.kind(*above)));
        match holder {
            Some(holder) if !matches!(tree.kind(holder), Kind::Block | Kind::ClassBody) => tree.span(holder),
            _ => tree.span(id),
        }
    }

    pub(super) fn is_doubtful(&self, id: NodeId) -> bool {
        !self.tree.errors.is_empty() && self.tree.is_doubtful(self.statement(id))
    }

    /// Whether a node only runs in tests.
    pub(super) fn is_for_tests(&self, id: NodeId) -> bool {
        self.contexts.get(id as usize).is_some_and(|context| context.kinds == Kinds::NONE)
    }

    /// The point of a node in the method.
    pub(super) fn step(&self, id: NodeId) -> Point {
        let Context { repeated_by, is_per_chunk, kinds } = self.contexts[id as usize];
        Point {
            span: self.tree.span(id),
            repeated_by: repeated_by.map(|id| self.head(id)),
            is_per_chunk,
            kinds,
            is_doubtful: self.is_doubtful(id),
        }
    }

    /// The head of a loop: the part before its body; for `do`, the keyword.
    fn head(&self, id: NodeId) -> Span {
        let tree = self.tree;
        let span = tree.span(id);
        let body = tree.part(id, Part::Body).map_or(span.end, |body| tree.span(body).start);
        let head = Span { start: span.start, end: body };
        Span { end: head.start + tree.slice(head).trim_end().len() as u32, ..head }
    }
}

impl<'a, 't> Body<'a, 't> {
    pub(super) fn new(file: &'a File<'a, 't>, method: &'a Declared) -> Self {
        let tree = file.tree;
        let mut variables: HashMap<&str, Cow<'_, str>> =
            method.parameters.iter().map(|it| (it.name.as_str(), Cow::Borrowed(it.ty.as_str()))).collect();
        let mut values: HashMap<&str, Option<NodeId>> = HashMap::new();
        let mut later: HashMap<&str, Option<NodeId>> = HashMap::new();
        let mut dotted = HashMap::new();
        for id in tree.within(method.body) {
            match tree.kind(id) {
                Kind::Declarator => {
                    if let Some(name) = tree.part(id, Part::Name) {
                        values.entry(tree.lower(name)).or_insert_with(|| tree.part(id, Part::Value));
                    }
                }
                Kind::Assignment if tree.operator(id) == "=" => {
                    let name = tree.part(id, Part::Left).filter(|left| tree.kind(*left) == Kind::Identifier);
                    let name = name.map(|name| tree.lower(name)).filter(|name| values.get(name) == Some(&None));
                    if let Some(name) = name {
                        let value = tree.part(id, Part::Right);
                        later.entry(name).and_modify(|several| *several = None).or_insert(value);
                    }
                }
                Kind::LocalVariable => {
                    let declared = tree.part(id, Part::Type);
                    let ty = declared.map(|ty| tree.type_name(ty)).unwrap_or_default();
                    if let Some(declared) = declared.filter(|_| ty.contains('.')) {
                        dotted.insert(ty.clone(), declared);
                    }
                    for declarator in tree.children(id) {
                        if let Some(name) = tree.part(declarator, Part::Name) {
                            variables.insert(tree.lower(name), ty.clone());
                        }
                    }
                }
                Kind::EnhancedFor | Kind::FormalParameter => {
                    if let (Some(ty), Some(name)) = (tree.part(id, Part::Type), tree.part(id, Part::Name)) {
                        variables.insert(tree.lower(name), tree.type_name(ty));
                    }
                }
                _ => {}
            }
        }
        values.extend(later);
        let class = &file.declared.classes[method.class as usize];
        Self { file, tree, method, class, variables, dotted, values, locals: OnceCell::new(), joined: Cell::new(0) }
    }

    /// All nodes of the method.
    pub(super) fn nodes(&self) -> impl Iterator<Item = NodeId> + use<> {
        self.tree.within(self.method.body)
    }

    /// The declared type of a field of the class or an enclosing class.
    pub(super) fn field_type(&self, name: &str) -> Option<&str> {
        let mut class = Some(self.method.class);
        while let Some(at) = class {
            if let Some(ty) = self.file.fields[at as usize].get(name) {
                return Some(ty);
            }
            class = self.file.declared.classes[at as usize].outer;
        }
        None
    }

    /// The declared type of an expression, in lower case.
    pub(super) fn type_of(&self, id: NodeId) -> Option<Cow<'_, str>> {
        let tree = self.tree;
        let id = tree.bare(id);
        match tree.kind(id) {
            Kind::Identifier => {
                let name = tree.lower(id);
                let ty = self.variables.get(name).map(AsRef::as_ref).or_else(|| self.field_type(name));
                ty.map(Cow::Borrowed)
            }
            Kind::FieldAccess => {
                let object = tree.part(id, Part::Object)?;
                let field = tree.lower(tree.part(id, Part::Element)?);
                self.field_type(field).filter(|_| self.is_own(object)).map(Cow::Borrowed)
            }
            Kind::New | Kind::Cast => tree.part(id, Part::Type).map(|ty| tree.type_name(ty)),
            Kind::StringLiteral | Kind::LongStringLiteral => Some(Cow::Borrowed("string")),
            _ => None,
        }
    }

    /// Whether an expression is `this` or the name of the own class.
    pub(super) fn is_own(&self, object: NodeId) -> bool {
        self.tree.is_own(object, &self.class.name)
    }

    /// A type in lower case as the method writes it, if that is known: the one with a namespace of a local variable.
    pub(super) fn written_type(&self, ty: &str) -> Option<String> {
        self.dotted.get(ty).map(|declared| self.tree.shown(*declared))
    }

    /// The target of a call by its object and name.
    pub(super) fn callee(&self, id: NodeId) -> Callee {
        let tree = self.tree;
        if tree.kind(id) == Kind::New {
            let ty = tree.part(id, Part::Type).map(|ty| tree.type_name(ty));
            return ty.map_or(Callee::Unknown, |ty| Callee::New(base_type(&ty).to_owned()));
        }
        if tree.kind(id) == Kind::ExplicitConstructor {
            let is_super = tree.text(id).trim_start().to_ascii_lowercase().starts_with("super");
            let own = || Some(self.class.full_name.to_lowercase());
            let class = if is_super { self.class.superclass.clone() } else { own() };
            return class.map_or(Callee::Unknown, Callee::New);
        }
        let Some(name) = tree.part(id, Part::Name).map(|name| tree.lower(name)) else { return Callee::Unknown };
        let Some(object) = tree.part(id, Part::Object) else { return Callee::Own(name.to_owned()) };
        let object = tree.bare(object);
        match tree.kind(object) {
            Kind::This => return Callee::Own(name.to_owned()),
            Kind::Super => return Callee::Super(name.to_owned()),
            _ => {}
        }
        if let Some(ty) = self.type_of(object) {
            return Callee::Of(base_type(&ty).to_owned(), name.to_owned());
        }
        self.class_named(object).map_or(Callee::Unknown, |class| Callee::Of(class, name.to_owned()))
    }

    /// The class that an expression names: identifiers with dots, the first of which is not a variable.
    fn class_named(&self, id: NodeId) -> Option<String> {
        let tree = self.tree;
        let first = tree.within(id).find(|inner| !matches!(tree.kind(*inner), Kind::FieldAccess))?;
        let is_path = tree.within(id).all(|inner| matches!(tree.kind(inner), Kind::FieldAccess | Kind::Identifier));
        let name = tree.lower(first);
        if !is_path || self.variables.contains_key(name) || self.field_type(name).is_some() {
            return None;
        }
        Some(tree.type_name(id).into_owned())
    }

    /// Whether a path with dots surely names a text or a description of the org instead of a value that code got: a
    /// label, a page, an object or a field of one.
    pub(super) fn is_declared_in_org(&self, path: NodeId) -> bool {
        let tree = self.tree;
        let Some(object) = tree.part(path, Part::Object).and_then(|object| self.class_named(object)) else {
            return false;
        };
        let (first, is_one) = object.split_once('.').map_or((object.as_str(), true), |(first, _)| (first, false));
        if matches!(first, "label" | "page" | "schema" | "sobjecttype") {
            return true;
        }
        // No member of a class is called so. A class may inherit a variable with an unknown name.
        let is_custom = |name: &str| ["__c", "__mdt", "__e", "__b"].iter().any(|end| name.ends_with(end));
        let is_field = tree.part(path, Part::Element).is_some_and(|element| is_custom(tree.lower(element)));
        let is_object = is_custom(first)
            || tree.text(path).starts_with(|ch: char| ch.is_ascii_uppercase())
                && self.class.superclass.is_none()
                && self.class.outer.is_none();
        is_one && is_field && is_object
    }

    /// The string literal at the start of an expression, through one variable or constant; for other expressions, the
    /// first one in it.
    pub(super) fn literal(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        let mut first = tree.bare(id);
        while tree.kind(first) == Kind::Binary {
            let Some(left) = tree.part(first, Part::Left) else { break };
            first = tree.bare(left);
        }
        let string_in = |id: NodeId| tree.within(id).find(|inner| tree.is_string(*inner));
        if tree.is_string(first) {
            return Some(first);
        }
        self.value_of(first).and_then(string_in).or_else(|| string_in(id))
    }

    /// The string literals of an expression, or of the variable or constant that it names.
    pub(super) fn literals(&self, id: NodeId) -> Vec<NodeId> {
        let tree = self.tree;
        let id = tree.bare(id);
        let whole = self.value_of(id).unwrap_or(id);
        tree.within(whole).filter(|inner| tree.is_string(*inner)).take(200).collect()
    }

    /// The initial value of a variable or constant.
    pub(super) fn value_of(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        let local = |name| self.values.get(name).copied().flatten();
        let constant = |name| self.file.constant(self.method.class, name);
        match tree.kind(id) {
            // A variable hides the constant of its name, whatever its value.
            Kind::Identifier if self.variables.contains_key(tree.lower(id)) => local(tree.lower(id)),
            Kind::Identifier => local(tree.lower(id)).or_else(|| constant(tree.lower(id))),
            _ => self.own_constant(id),
        }
    }

    /// The value of a constant that is named with its class.
    fn own_constant(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        tree.part(id, Part::Object).filter(|object| tree.kind(id) == Kind::FieldAccess && self.is_own(*object))?;
        self.file.constant(self.method.class, tree.lower(tree.part(id, Part::Element)?))
    }

    /// The value with which a variable or constant starts, if that is its only one.
    pub(super) fn start_of(&self, id: NodeId) -> Option<NodeId> {
        let tree = self.tree;
        match tree.kind(id) {
            Kind::Identifier if self.variables.contains_key(tree.lower(id)) => {
                let name = tree.lower(id);
                let is_parameter = self.method.parameters.iter().any(|it| it.name == name);
                if is_parameter { None } else { self.locals().borrow().start(name) }
            }
            Kind::Identifier => self.file.constant(self.method.class, tree.lower(id)),
            _ => self.own_constant(id),
        }
    }

    /// Whether nothing is added to a variable or constant.
    pub(super) fn has_one_value(&self, id: NodeId) -> bool {
        let name = self.tree.lower(id);
        !self.variables.contains_key(name) || !self.locals().borrow().may_grow(name)
    }

    /// The whole number of an expression, through one variable or constant.
    pub(super) fn number(&self, id: NodeId) -> Option<i64> {
        let tree = self.tree;
        let id = tree.bare(id);
        let id = if tree.kind(id) == Kind::Int { id } else { self.value_of(id)? };
        if tree.kind(id) != Kind::Int {
            return None;
        }
        tree.text(id).trim_end_matches(['l', 'L']).parse().ok()
    }

    /// Whether a call is `object.name(...)`, both in lower case, with or without `System.`.
    pub(super) fn is_call(&self, id: NodeId, object: &str, name: &str) -> bool {
        let tree = self.tree;
        let called = tree.part(id, Part::Name);
        let on = tree.part(id, Part::Object);
        called.is_some_and(|called| tree.text(called).eq_ignore_ascii_case(name))
            && on.is_some_and(|on| tree.is_type(on, object))
    }

    /// The facts of the method.
    pub(super) fn read(&self) -> Method {
        let Declared { class, name, name_node, role, is_webservice, .. } = self.method;
        let mut read = Method {
            class: *class,
            name: name.clone(),
            name_span: self.tree.span(*name_node),
            role: *role,
            parameters: Vec::new(),
            annotations: Vec::new(),
            is_webservice: *is_webservice,
            calls: Vec::new(),
            callouts: Vec::new(),
            changes: Vec::new(),
            loops: Vec::new(),
            gives_session: false,
            sends: Vec::new(),
            passes: Vec::new(),
            gives_few: self.gives_few(),
            unbounded: Vec::new(),
            timeouts: Vec::new(),
            endpoints: Vec::new(),
        };
        for id in self.nodes() {
            match self.tree.kind(id) {
                Kind::Call => self.call(id, &mut read),
                // `this(...)` and `super(...)` are explicit.
                Kind::New | Kind::ExplicitConstructor => read.calls.push(self.call_of(id, false)),
                Kind::Dml => read.changes.push(self.change(id, self.first_word(id))),
                Kind::Query if self.is_unbounded(id) => read.unbounded.push(self.file.step(id)),
                Kind::Assignment => self.assignment(id, &mut read),
                Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do => {
                    let (head, whole, over) = (self.file.head(id), self.tree.span(id), self.looped_over(id));
                    read.loops.push(Loop { head, whole, over });
                }
                _ => {}
            }
        }
        read
    }

    fn first_word(&self, id: NodeId) -> String {
        let word = self.tree.lower(id).split_whitespace().next().unwrap_or_default();
        self.tree.text(id).get(..word.len()).unwrap_or_default().to_owned()
    }

    fn call_of(&self, id: NodeId, is_delegation: bool) -> Call {
        let arguments = self.tree.arguments(id);
        Call {
            step: self.file.step(id),
            callee: self.callee(id),
            arguments: arguments.len(),
            elements: arguments.into_iter().map(|argument| self.elements(argument)).collect(),
            is_delegation,
            is_in_catch: self.is_in_catch(id),
        }
    }

    fn locals(&self) -> &RefCell<Locals<'a>> {
        self.locals.get_or_init(|| RefCell::new(Locals::of(self.tree, self.method.node)))
    }

    /// Whether an expression can have several elements, by its form or its declared type.
    fn is_collection(&self, id: NodeId) -> bool {
        match self.tree.kind(id) {
            Kind::Query | Kind::ArrayCreation => true,
            Kind::New | Kind::Identifier => self.type_of(id).is_some_and(|ty| {
                ty.ends_with("[]") || ["list<", "set<", "map<"].iter().any(|start| ty.starts_with(start))
            }),
            _ => false,
        }
    }

    /// Whether an expression names a variable that the method does not set up: a field or a parameter.
    fn is_of_others(&self, id: NodeId) -> bool {
        let tree = self.tree;
        let text = tree.text(id);
        tree.kind(id) == Kind::Identifier
            && (self.method.parameters.iter().any(|it| text.eq_ignore_ascii_case(&it.name))
                || !self.variables.contains_key(tree.lower(id)))
    }

    fn is_few(&self, id: NodeId) -> bool {
        // Nothing is known of others' variables.
        if self.is_of_others(id) {
            return false;
        }
        let most = self.locals().borrow_mut().most(self.tree, id, &|_| None);
        most.is_some_and(|most| most <= HANDFUL)
    }

    /// A bound for the number of elements of an argument.
    fn elements(&self, id: NodeId) -> Elements {
        let tree = self.tree;
        let id = tree.bare(id);
        if tree.kind(id) == Kind::Call {
            return Elements::Given(tree.span(id));
        }
        if !self.is_collection(id) {
            return Elements::Unknown;
        }
        if self.is_few(id) {
            return Elements::Few;
        }
        let given = if self.is_of_others(id) { None } else { self.locals().borrow().given(tree, tree.lower(id)) };
        given.map_or(Elements::Unknown, |call| Elements::Given(tree.span(call)))
    }

    /// Whether the method returns few elements on every path.
    fn gives_few(&self) -> bool {
        let tree = self.tree;
        let mut all =
            self.nodes().filter(|id| tree.kind(*id) == Kind::Return).filter_map(|id| tree.children(id).next());
        let is_few = |value: NodeId| {
            let value = tree.bare(value);
            tree.kind(value) == Kind::Null || self.is_collection(value) && self.is_few(value)
        };
        all.next().is_some_and(is_few) && all.all(is_few)
    }

    /// Whether a name in lower case is that of a parameter with the value that the caller gave.
    pub(super) fn is_given(&self, name: &str) -> bool {
        self.method.parameters.iter().any(|it| it.name == name) && !self.locals().borrow().is_set(name)
    }

    /// The parameter that a loop iterates over; `None` if the method assigns it.
    fn looped_over(&self, id: NodeId) -> Option<usize> {
        let tree = self.tree;
        let value =
            tree.part(id, Part::Value).map(|value| tree.bare(value)).filter(|_| tree.kind(id) == Kind::EnhancedFor)?;
        let name = tree.lower(value);
        let index = self.method.parameters.iter().position(|it| it.name == name)?;
        (!self.locals().borrow().is_set(name)).then_some(index)
    }

    /// Whether a node is in a `catch`, inside the loop around it.
    fn is_in_catch(&self, id: NodeId) -> bool {
        let tree = self.tree;
        if self.file.contexts[id as usize].repeated_by.is_none() {
            return false;
        }
        let is_end = |kind| matches!(kind, Kind::For | Kind::EnhancedFor | Kind::While | Kind::Do | Kind::ClassBody);
        let around = tree.above(id).take(MAX_ABOVE).map(|above| tree.kind(above));
        around.take_while(|kind| !is_end(*kind)).any(|kind| kind == Kind::CatchClause)
    }

    fn call(&self, id: NodeId, read: &mut Method) {
        let tree = self.tree;
        let called = tree.part(id, Part::Name).map(|name| tree.text(name)).unwrap_or_default();
        let hands_on =
            |(object, name): &(&str, &str)| called.eq_ignore_ascii_case(name) && self.is_call(id, object, name);
        let is_delegation = DELEGATIONS.iter().any(hands_on);
        let made = self.call_of(id, is_delegation);
        let Callee::Of(ty, name) = &made.callee else {
            read.calls.push(made);
            return;
        };
        let arguments = tree.arguments(id);
        let callout = match (ty.as_str(), name.as_str()) {
            ("http", "send") if arguments.len() == 1 => Some(CalloutKind::Http),
            ("webservicecallout", "invoke") => Some(CalloutKind::WebService),
            _ => None,
        };
        if let Some(kind) = callout {
            read.callouts.push(Callout { step: made.step, kind });
        } else if ty == "database" && CHANGES.iter().any(|change| name.starts_with(change)) {
            let text = tree.part(id, Part::Name).map(|name| format!("Database.{}", tree.text(name)));
            read.changes.push(self.change(id, text.unwrap_or_default()));
        } else if ty == "database" && matches!(name.as_str(), "query" | "querywithbinds") {
            read.unbounded.push(made.step);
        } else if name == "settimeout" {
            let set = arguments.first().and_then(|first| self.number(*first));
            read.timeouts.extend(set.map(|set| (made.step, set)));
        } else if name == "setendpoint" {
            self.endpoint(arguments.first().copied(), read);
        } else {
            read.calls.push(made);
        }
    }

    fn endpoint(&self, value: Option<NodeId>, read: &mut Method) {
        let literal = value.and_then(|value| self.literal(value));
        read.endpoints.extend(literal.map(|it| (self.tree.span(it), self.tree.string(it).to_owned())));
    }

    /// Generated code assigns fields instead of calling setters.
    fn assignment(&self, id: NodeId, read: &mut Method) {
        let tree = self.tree;
        let Some((left, right)) = tree.assignment(id) else { return };
        let name = if tree.kind(left) == Kind::FieldAccess { tree.part(left, Part::Element) } else { Some(left) };
        match name.map(|name| tree.lower(name)) {
            Some("timeout_x") => {
                let set = self.number(right);
                read.timeouts.extend(set.map(|set| (self.file.step(id), set)));
            }
            Some("endpoint_x") => self.endpoint(Some(right), read),
            _ => {}
        }
    }

    fn change(&self, id: NodeId, text: String) -> Change {
        let tree = self.tree;
        let mut inner = id;
        let mut branch = tree.span(self.method.body);
        for above in tree.above(id).take_while(|above| *above >= self.method.body).take(MAX_ABOVE) {
            let part = tree.node(inner).part;
            let is_branch = match tree.kind(above) {
                Kind::If | Kind::Ternary => matches!(part, Part::Consequence | Part::Alternative),
                Kind::CatchClause => true,
                _ => false,
            };
            if is_branch || tree.kind(above) == Kind::SwitchRule {
                branch = tree.span(inner);
                break;
            }
            inner = above;
        }
        let is_in_branch = branch != tree.span(self.method.body);
        let is_in_catch = self.is_in_catch(id);
        Change { step: self.file.step(id), text, branch, is_in_branch, is_in_catch }
    }

    /// Whether a query has no small limit. One that only counts returns one row.
    fn is_unbounded(&self, id: NodeId) -> bool {
        let tree = self.tree;
        let text = tree.lower(id);
        let counts = text.trim_start_matches(['[', ' ', '\n', '\r', '\t']).strip_prefix("select").is_some_and(|rest| {
            let fields = rest.split("from").next().unwrap_or(rest);
            ["count(", "sum(", "max(", "min(", "avg("].iter().any(|word| fields.contains(word))
        });
        let is_search = text.trim_start_matches(['[', ' ', '\n', '\r', '\t']).starts_with("find");
        let Some(body) = tree.children(id).next() else { return false };
        let limit = tree.child(body, Kind::LimitClause);
        let is_small = limit.is_some_and(|limit| match tree.child(limit, Kind::Int) {
            Some(number) => tree.text(number).parse::<i64>().is_ok_and(|number| number <= SMALL_LIMIT),
            // The value of a variable is unknown, and an unknown value gives no fact.
            None => true,
        });
        !counts && !is_search && !is_small
    }
}
