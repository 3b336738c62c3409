//! What variables hold, by what a method sends.

use sessionlint_source::steps;

use crate::{Callee, Code, Sink, Unit};

/// The number of headers with a session id in a method with these statements: `GET;` assigns one to `sid`, `NEW;`
/// another value, and `SEND;` sends it.
fn sent(statements: &str) -> usize {
    let statements = statements
        .replace("GET;", "sid = UserInfo.getSessionId();")
        .replace("NEW;", "sid = Billing.current();")
        .replace("SEND;", "{ request.setHeader('Authorization', 'Bearer ' + sid); new Http().send(request); }");
    let code = format!("class A {{ void run(Boolean is, HttpRequest request) {{ {statements} }} }}");
    let unit = Unit::read(Code::Class, "A", &code);
    assert!(!unit.is_partly_read, "{code}");
    unit.sessions.iter().filter(|it| matches!(it.sink, Sink::Sent(_))).count()
}

/// Statements, and how many of the places that send something send a session id.
fn hold(all: &[(&str, usize)]) {
    for (statements, count) in all {
        assert_eq!(sent(statements), *count, "{statements}");
    }
}

#[test]
fn what_was_assigned_last_is_held() {
    hold(&[
        ("String GET; SEND;", 1),
        ("String GET; NEW; SEND;", 0),
        ("String GET; SEND; NEW; SEND;", 1),
        ("String NEW; SEND; GET;", 0),
        ("String sid; SEND; GET; SEND;", 1),
        ("String NEW; GET; SEND;", 1),
        ("String GET; SID = Billing.current(); SEND;", 0),
        ("String GET; { NEW; } SEND;", 0),
        ("String GET; { { NEW; SEND; } }", 0),
        ("String GET; System.runAs(user) { NEW; } SEND;", 0),
        ("String GET; if (is) { NEW; SEND; }", 0),
        ("String GET; String old = sid; NEW; SEND; sid = old; SEND;", 1),
        ("String sid = is ? UserInfo.getSessionId() : null; sid = null; SEND;", 0),
    ]);
}

#[test]
fn a_value_made_of_the_former_one_keeps_it() {
    hold(&[
        ("String GET; sid = sid + 'x'; SEND;", 1),
        ("String GET; sid += Billing.current(); SEND;", 1),
        ("String sid = ''; sid += UserInfo.getSessionId(); SEND;", 1),
        ("String GET; sid = sid.trim(); SEND;", 1),
        ("String GET; sid = (sid).remove('x').toLowerCase(); SEND;", 1),
        ("String GET; sid = sid; SEND;", 1),
        ("String GET; sid = is ? sid : Billing.current(); SEND;", 1),
        ("String GET; sid = Billing.of(sid); SEND;", 0),
        ("String GET; sid = clean(sid); SEND;", 1),
        ("String GET; sid = this.clean(sid); SEND;", 1),
        ("String GET; sid = (A.clean('x', sid + '')).trim(); SEND;", 1),
        ("String GET; sid = clean('x'); SEND;", 0),
        ("String GET; sid = Billing.of(clean(sid)); SEND;", 0),
    ]);
}

