//! Text to a flat tree, by tree-sitter and its grammar of Apex.
//!
//! The parser repairs errors and goes on, so that every text has a tree; a text on which it spends too many steps has
//! none. May assume nothing of the text. Nothing here knows what a node means.

use std::cell::Cell;
use std::ops::ControlFlow;
use std::sync::LazyLock;

use tree_sitter::{Language, ParseOptions, ParseState, Parser, TreeCursor};

use super::tree::{Kind, Node, Part, SyntaxTree, comparable};
use sessionlint_source::Span;

/// The grammar, and what its numbers for nodes and parts stand for.
struct Grammar {
    language: Language,
    kinds: Vec<Kind>,
    parts: Vec<Part>,
}

static GRAMMAR: LazyLock<Grammar> = LazyLock::new(|| {
    let language: Language = tree_sitter_sfapex::apex::LANGUAGE.into();
    let kind = |id: usize| kind_named(language.node_kind_for_id(id as u16).unwrap_or_default());
    let part = |id: usize| part_named(language.field_name_for_id(id as u16).unwrap_or_default());
    let kinds = (0..language.node_kind_count()).map(kind).collect();
    // Fields are counted from 1.
    let parts = (0..=language.field_count()).map(part).collect();
    Grammar { language, kinds, parts }
});

/// Reports of progress that a text may cost before it is given up: so many, and one more for so many bytes. A report
/// stands for some hundred steps; code that fits the grammar costs one for a hundred bytes, what was tried against the
/// parser one for twelve.
const BASE_BUDGET: usize = 2_000;
const BYTES_PER_REPORT: usize = 4;

/// `a<a<a<` that nothing closes costs the parser memory with the square of its length. Code has none of it.
const MAX_OPEN: usize = 200;

/// The tree of a text; `None` where the parser gave up.
pub(super) fn parse(text: &str) -> SyntaxTree<'_> {
    tree_of(text).unwrap_or_else(|| SyntaxTree {
        text,
        lower: comparable(text, &[]),
        nodes: vec![Node { kind: Kind::Other, part: Part::Other, parent: 0, next: 1, span: Span::new(0, text.len()) }],
        comments: Vec::new(),
        errors: vec![Span::new(0, text.len())],
    })
}

fn tree_of(text: &str) -> Option<SyntaxTree<'_>> {
    if open_brackets(text) > MAX_OPEN {
        return None;
    }
    // A parser that was used keeps its memory. What it gave up would go on with the next text.
    let mut parser = PARSER.take().or_else(new_parser)?;
    parser.reset();
    let tree = parse_with(&mut parser, text);
    PARSER.set(Some(parser));
    tree
}

thread_local! {
    static PARSER: Cell<Option<Parser>> = const { Cell::new(None) };
}

fn new_parser() -> Option<Parser> {
    let mut parser = Parser::new();
    parser.set_language(&GRAMMAR.language).ok()?;
    Some(parser)
}

fn parse_with<'t>(parser: &mut Parser, text: &'t str) -> Option<SyntaxTree<'t>> {
    let budget = BASE_BUDGET + text.len() / BYTES_PER_REPORT;
    let mut spent = 0;
    let mut watch = |_: &ParseState| {
        spent += 1;
        if spent > budget { ControlFlow::Break(()) } else { ControlFlow::Continue(()) }
    };
    let bytes = text.as_bytes();
    let mut read = |at: usize, _| bytes.get(at..).unwrap_or_default();
    let options = ParseOptions::new().progress_callback(&mut watch);
    let parsed = parser.parse_with_options(&mut read, None, Some(options))?;
    // Of the parser's nodes, those without a name are left out: about half.
    let room = parsed.root_node().descendant_count() / 2;
    Some(flatten(text, room, &mut parsed.walk()))
}

