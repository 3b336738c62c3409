//! Reads the facts of a class or trigger: parses it, reads declarations and methods, and drops the tree.
//!
//! Refuses to know the project: `graph` resolves calls, and `facts` decides what a fact means.

use super::body::{Body, File};
use super::declare::{Declarations, declarations};
use super::lexer::{T, Token, lex};
use super::prefilter::Words;
use super::tree::{Kind, SyntaxTree};
use super::{Code, Method, Revocation, Unit, context, leak, literal, suppression, syntax, taint, token};
use sessionlint_source::{Span, conflict};

/// What a retrieve shows of a managed package's class: this, on a line of its own, in place of a body.
const HIDDEN: &str = "(hidden)";

/// Triggers on this event run when a session ends.
const LOGOUT_EVENT: &str = "logouteventstream";

pub(super) fn read(code: Code, name: &str, text: &str, words: Words) -> Unit {
    let mut unit = Unit::empty(code, name);
    if text.contains(HIDDEN) && text.lines().any(|line| line.trim() == HIDDEN) {
        unit.is_hidden = true;
        return unit;
    }
    let tree = syntax::parse(text);
    unit.is_partly_read = !tree.errors.is_empty();
    let declared = declarations(&tree);
    let contexts = context::contexts(&tree, &declared, words.may_check_transaction());
    let file = File::new(&tree, &contexts, &declared, words);
    unit.allowances = suppression::read(&tree, &declared);
    trigger(&tree, &mut unit);
    facts(&file, &mut unit);
    let Declarations { classes, methods, .. } = declared;
    let mut tested = methods.into_iter().filter(|method| !method.is_test);
    for method in &mut unit.methods {
        if let Some(declared) = tested.next() {
            method.parameters = declared.parameters;
            method.annotations = declared.annotations;
        }
    }
    unit.classes = classes;
    match conflict(text) {
        None => unit,
        // Other files may call it.
        Some(line) => Unit {
            conflict: Some(line),
            is_partly_read: true,
            methods: unit.methods,
            classes: unit.classes,
            ..Unit::empty(code, name)
        },
    }
}

/// The first line that a merge conflict left, outside comments and texts: no valid code has such a line.
fn conflict(text: &str) -> Option<Span> {
    let mut lines = conflict::all(text).peekable();
    lines.peek()?;
    let tokens = lex(text).tokens;
    let is_angle = |token: &Token| matches!(token.kind, T::Less | T::Greater);
    lines.find(|line| {
        let found = tokens.binary_search_by_key(&line.start, |token| token.start);
        found.is_ok_and(|at| is_angle(&tokens[at]))
    })
}

fn facts(file: &File<'_, '_>, unit: &mut Unit) {
    let methods = file.declared.methods.iter().filter(|method| !method.is_test);
    let bodies: Vec<Body<'_, '_>> = methods.map(|method| Body::new(file, method)).collect();
    unit.methods = bodies.iter().map(|body| sorted(body.read())).collect();
    taint::read(&bodies, unit);
    literal::read(&bodies, unit);
    token::read(&bodies, unit);
    leak::read(&bodies, unit);
}

fn sorted(mut method: Method) -> Method {
    method.calls.sort_by_key(|call| call.step.span);
    method
}

fn trigger(tree: &SyntaxTree<'_>, unit: &mut Unit) {
    let Some(declaration) = tree.all().find(|id| tree.kind(*id) == Kind::TriggerDeclaration) else { return };
    // The object is the one part of a declaration that is called so and is no expression.
    let object = tree.children(declaration).filter(|child| tree.kind(*child) == Kind::Identifier).nth(1);
    let Some(object) = object else { return };
    let name = tree.lower(object);
    if name == LOGOUT_EVENT {
        unit.revocations.push(Revocation { method: None, kind: "logout-event-trigger", span: tree.span(object) });
    }
    unit.object = Some(name.to_owned());
}