#[test]
fn a_branch_that_may_not_run_replaces_nothing_after_it() {
    hold(&[
        ("String GET; if (is) NEW; SEND;", 1),
        ("String GET; if (is) { NEW; } else { } SEND;", 1),
        ("String GET; if (is) { } else { NEW; } SEND;", 1),
        ("String GET; if (is) ; else NEW; SEND;", 1),
        ("String GET; if (is) { SEND; NEW; } else { SEND; }", 2),
        ("String sid; if (is) GET; SEND;", 1),
        ("String NEW; if (is) { GET; } else { SEND; }", 0),
        ("String GET; if (is) { NEW; } else if (!is) { NEW; } SEND;", 1),
        ("String GET; for (Integer i = 0; i < 3; i++) { NEW; } SEND;", 1),
        ("String GET; for (Integer i = 0; i < 3; sid = 'x') { SEND; }", 1),
        ("String GET; for (Integer i : all) NEW; SEND;", 1),
        ("String GET; while (is) { NEW; } SEND;", 1),
        ("String GET; try { NEW; } catch (Exception e) { } SEND;", 1),
        ("String GET; try { NEW; } catch (Exception e) { SEND; }", 1),
        ("String GET; try { NEW; } finally { SEND; }", 1),
        ("String GET; try { run(); } catch (Exception e) { NEW; } SEND;", 1),
        ("String NEW; try { GET; NEW; } catch (Exception e) { SEND; }", 1),
        ("String NEW; try { if (is) { GET; throw e; } } catch (Exception e) { SEND; }", 1),
        ("String NEW; try { run(); } catch (Exception e) { GET; throw e; } finally { SEND; }", 1),
        ("String GET; switch on i { when 1 { NEW; } when 2 { NEW; } } SEND;", 1),
        ("String GET; switch on i { when 1 { NEW; } when else { } } SEND;", 1),
        ("String GET; Boolean b = is && (sid = Billing.current()) != null; SEND;", 1),
    ]);
}

#[test]
fn branches_that_all_replace_it_do() {
    hold(&[
        ("String GET; if (is) { NEW; } else { NEW; } SEND;", 0),
        ("String GET; if (is) { NEW; } else if (!is) { NEW; } else NEW; SEND;", 0),
        ("String GET; if (is) { NEW; } else { return; } SEND;", 0),
        ("String NEW; if (is) { GET; SEND; return; } SEND;", 1),
        ("String GET; if (is) { NEW; } else { if (is) { NEW; } else { throw e; } } SEND;", 0),
        ("String GET; try { NEW; } catch (Exception e) { throw e; } SEND;", 0),
        ("String GET; try { NEW; } catch (Exception e) { NEW; } SEND;", 0),
        ("String GET; try { run(); } finally { NEW; } SEND;", 0),
        ("String GET; switch on i { when 1, 2 { NEW; } when else { NEW; } } SEND;", 0),
    ]);
}

#[test]
fn after_finally_only_branches_that_end_count() {
    hold(&[
        ("String GET; try { NEW; } finally { run(); } SEND;", 0),
        ("String GET; try { NEW; } finally { SEND; }", 1),
        ("String GET; try { NEW; } finally { SEND; } SEND;", 1),
        ("String GET; try { NEW; } catch (E e) { throw e; } finally { run(); } SEND;", 0),
        ("String GET; try { NEW; } catch (E e) { run(); } finally { run(); } SEND;", 1),
        ("String NEW; try { GET; NEW; } finally { SEND; } SEND;", 1),
        ("String NEW; try { run(); } catch (E e) { GET; throw e; } finally { SEND; } SEND;", 1),
        ("String NEW; try { run(); } catch (E e) { GET; } finally { run(); } SEND;", 1),
        ("String NEW; try { run(); } catch (E e) { GET; throw e; } catch (F f) { SEND; }", 0),
        ("String NEW; try { run(); } catch (E e) { GET; throw e; } catch (F f) { SEND; } finally { run(); }", 0),
        ("String GET; try { NEW; } finally { if (is) { NEW; } } SEND;", 0),
        ("String GET; try { run(); } finally { if (is) { NEW; } } SEND;", 1),
        ("String NEW; try { run(); } finally { GET; } SEND;", 1),
        ("String GET; String b; try { NEW; } finally { b = sid; } sid = b; SEND;", 1),
        ("String GET; if (is) { try { NEW; return; } finally { run(); } } else { NEW; } SEND;", 0),
        ("String GET; if (is) { try { return; } finally { run(); } } else { NEW; } SEND;", 0),
        ("String GET; if (is) { try { run(); } finally { return; } } else { NEW; } SEND;", 0),
        ("String GET; try { try { NEW; } finally { run(); } } catch (E e) { SEND; }", 1),
    ]);
}