/// How many `<` stand right inside another, with nothing but a name between, and are not closed in their statement;
/// literals and comments aside.
fn open_brackets(text: &str) -> usize {
    let bytes = text.as_bytes();
    // For each open bracket of the statement, whether it stands right inside the one before.
    let mut open: Vec<bool> = Vec::new();
    let mut is_name_since = false;
    let mut total = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        let rest = &bytes[at..];
        let skipped = match byte {
            b'\'' => literal_length(rest),
            b'/' if rest.starts_with(b"//") => memchr::memchr(b'\n', rest).unwrap_or(rest.len()),
            b'/' if rest.starts_with(b"/*") => {
                memchr::memmem::find(&rest[2..], b"*/").map_or(rest.len(), |found| found + 4)
            }
            _ => 0,
        };
        if skipped > 0 {
            at += skipped;
            continue;
        }
        match byte {
            b'<' => {
                open.push(is_name_since && !open.is_empty());
                is_name_since = true;
            }
            b'>' => {
                open.pop();
                is_name_since = false;
            }
            b';' | b'{' | b'}' => {
                total += open.drain(..).filter(|is_direct| *is_direct).count();
                is_name_since = false;
            }
            _ if byte.is_ascii_alphanumeric() || byte.is_ascii_whitespace() || matches!(byte, b'_' | b'.') => {}
            _ => is_name_since = false,
        }
        at += 1;
    }
    total + open.into_iter().filter(|is_direct| *is_direct).count()
}

/// The length of a literal with its quotes; an open one ends with its line.
fn literal_length(bytes: &[u8]) -> usize {
    let mut at = 1;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'\\' => at += 2,
            b'\'' | b'\n' => return at + 1,
            _ => at += 1,
        }
    }
    bytes.len()
}

fn flatten<'t>(text: &'t str, room: usize, cursor: &mut TreeCursor<'_>) -> SyntaxTree<'t> {
    let mut tree = SyntaxTree {
        text,
        lower: String::new(),
        nodes: Vec::with_capacity(room),
        comments: Vec::new(),
        errors: Vec::new(),
    };
    let mut open: Vec<u32> = Vec::new();
    loop {
        let kept = keep(&mut tree, cursor, open.last().copied().unwrap_or(0));
        if kept.is_descended && cursor.goto_first_child() {
            open.push(kept.holder);
            continue;
        }
        loop {
            if cursor.goto_next_sibling() {
                break;
            }
            if !cursor.goto_parent() {
                return close(tree);
            }
            open.pop();
        }
    }
}

/// What became of a node of the parser's tree.
struct Kept {
    /// The node that what is below it belongs to.
    holder: u32,
    is_descended: bool,
}

fn keep(tree: &mut SyntaxTree<'_>, cursor: &TreeCursor<'_>, parent: u32) -> Kept {
    let node = cursor.node();
    let span = Span::new(node.start_byte(), node.end_byte());
    if node.is_extra() && !node.is_error() {
        tree.comments.push(span);
        return Kept { holder: parent, is_descended: false };
    }
    if node.is_error() || node.is_missing() {
        tree.errors.push(span);
    }
    if !node.is_named() || node.is_missing() {
        return Kept { holder: parent, is_descended: false };
    }
    let kind = GRAMMAR.kinds.get(usize::from(node.kind_id())).copied().unwrap_or(Kind::Other);
    let kind = if node.is_error() { Kind::Other } else { kind };
    let part = cursor.field_id().and_then(|id| GRAMMAR.parts.get(usize::from(id.get()))).copied();
    let id = tree.nodes.len() as u32;
    tree.nodes.push(Node { kind, part: part.unwrap_or(Part::Other), parent, next: id + 1, span });
    // What lies in a range that does not fit may be anything.
    Kept { holder: id, is_descended: !node.is_error() || id == 0 }
}

