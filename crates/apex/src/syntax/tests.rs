use proptest::prelude::*;

use super::*;

/// The relevant nodes of a tree, each with its part and text, indented by depth.
fn shown(text: &str) -> String {
    let tree = parse(text);
    check(&tree);
    let is_shown = |id: &u32| tree.kind(*id) != Kind::Other || tree.node(*id).part != Part::Other;
    let line = |id: u32| {
        let depth = tree.above(id).filter(is_shown).count();
        let part = tree.node(id).part;
        let part = if part == Part::Other { String::new() } else { format!(" as {part:?}") };
        let words = tree.text(id).split_whitespace().collect::<Vec<_>>().join(" ");
        let start: String = words.chars().take(24).collect();
        format!("{}{:?}{part}: {start}\n", "  ".repeat(depth), tree.kind(id))
    };
    tree.all().filter(is_shown).map(line).collect()
}

/// What holds of every tree.
fn check(tree: &SyntaxTree<'_>) {
    let end = tree.text.len() as u32;
    let all = tree.nodes.len() as u32;
    assert_eq!((tree.nodes[0].parent, tree.nodes[0].next), (0, all));
    for id in tree.all().skip(1) {
        let node = tree.node(id);
        let above = tree.node(node.parent);
        assert!(node.parent < id && id < node.next && node.next <= above.next, "{node:?} in {above:?}");
        assert!(node.span.start <= node.span.end && node.span.end <= end);
        assert!(above.span.start <= node.span.start, "{node:?} before {above:?}");
        assert!(tree.text.is_char_boundary(node.span.start as usize));
        assert!(tree.text.is_char_boundary(node.span.end as usize));
    }
    for pair in tree.errors.windows(2) {
        assert!(pair[0].end < pair[1].start);
    }
    for span in &tree.errors {
        assert!(tree.text.get(span.range()).is_some());
    }
}

/// The statements of a method, as they are shown.
fn code(statements: &str) -> String {
    let whole = shown(&format!("class A {{ void f() {{ {statements} }} }}"));
    let inner = whole.lines().filter_map(|line| line.strip_prefix("        "));
    inner.flat_map(|line| [line, "\n"]).collect()
}

fn errors(text: &str) -> Vec<&str> {
    let tree = parse(text);
    check(&tree);
    tree.errors.iter().map(|span| &text[span.range()]).collect()
}