#[test]
fn the_body_of_do_runs_once_at_least() {
    hold(&[
        ("String GET; do { NEW; } while (is); SEND;", 0),
        ("String GET; do { SEND; NEW; } while (is);", 1),
        ("String GET; do { if (is) break; NEW; } while (is); SEND;", 1),
        ("String GET; do { if (is) { continue; } NEW; } while (is); SEND;", 1),
        ("String GET; do { while (is) { break; } NEW; } while (is); SEND;", 0),
        ("String GET; do { if (is) { NEW; } } while (is); SEND;", 1),
        ("String NEW; do { NEW; SEND; GET; } while (is); SEND;", 1),
        ("String GET; do { NEW; } while ((sid = UserInfo.getSessionId()) != null); SEND;", 1),
    ]);
}

#[test]
fn a_loop_goes_back() {
    hold(&[
        ("String NEW; while (is) { SEND; GET; }", 1),
        ("String NEW; do { SEND; GET; } while (is);", 1),
        ("String GET; for (Integer i : all) { NEW; SEND; }", 0),
        ("for (Integer i : all) { String NEW; SEND; GET; }", 0),
        ("String NEW; for (Integer i : all) { if (is) { GET; continue; } SEND; }", 1),
        ("String NEW; while (true) { GET; if (is) break; NEW; } SEND;", 1),
        ("String a; String b; String sid; while (is) { SEND; sid = b; b = a; a = UserInfo.getSessionId(); }", 1),
        ("String NEW; while (is) { while (is) { SEND; } while (is) { GET; } }", 1),
        ("String GET; while (is) { sid = sid.trim(); SEND; }", 1),
    ]);
}

#[test]
fn a_variable_ends_with_its_block() {
    hold(&[
        ("if (is) { String GET; SEND; } else { String NEW; SEND; }", 1),
        ("{ String GET; } String NEW; SEND;", 0),
        ("{ String GET; } { String sid; SEND; }", 0),
        ("String GET; { String sid = 'x'; sid = 'y'; } SEND;", 1),
        ("{ String GET; } for (String sid : all) { SEND; }", 0),
        ("for (String GET; is; ) { } for (String sid = 'x'; is; ) { SEND; }", 0),
        ("String GET; class B { void run() { String sid = 'x'; NEW; SEND; } } SEND;", 1),
    ]);
    let twice = "class A { void a(HttpRequest request) { String sid = UserInfo.getSessionId(); } \
        void b(HttpRequest request) { String sid = 'x'; request.setHeader('Authorization', sid); } }";
    let unit = Unit::read(Code::Class, "A", twice);
    assert!(!unit.sessions.iter().any(|it| matches!(it.sink, Sink::Sent(_))));
}

#[test]
fn a_replaced_session_id_is_neither_returned_nor_handed_on() {
    // Whether the method returns one, and how many it returns to a browser and hands on.
    let left = |body: &str| {
        let code =
            format!("class A {{ @AuraEnabled static Object a() {{ String sid = UserInfo.getSessionId(); {body} }} }}");
        let unit = Unit::read(Code::Class, "A", &code);
        let count = |is_it: fn(&Sink) -> bool| unit.sessions.iter().filter(|it| is_it(&it.sink)).count();
        let handed_on = count(|it| matches!(it, Sink::Argument { callee: Callee::Of(class, _), .. } if class == "b"));
        (unit.methods[0].gives_session, count(|it| matches!(it, Sink::Returned)), handed_on)
    };
    assert_eq!(left("return sid;"), (true, 1, 0));
    assert_eq!(left("sid = 'x'; return sid;"), (false, 0, 0));
    assert_eq!(left("sid = 'x'; return new List<String>{ sid };"), (false, 0, 0));
    assert_eq!(left("B.send(sid); sid = 'x'; B.send(sid); return null;"), (false, 0, 1));
    // What a collection holds is not followed in order: it may be in another one before.
    assert_eq!(left("Map<String, Object> m; List<Object> l; m.put('l', l); l.add(sid); return m;"), (true, 1, 0));
    let body = "Map<String, Object> m; m.put('s', sid); String text = JSON.serialize(m);";
    assert_eq!(left(&format!("{body} return text;")), (true, 1, 0));
    assert_eq!(left(&format!("{body} text = 'x'; return text;")), (false, 0, 0));
}