/// Sets for every node where those below it end.
fn close(mut tree: SyntaxTree<'_>) -> SyntaxTree<'_> {
    tree.lower = comparable(tree.text, &tree.comments);
    for id in (1..tree.nodes.len()).rev() {
        let Node { parent, next, .. } = tree.nodes[id];
        let above = &mut tree.nodes[parent as usize];
        above.next = above.next.max(next);
    }
    tree.errors.sort_unstable();
    tree
}

/// The kind whose name in the grammar is `name`. What of the grammar nobody asks for is anything else.
fn kind_named(name: &str) -> Kind {
    match name {
        "accessor_declaration" => Kind::AccessorDeclaration,
        "annotation" => Kind::Annotation,
        "argument_list" => Kind::ArgumentList,
        "array_access" => Kind::ArrayAccess,
        "array_creation_expression" => Kind::ArrayCreation,
        "array_initializer" => Kind::ArrayInitializer,
        "assignment_expression" => Kind::Assignment,
        "binary_expression" => Kind::Binary,
        "block" => Kind::Block,
        "boolean" => Kind::Boolean,
        "break_statement" => Kind::Break,
        "cast_expression" => Kind::Cast,
        "catch_clause" => Kind::CatchClause,
        "class_body" => Kind::ClassBody,
        "class_declaration" => Kind::ClassDeclaration,
        "constructor_body" => Kind::ConstructorBody,
        "constructor_declaration" => Kind::ConstructorDeclaration,
        "continue_statement" => Kind::Continue,
        "variable_declarator" => Kind::Declarator,
        "dml_expression" => Kind::Dml,
        "do_statement" => Kind::Do,
        "enhanced_for_statement" => Kind::EnhancedFor,
        "enum_declaration" => Kind::EnumDeclaration,
        "explicit_constructor_invocation" => Kind::ExplicitConstructor,
        "expression_statement" => Kind::ExpressionStatement,
        "field_access" => Kind::FieldAccess,
        "field_declaration" => Kind::FieldDeclaration,
        "for_statement" => Kind::For,
        "formal_parameter" => Kind::FormalParameter,
        "formal_parameters" => Kind::FormalParameters,
        "identifier" => Kind::Identifier,
        "if_statement" => Kind::If,
        "int" => Kind::Int,
        "interface_declaration" => Kind::InterfaceDeclaration,
        "interfaces" => Kind::Interfaces,
        "limit_clause" => Kind::LimitClause,
        "local_variable_declaration" => Kind::LocalVariable,
        "map_key_initializer" => Kind::MapEntry,
        "map_initializer" => Kind::MapInitializer,
        "method_declaration" => Kind::MethodDeclaration,
        "method_invocation" => Kind::Call,
        "modifier" => Kind::Modifier,
        "modifiers" => Kind::Modifiers,
        "object_creation_expression" => Kind::New,
        "null_literal" => Kind::Null,
        "parenthesized_expression" => Kind::Parenthesized,
        "query_expression" => Kind::Query,
        "return_statement" => Kind::Return,
        "static_initializer" => Kind::StaticInitializer,
        "storage_identifier" => Kind::StorageIdentifier,
        "string_literal" => Kind::StringLiteral,
        "multi_line_string_literal" => Kind::LongStringLiteral,
        "super" => Kind::Super,
        "superclass" => Kind::Superclass,
        "switch_rule" => Kind::SwitchRule,
        "ternary_expression" => Kind::Ternary,
        "this" => Kind::This,
        "throw_statement" => Kind::Throw,
        "trigger_declaration" => Kind::TriggerDeclaration,
        "try_statement" => Kind::Try,
        "type_list" => Kind::TypeList,
        "unary_expression" => Kind::Unary,
        "update_expression" => Kind::Update,
        "where_clause" => Kind::Where,
        "while_statement" => Kind::While,
        _ => Kind::Other,
    }
}

/// The part whose name in the grammar is `name`.
fn part_named(name: &str) -> Part {
    match name {
        "alternative" => Part::Alternative,
        "arguments" => Part::Arguments,
        "body" => Part::Body,
        "condition" => Part::Condition,
        "consequence" => Part::Consequence,
        "declarator" => Part::Declarator,
        "field" => Part::Element,
        "init" => Part::Init,
        "key" => Part::Key,
        "left" => Part::Left,
        "name" => Part::Name,
        "object" => Part::Object,
        "operand" => Part::Operand,
        "parameters" => Part::Parameters,
        "right" => Part::Right,
        "target" => Part::Target,
        "type" => Part::Type,
        "update" => Part::Update,
        "value" => Part::Value,
        _ => Part::Other,
    }
}