#[test]
#[expect(clippy::too_many_lines, reason = "one class with everything in it, and its tree")]
fn a_class_has_its_members() {
    let text = "@IsTest(SeeAllData=true) public with sharing class A extends B.C implements D, E<F> {
        static final List<Map<Id, G>> h = new List<Map<Id, G>>(), i;
        String j { get; private set { k(); } }
        A(String l) { this(l, 1); }
        static { m(); }
        { n(); }
        abstract Integer o(final Id[] p, Q<R> s);
        enum T { U, V }
        interface W extends X { void y(); }
    }";
    assert_eq!(errors(text), [""; 0]);
    assert_eq!(
        shown(text),
        "\
ClassDeclaration: @IsTest(SeeAllData=true)
  Modifiers: @IsTest(SeeAllData=true)
    Annotation: @IsTest(SeeAllData=true)
      Identifier as Name: IsTest
      Other as Arguments: (SeeAllData=true)
        Identifier as Key: SeeAllData
        Boolean as Value: true
    Modifier: public
    Modifier: with sharing
  Identifier as Name: A
  Superclass: extends B.C
  Interfaces: implements D, E<F>
    TypeList: D, E<F>
  ClassBody as Body: { static final List<Map<
    FieldDeclaration: static final List<Map<Id
      Modifiers: static final
        Modifier: static
        Modifier: final
      Other as Type: List<Map<Id, G>>
      Declarator as Declarator: h = new List<Map<Id, G>>
        Identifier as Name: h
        New as Value: new List<Map<Id, G>>()
          Other as Type: List<Map<Id, G>>
          ArgumentList as Arguments: ()
      Declarator as Declarator: i
        Identifier as Name: i
    FieldDeclaration: String j { get; private 
      Other as Type: String
      Declarator as Declarator: j
        Identifier as Name: j
      AccessorDeclaration: get;
      AccessorDeclaration: private set { k(); }
        Modifiers: private
          Modifier: private
        Block as Body: { k(); }
          ExpressionStatement: k();
            Call: k()
              Identifier as Name: k
              ArgumentList as Arguments: ()
    ConstructorDeclaration: A(String l) { this(l, 1)
      Identifier as Name: A
      FormalParameters as Parameters: (String l)
        FormalParameter: String l
          Other as Type: String
          Identifier as Name: l
      ConstructorBody as Body: { this(l, 1); }
        ExplicitConstructor: this(l, 1);
          This: this
          ArgumentList as Arguments: (l, 1)
            Identifier: l
            Int: 1
    StaticInitializer: static { m(); }
      Block: { m(); }
        ExpressionStatement: m();
          Call: m()
            Identifier as Name: m
            ArgumentList as Arguments: ()
    Block: { n(); }
      ExpressionStatement: n();
        Call: n()
          Identifier as Name: n
          ArgumentList as Arguments: ()
    MethodDeclaration: abstract Integer o(final
      Modifiers: abstract
        Modifier: abstract
      Other as Type: Integer
      Identifier as Name: o
      FormalParameters as Parameters: (final Id[] p, Q<R> s)
        FormalParameter: final Id[] p
          Modifiers: final
            Modifier: final
          Other as Type: Id[]
          Identifier as Name: p
        FormalParameter: Q<R> s
          Other as Type: Q<R>
          Identifier as Name: s
    EnumDeclaration: enum T { U, V }
      Identifier as Name: T
      Other as Body: { U, V }
        Identifier as Name: U
        Identifier as Name: V
    InterfaceDeclaration: interface W extends X { 
      Identifier as Name: W
      TypeList: X
      Other as Body: { void y(); }
        MethodDeclaration: void y();
          Other as Type: void
          Identifier as Name: y
          FormalParameters as Parameters: ()
"
    );
}

#[test]
fn a_trigger_has_its_object_and_body() {
    let text = "trigger A on Account (before insert, after update) { b(Trigger.new); }";
    assert_eq!(errors(text), [""; 0]);
    assert_eq!(
        shown(text),
        "\
TriggerDeclaration: trigger A on Account (be
  Identifier as Name: A
  Identifier as Object: Account
  Other as Body: { b(Trigger.new); }
    Block: { b(Trigger.new); }
      ExpressionStatement: b(Trigger.new);
        Call: b(Trigger.new)
          Identifier as Name: b
          ArgumentList as Arguments: (Trigger.new)
            FieldAccess: Trigger.new
              Identifier as Object: Trigger
              Identifier as Element: new
"
    );
}

#[test]
fn stronger_operators_are_inner_nodes() {
    assert_eq!(
        code("a = b + c * d - e;"),
        "\
ExpressionStatement: a = b + c * d - e;
  Assignment: a = b + c * d - e
    Identifier as Left: a
    Binary as Right: b + c * d - e
      Binary as Left: b + c * d
        Identifier as Left: b
        Binary as Right: c * d
          Identifier as Left: c
          Identifier as Right: d
      Identifier as Right: e
"
    );
    assert_eq!(
        code("return !a.b || c <= (Integer) d ? 1 : e ? 2 : 3;"),
        "\
Return: return !a.b || c <= (Inte
  Ternary: !a.b || c <= (Integer) d
    Binary as Condition: !a.b || c <= (Integer) d
      Unary as Left: !a.b
        FieldAccess as Operand: a.b
          Identifier as Object: a
          Identifier as Element: b
      Binary as Right: c <= (Integer) d
        Identifier as Left: c
        Cast as Right: (Integer) d
          Other as Type: Integer
          Identifier as Value: d
    Int as Consequence: 1
    Ternary as Alternative: e ? 2 : 3
      Identifier as Condition: e
      Int as Consequence: 2
      Int as Alternative: 3
"
        .replace("(Inte\n", "(Int\n")
    );
}

#[test]
fn similar_syntax_is_distinguished() {
    let first = |statement: &str| {
        let nodes = code(statement);
        nodes
            .lines()
            .take(2)
            .map(|line| line.trim().split([':', ' ']).next().unwrap_or_default())
            .collect::<Vec<_>>()
            .join(" ")
    };
    assert_eq!(first("a < b;"), "ExpressionStatement Binary");
    assert_eq!(first("List<A> b;"), "LocalVariable Other");
    assert_eq!(first("A.B<C>[] b = c;"), "LocalVariable Other");
    assert_eq!(first("a[0] = 1;"), "ExpressionStatement Assignment");
    assert_eq!(first("(a) - b;"), "ExpressionStatement Binary");
    assert_eq!(first("(Integer) - b;"), "ExpressionStatement Cast");
    assert_eq!(first("(a) b;"), "ExpressionStatement Cast");
    assert_eq!(first("(List<A>) [SELECT Id FROM A];"), "ExpressionStatement Cast");
    assert_eq!(first("(a)[0].b();"), "ExpressionStatement Call");
    assert_eq!(first("(a).b();"), "ExpressionStatement Call");
    assert_eq!(first("a instanceof B;"), "ExpressionStatement Identifier");
    assert_eq!(first("update a;"), "ExpressionStatement Dml");
    assert_eq!(first("insert as user a;"), "ExpressionStatement Dml");
    assert_eq!(first("upsert a B__c.C__c;"), "ExpressionStatement Dml");
    assert_eq!(first("merge a b;"), "ExpressionStatement Dml");
    assert_eq!(first("database.update(a);"), "ExpressionStatement Call");
    assert_eq!(first("for (A b : c) d();"), "EnhancedFor Other");
    assert_eq!(first("for (Integer i = 0, j = 1; i < 9; i++, j--) d();"), "For LocalVariable");
    assert_eq!(first("for (;;) { }"), "For Block");
    assert_eq!(first("a >>>= b >> c;"), "ExpressionStatement Assignment");
}

#[test]
fn chains_of_else_if_are_nested_and_flat_in_the_parser() {
    assert_eq!(
        code("if (a) b(); else if (c) { } else return;"),
        "\
If: if (a) b(); else if (c) 
  Parenthesized as Condition: (a)
    Identifier: a
  ExpressionStatement as Consequence: b();
    Call: b()
      Identifier as Name: b
      ArgumentList as Arguments: ()
  If as Alternative: if (c) { } else return;
    Parenthesized as Condition: (c)
      Identifier: c
    Block as Consequence: { }
    Return as Alternative: return;
"
    );
    let long = format!("class A {{ void f() {{ {} ; }} }}", "if (a) { b(); } else ".repeat(2_000));
    assert_eq!(errors(&long), [""; 0]);
    let long = format!("class A {{ Integer a = {} 1; }}", "b ? 2 : ".repeat(2_000));
    assert_eq!(errors(&long), [""; 0]);
    let long = format!("class A {{ Integer a = {} 1; }}", "b + c * d.e().f - ".repeat(2_000));
    assert_eq!(errors(&long), [""; 0]);
}

#[test]
fn queries_have_the_clauses_that_matter() {
    assert_eq!(
        code(
            "a = [SELECT Id, (SELECT Id FROM B WHERE C = 1 LIMIT 2) FROM Auth__c d WHERE E.F IN :g.h() AND I = LAST_N_DAYS:7 ORDER BY J LIMIT :k];"
        ),
        "\
ExpressionStatement: a = [SELECT Id, (SELECT 
  Assignment: a = [SELECT Id, (SELECT 
    Identifier as Left: a
    Query as Right: [SELECT Id, (SELECT Id F
      Identifier: Id
      Identifier: Id
      StorageIdentifier: B
        Identifier: B
      Where: WHERE C = 1
        Identifier: C
        Int: 1
      LimitClause: LIMIT 2
        Int: 2
      StorageIdentifier: Auth__c
        Identifier: Auth__c
      Identifier: d
      Where: WHERE E.F IN :g.h() AND 
        Identifier: E
        Identifier: F
        Call: g.h()
          Identifier as Object: g
          Identifier as Name: h
          ArgumentList as Arguments: ()
        Identifier: I
        Int: 7
      Identifier: J
      LimitClause: LIMIT :k
        Identifier: k
"
    );
    for query in [
        "[FIND :a IN ALL FIELDS RETURNING B(Id WHERE C = 'd' LIMIT 1), E LIMIT 2]",
        "[FIND 'it\\'s' RETURNING B]",
        "[SELECT COUNT() FROM A WHERE B > 2024-01-31T00:00:00Z AND (C = TODAY OR NOT D LIKE '%e')]",
        "[SELECT Id FROM Group WHERE Group.Type = 'x' WITH SECURITY_ENFORCED FOR UPDATE]",
        "[SELECT TYPEOF What WHEN Account THEN Phone ELSE Name END FROM Event USING SCOPE mine ALL ROWS]",
        "[SELECT Id FROM A WHERE B IN :(c) AND D = :(String) e LIMIT 1 OFFSET :f]",
    ] {
        assert_eq!(errors(&format!("class A {{ Object a = {query}; }}")), [""; 0], "{query}");
    }
}

#[test]
fn what_tree_sitter_does_not_fit_fits() {
    for statement in [
        "Trigger.newMap.get(a);",
        "Trigger.isExecuting.toString();",
        "boolean.valueOf(a);",
        "boolean b = boolean.valueOf(a);",
        "System.runAs(new Version(1, 0));",
        "System.runAs(a) { b(); }",
        "String a = '''b\n'c' d''';",
        "a?.b?.c();",
        "a = b ?? c;",
        "switch on a { when B c { d(); } when 1, -2 { } when else { } }",
        "try { a(); } catch (B.C e) { throw e; } finally { d(); }",
        "do { a(); } while (b);",
        "Map<String, List<A>> a = new Map<String, List<A>>{ 'b' => new List<A>{ c, d } };",
        "Integer[] a = new Integer[]{ 1, 2 }; Integer[][] b = new Integer[5][];",
        "Type a = Map<String, A>.class; Type b = A.B.class; Type c = List<A[]>.class;",
        "insert new A(B__c = 1, C = 'd');",
        "final Integer a = 1, b;",
    ] {
        assert_eq!(errors(&format!("class A {{ void f() {{ {statement} }} }}")), [""; 0], "{statement}");
    }
}

#[test]
fn what_does_not_fit_costs_its_own_range() {
    let calls = |text: &str| {
        let tree = parse(text);
        check(&tree);
        let calls = tree.all().filter(|id| tree.kind(*id) == Kind::Call);
        calls.map(|id| tree.text(id).to_owned()).collect::<Vec<_>>()
    };
    for (text, believed) in [
        ("class A { void f() { a(; b(); } void g() { c(); } }", vec!["a(", "b()", "c()"]),
        ("class A { void f() { a() b c; d(); } }", vec!["a()", "d()"]),
        ("class A { void f() { a()\n b(); } }", vec!["a()", "b()"]),
        ("class A { void f() { a(b c, d()); } }", vec!["a(b c, d())", "d()"]),
        ("class A { void f() { x = ; b(); } }", vec!["b()"]),
        ("class A { void f() { x = 1 + ; b(); } }", vec!["b()"]),
        ("class A { void f() { if a { b(); } c(); } }", vec!["b()", "c()"]),
        ("class A { ??? void f() { a(); } void g() { b(); } }", vec!["b()"]),
        ("class A { String a = 'b; \n void f() { c(); } }", vec!["c()"]),
        ("class A { void f() { a(); ", vec!["a()"]),
        ("class A extends { void f() { a(); } }", vec!["a()"]),
        ("} class A { void f() { a(); } }", vec!["a()"]),
        ("class A { void f() { switch (a) { b(); } } }", vec!["switch (a)", "b()"]),
    ] {
        assert_eq!(calls(text), believed, "{text}");
        assert!(!errors(text).is_empty(), "{text}");
    }
    assert_eq!(errors("class A { void f() { a() b c; d(); } }"), ["b c;"]);
}

#[test]
fn depth_overflows_nothing() {
    for (open, close) in [
        ("(", ")"),
        ("f(", ")"),
        ("{", "}"),
        ("if (a) {", "}"),
        ("a[", "]"),
        ("!", ""),
        ("(A) ", ""),
        ("a = ", ""),
        ("a ? ", ": b"),
        ("a + (", ")"),
        ("new A[]{", "}"),
        ("[SELECT (SELECT ", ")]"),
        ("[SELECT a FROM b WHERE c = :(", ")]"),
        ("class A {", "}"),
        ("while (a) ", ""),
        ("for (a : b) ", ""),
        ("switch on a { when b {", "}}"),
        ("try {", "} catch (A b) {}"),
        ("a < ", ""),
        ("List<", ">"),
        ("new A(", ")"),
        ("@a(", ")"),
        ("do ", ""),
        ("a.", ""),
        ("insert ", ""),
        ("class A ", ""),
        ("class A x ", "y "),
        ("a<a<", ""),
        ("a.b.c ", ""),
        ("f(a, ", ""),
        ("@a ", ""),
        ("for (", ""),
        ("trigger A on ", ""),
        ("enum A {", "}"),
        ("a b(", ""),
        ("a ? b ", ""),
        ("else ", ""),
        ("(a.b<c>[] ", ")"),
        ("= ", ""),
        ("'''", ""),
    ] {
        for count in [MAX_DEPTH as usize / 2, MAX_DEPTH as usize * 2, 100_000] {
            for text in [
                format!("class A {{ void f() {{ {}1{}; }} }}", open.repeat(count), close.repeat(count)),
                format!("class A {{ void f() {{ {}", open.repeat(count)),
                open.repeat(count),
                close.repeat(count),
            ] {
                let tree = parse(&text);
                assert!(tree.nodes.len() <= 2 * text.len() + 100);
                if count < 1_000 {
                    check(&tree);
                }
            }
        }
    }
}

#[test]
fn text_after_deep_nesting_is_read() {
    let deep = format!("class A {{ void f() {{ x = {}1{}; b(); }} }}", "(".repeat(1_000), ")".repeat(1_000));
    let tree = parse(&deep);
    assert!(tree.all().any(|id| tree.text(id) == "b()"));
    assert_eq!(tree.errors.len(), 1);
}

/// Pieces of which soups are made.
const PIECES: &[&str] = &[
    "class",
    "A",
    "{",
    "}",
    "(",
    ")",
    "[",
    "]",
    "<",
    ">",
    ";",
    ",",
    ".",
    "?.",
    "?",
    ":",
    "=",
    "=>",
    "==",
    "+",
    "-",
    "++",
    "!",
    "@",
    "'a'",
    "'",
    "'''",
    "//",
    "/*",
    "*/",
    "\n",
    "\\",
    "1",
    "1.5",
    "if",
    "else",
    "for",
    "while",
    "do",
    "try",
    "catch",
    "finally",
    "return",
    "throw",
    "new",
    "this",
    "super",
    "null",
    "instanceof",
    "switch",
    "on",
    "when",
    "enum",
    "interface",
    "trigger",
    "static",
    "public",
    "with",
    "sharing",
    "get",
    "set",
    "insert",
    "merge",
    "upsert",
    "SELECT",
    "FROM",
    "WHERE",
    "LIMIT",
    "FIND",
    "RETURNING",
    "ORDER",
    "BY",
    "AND",
    "System",
    "runAs",
    "a",
    "b",
    "ü",
    "\0",
    "\u{FEFF}",
    "\u{2028}",
    ">>>=",
    "<<=",
    "??",
    "void",
    "extends",
    "implements",
];

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::default() })]

    #[test]
    fn no_soup_is_trouble(pieces in proptest::collection::vec(0..PIECES.len(), 0..200), is_dense in any::<bool>()) {
        let words: Vec<&str> = pieces.iter().map(|at| PIECES[*at]).collect();
        let text = words.join(if is_dense { "" } else { " " });
        check(&parse(&text));
        check(&parse(&format!("class A {{ void f() {{ {text} }} }}")));
    }

    #[test]
    fn no_text_is_trouble(text in "\\PC{0,200}") {
        check(&parse(&text));
    }
}