#[test]
fn a_parameter_is_followed_in_the_same_way() {
    let sends = |body: &str| {
        let code = format!("class A {{ void a(String sid, HttpRequest request) {{ {body} }} }}")
            .replace("SEND;", "request.setHeader('Authorization', sid);");
        let unit = Unit::read(Code::Class, "A", &code);
        unit.methods[0].sends.len()
    };
    assert_eq!(sends("SEND;"), 1);
    assert_eq!(sends("sid = 'x'; SEND;"), 0);
    assert_eq!(sends("SEND; sid = 'x';"), 1);
    assert_eq!(sends("if (sid == null) { sid = 'x'; } SEND;"), 1);
    assert_eq!(sends("if (sid == null) { sid = 'x'; } else { sid = 'y'; } SEND;"), 0);
}

#[test]
fn each_node_is_visited_a_few_times() {
    let shapes: [&dyn Fn(usize) -> String; 5] = [
        &|it| format!("v{it} = UserInfo.getSessionId(); send(v{it}); "),
        &|it| format!("if (is) {{ v{it} = UserInfo.getSessionId(); }} send(v{it}); "),
        &|it| format!("else if (is) {{ v{it} = UserInfo.getSessionId(); }} "),
        &|it| format!("while (is) {{ send(v{it}); v{it} = UserInfo.getSessionId(); if (is) break; }} "),
        &|it| format!("try {{ v{it} = UserInfo.getSessionId(); }} catch (E e) {{ v{it} = 'x'; }} "),
    ];
    for shape in shapes {
        let steps = |count: usize| {
            let declared = |it: usize| format!("String v{it}; ");
            let names: String = (0..count).map(declared).collect();
            let all: String = (0..count).map(shape).collect();
            let code = format!("class A {{ void run(Boolean is) {{ {names} if (is) {{ }} {all} }} }}");
            steps::of(|| Unit::read(Code::Class, "A", &code)).1
        };
        let (few, many) = (steps(100), steps(400));
        assert!(few > 100 && many <= 5 * few, "{}: {few} steps, then {many}", shape(0));
    }
}

#[test]
fn depth_times_variables_is_bounded() {
    let nested: [(&str, &str); 5] = [
        ("try {", "} catch (E e) { }"),
        ("try {", "} catch (E e) { } finally { }"),
        ("while (is) {", "}"),
        ("if (is) {", "} else { }"),
        ("do {", "} while (is);"),
    ];
    for (open, close) in nested {
        let code = |depth: usize| {
            let assigned = repeated(1_000, |it| format!("v{it} = sid; "));
            let declared = repeated(1_000, |it| format!("String v{it}; "));
            let (open, close) = (open.repeat(depth), close.repeat(depth));
            let parameters = "String p, String q, HttpRequest request, Boolean is";
            format!(
                "class A {{ void run({parameters}) {{ {declared} String sid = UserInfo.getSessionId() + p + q; \
                 {open} {assigned} {close} request.setHeader('Authorization', v7); }} }}"
            )
        };
        let count = |depth: usize| {
            let (unit, steps) = steps::of(|| Unit::read(Code::Class, "A", &code(depth)));
            assert!(!unit.is_partly_read, "{open} {depth}");
            assert!(unit.sessions.iter().any(|it| matches!(it.sink, Sink::Sent(_))), "{open} {depth}");
            steps
        };
        let (few, many) = (count(2), count(60));
        assert!(many <= 4 * few, "{open}: {few} steps, then {many}");
    }
}

#[test]
fn in_a_method_that_joins_too_much_each_value_counts() {
    let code = |depth: usize| {
        let declared = repeated(400, |it| format!("String v{it}; "));
        let assigned = repeated(400, |it| format!("v{it} = UserInfo.getSessionId(); "));
        let (open, close) = ("try { ".repeat(depth), "} catch (E e) { } ".repeat(depth));
        format!("{declared} {open} {assigned} {close} String GET; NEW; SEND;")
    };
    assert_eq!(sent(&code(1)), 0);
    assert_eq!(sent(&code(100)), 1);
}

fn repeated(count: usize, line: impl Fn(usize) -> String) -> String {
    (0..count).map(line).collect()
}
