//! Tests: how long an expression may be, and what is shown of one.

use sessionlint_source::steps;

use crate::{Code, Unit};

fn read(body: &str) -> Unit {
    Unit::read(Code::Class, "A", &format!("class A {{ void f(String x, Boolean b) {{ {body} }} }}"))
}

#[test]
fn a_long_value_of_a_secret_is_read_in_part() {
    let sum = |end: &str| format!("System.debug('password: ' + ({}{end}));", "1 + ".repeat(100_000));
    let chain = |end: &str| format!("System.debug('password: ' + ({}{end}));", "b ? 1 : ".repeat(100_000));
    let calls = |start: &str| format!("System.debug('password: ' + {start}{});", ".trim()".repeat(100_000));
    let shown = |body: &str| {
        let (unit, steps) = steps::of(|| read(body));
        assert!(steps < 50_000, "{steps} steps");
        unit.debugs.len()
    };
    assert_eq!(shown(&sum("1")), 0);
    assert_eq!(shown(&sum("x")), 1);
    assert_eq!(shown(&chain("1")), 0);
    assert_eq!(shown(&chain("x")), 0, "too far");
    assert_eq!(shown(&format!("System.debug('password: ' + (b ? x : {}1));", "b ? 1 : ".repeat(100_000))), 1);
    assert_eq!(shown(&calls("x")), 0, "too far");
    assert_eq!(shown("System.debug('password: ' + ((String) (b ? 1 : x.trim())));"), 1);
}

#[test]
fn findings_of_all_methods_are_compared_once() {
    let steps = |count: usize| {
        let method = |it: usize| {
            format!("void f{it}(String password) {{ System.debug('password=' + password + '&grant_type=x'); }} ")
        };
        let all: String = (0..count).map(method).collect();
        let (unit, steps) = steps::of(|| Unit::read(Code::Class, "A", &format!("class A {{ {all} }}")));
        assert_eq!(unit.debugs.len(), count);
        steps
    };
    let (few, many) = (steps(50), steps(200));
    assert!(few >= 50 && many <= 5 * few, "{few} steps, then {many}");
}

#[test]
fn nothing_of_a_literal_is_shown() {
    let shown = |body: &str| {
        let unit = read(body);
        let texts = |it: &crate::Debug| (it.text.clone(), it.origin.as_ref().map(|(_, text)| text.clone()));
        let all: Vec<_> = unit.debugs.iter().map(texts).collect();
        assert!(!format!("{:?}", unit.debugs).contains("aB3k"), "{all:?}");
        all.into_iter().map(|(text, _)| text).collect::<Vec<_>>()
    };
    assert_eq!(shown("System.debug('client_secret: ' + Vault.open('aB3kd93Ldk2Zx81Qw').secret);"), ["secret"]);
    assert_eq!(shown("System.debug('client_secret: ' + conf/* aB3k */.secret);"), ["conf.secret"]);
    assert_eq!(shown("System.debug('client_secret: ' + this.conf?.secret);"), ["this.conf?.secret"]);
    assert_eq!(shown("System.debug('client_secret: ' + Vault.secret('aB3kd93Ldk2Zx81Qw'));"), ["a client secret"]);
    assert_eq!(shown("m['aB3k.x'].Body__c = 'client_secret: ' + x;"), ["x"]);
}

#[test]
fn the_origin_of_a_secret_shows_no_literal() {
    let origins = |call: &str| {
        let code = format!(
            "class A {{ String read(String x, String y) {{ return 'Bearer ' + x; }} \
             void f(Map<String, Object> m) {{ String text = {call}; throw new E(text); }} }}"
        );
        let unit = Unit::read(Code::Class, "A", &code);
        unit.debugs.into_iter().filter_map(|it| it.origin).map(|(_, text)| text).collect::<Vec<_>>()
    };
    assert_eq!(origins("read('aB3kd93Ldk2Zx81Qw', 'x')"), ["read(...)"]);
    assert_eq!(origins("this.read(a, b)"), ["read(...)"]);
    assert_eq!(origins("(String) m.get('access_token')"), ["m.get('access_token')"]);
    assert_eq!(origins("(String) m.get(/* aB3k */ 'access_token')"), ["m.get('access_token')"]);
}

#[test]
fn a_variable_carries_what_was_assigned_last() {
    let found = |body: &str| read(body).debugs.into_iter().filter(|it| it.origin.is_some()).count();
    let secret = "'grant_type=x&client_secret=' + x";
    assert_eq!(found(&format!("String t = {secret}; System.debug(t);")), 1);
    assert_eq!(found(&format!("String t = {secret}; t = 'none'; System.debug(t);")), 0);
    assert_eq!(found(&format!("String t = {secret}; t += 'none'; System.debug(t);")), 1);
    assert_eq!(found(&format!("String t = 'none'; System.debug(t); t = {secret};")), 0);
    assert_eq!(found(&format!("String t; t = (t = {secret}) == null ? 'a' : 'b'; System.debug(t);")), 0);
}

#[test]
fn many_assignments_and_requests_in_one_method_take_linear_time() {
    let steps = |count: usize| {
        let one = |it: usize| {
            format!(
                "HttpRequest r{it} = new HttpRequest(); r{it}.setBody('grant_type=x&client_secret=' + x); \
                 t = 'grant_type=x&client_secret=' + x; new Http().send(r{it}); System.debug(t); "
            )
        };
        let all: String = (0..count).map(one).collect();
        let (unit, steps) = steps::of(|| read(&format!("String t; {all}")));
        assert_eq!(unit.debugs.len(), count);
        steps
    };
    let (few, many) = (steps(100), steps(800));
    assert!(few >= 100 && many <= 12 * few, "{few} steps, then {many}");
}
