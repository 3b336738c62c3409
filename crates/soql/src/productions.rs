//! One test per production of the grammar, named after it, and properties of every text.
//!
//! `docs/rule-language.md` lists the productions; a test checks that each of them has a test here. Knows the grammar
//! only: `semantics` tests what queries mean.

use proptest::prelude::*;

use super::ast::{
    Call, Comparison, Condition, Decimal, Function, GroupKey, Name, NullsOrder, Operand, OrderBy, OrderKey, Quoted,
    Select, SelectItem, Selection, Set, Spanned, SubSelect, Test,
};
use super::cursor::is_reserved;
use super::parse::{parse, parse_condition};

const DOCUMENT: &str = include_str!("../../../docs/rule-language.md");

/// Each query is accepted, and its canonical text parses to the same tree.
fn accepts_queries(texts: &[&str]) {
    for text in texts {
        let select = parse(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse(&select.to_string()).unwrap(), select, "{text}");
    }
}

fn refuses_queries(texts: &[&str]) {
    for text in texts {
        assert!(parse(text).is_err(), "{text}");
    }
}

/// Each condition is accepted, and its canonical text parses to the same tree.
fn accepts_conditions(texts: &[&str]) {
    for text in texts {
        let condition = parse_condition(text).unwrap_or_else(|error| panic!("{error}"));
        assert_eq!(parse_condition(&condition.to_string()).unwrap(), condition, "{text}");
    }
}

fn refuses_conditions(texts: &[&str]) {
    for text in texts {
        assert!(parse_condition(text).is_err(), "{text}");
    }
}

#[test]
fn query() {
    accepts_queries(&[
        "SELECT t.a FROM T t USING SCOPE mine WHERE t.a = 1 AND t.b IN (SELECT u.c FROM U u WHERE u.d = 2)",
        "SELECT a FROM T",
        "select a from T;",
        "SELECT a\r\nFROM T\n\tWHERE a = 1\nGROUP BY a\nORDER BY a\nLIMIT 1\nOFFSET 1\n;\n",
        "SELECT Id, Name, UserType, SessionTimeoutInMinutes\nFROM Profile\n\
         WHERE SessionTimeoutInMinutes != null\nORDER BY SessionTimeoutInMinutes ASC",
    ]);
    refuses_queries(&[
        "SELECT a FROM T;;",
        "SELECT a FROM T ORDER BY a WHERE a = 1",
        "SELECT a FROM T OFFSET 1 LIMIT 1",
    ]);
}

#[test]
fn selection() {
    accepts_queries(&[
        "SELECT a, b.c FROM T",
        "SELECT FIELDS(ALL) FROM T",
        "SELECT fields ( all ) FROM T",
        "SELECT COUNT() FROM T",
        "SELECT COUNT, fields, first FROM T",
    ]);
    refuses_queries(&["SELECT FROM T", "SELECT a, FROM T", "SELECT , a FROM T", "SELECT COUNT(), a FROM T"]);
}

#[test]
fn item() {
    accepts_queries(&[
        "SELECT COUNT(a), COUNT(b) total, c FROM T GROUP BY c",
        "SELECT c.d e, MAX(a) most FROM T GROUP BY c.d",
        "SELECT a, (SELECT b FROM Us WHERE c = 1 ORDER BY b LIMIT 5) FROM T",
    ]);
    refuses_queries(&[
        "SELECT COUNT(a) b.c FROM T",
        "SELECT COUNT(a FROM T",
        "SELECT a total FROM T",
        "SELECT MEDIAN(a) FROM T",
        "SELECT a (SELECT b FROM Us) FROM T",
        "SELECT a, (SELECT b, (SELECT c FROM Vs) FROM Us) FROM T",
    ]);
}

#[test]
fn label() {
    accepts_queries(&["SELECT toLabel(a), b FROM T WHERE tolabel(a) = 'x'"]);
    refuses_queries(&["SELECT toLabel() FROM T", "SELECT toLabel('a') FROM T"]);
}

#[test]
fn aggregate() {
    accepts_queries(&[
        "SELECT count ( a.b ) FROM T",
        "SELECT MIN(a), max(b), Sum(c), AVG(d), COUNT_DISTINCT(e) FROM T",
        "SELECT COUNT(DISTINCT a) FROM T",
        "SELECT COUNT(distinct) FROM T",
    ]);
    refuses_queries(&["SELECT COUNT(a, b) FROM T", "SELECT COUNT('a') FROM T", "SELECT SUM(DISTINCT a) FROM T"]);
}

#[test]
fn function() {
    accepts_queries(&[
        "SELECT FORMAT(MIN(a)) b, convertCurrency(c) FROM T",
        "SELECT FORMAT(convertCurrency(c)) d FROM T",
        "SELECT CALENDAR_YEAR(convertTimezone(a)) FROM T GROUP BY CALENDAR_YEAR(convertTimezone(a))",
        "SELECT a FROM T WHERE DISTANCE(b, GEOLOCATION(37.775, -122), 'mi') < 20 ORDER BY DISTANCE(b, c, 'km')",
    ]);
    refuses_queries(&[
        "SELECT GEOLOCATION(1, 2) FROM T",
        "SELECT DISTANCE(1, 2) FROM T",
        "SELECT DISTANCE(a, GEOLOCATION(1, 2), 'm') FROM T",
        "SELECT DISTANCE(GEOLOCATION(1, 2), a, 'km') FROM T",
    ]);
}

#[test]
fn type_of() {
    accepts_queries(&["SELECT TYPEOF a WHEN B THEN c, d WHEN E THEN f ELSE g END, h FROM T", "SELECT typeof FROM T"]);
    refuses_queries(&[
        "SELECT TYPEOF a END FROM T",
        "SELECT TYPEOF a WHEN B c END FROM T",
        "SELECT TYPEOF a WHEN B THEN c FROM T",
    ]);
}

#[test]
fn with() {
    accepts_queries(&["SELECT a FROM T WITH USER_MODE", "SELECT a FROM T WHERE a = 1 WITH SECURITY_ENFORCED LIMIT 1"]);
    refuses_queries(&["SELECT a FROM T WITH", "SELECT a FROM T WITH x", "SELECT a FROM T ORDER BY a WITH USER_MODE"]);
}

#[test]
fn category() {
    accepts_queries(&["SELECT a FROM T WITH DATA CATEGORY g__c AT (b__c, c__c) AND h__c ABOVE_OR_BELOW d__c"]);
    refuses_queries(&["SELECT a FROM T WITH DATA CATEGORY g__c", "SELECT a FROM T WITH DATA CATEGORY g__c AT ()"]);
}

#[test]
fn key() {
    accepts_queries(&["SELECT a FROM T GROUP BY ROLLUP(a, b)", "SELECT a FROM T GROUP BY CUBE(a), CALENDAR_YEAR(b)"]);
    refuses_queries(&[
        "SELECT a FROM T GROUP BY",
        "SELECT a FROM T GROUP BY MAX(a)",
        "SELECT a FROM T GROUP BY ROLLUP()",
    ]);
}

#[test]
fn tail() {
    accepts_queries(&["SELECT a FROM T FOR VIEW", "SELECT a FROM T LIMIT 1 ALL ROWS FOR UPDATE"]);
    refuses_queries(&["SELECT a FROM T FOR", "SELECT a FROM T ALL", "SELECT a FROM T FOR UPDATE LIMIT 1"]);
}

#[test]
fn tested() {
    accepts_queries(&["SELECT a FROM T GROUP BY a HAVING COUNT(b) > 1 AND (a LIKE 'x%' OR MAX(c) = 5)"]);
    refuses_queries(&["SELECT a FROM T HAVING COUNT(b) > 1", "SELECT a FROM T GROUP BY a HAVING"]);
}

#[test]
fn table() {
    accepts_queries(&["SELECT a FROM Profile.loginIpRanges"]);
    refuses_queries(&["SELECT a FROM", "SELECT a FROM 'T'", "SELECT a FROM T, U", "SELECT a FROM WHERE"]);
}

#[test]
fn column() {
    accepts_queries(&["SELECT oauthPolicy.refreshTokenPolicy, x__c, _a1 FROM T", "SELECT a.order FROM T"]);
    refuses_queries(&[
        "SELECT a. FROM T",
        "SELECT .a FROM T",
        "SELECT a..b FROM T",
        "SELECT order FROM T",
        "SELECT é FROM T",
    ]);
}

#[test]
fn alias() {
    accepts_queries(&["SELECT COUNT(a) total FROM T"]);
    refuses_queries(&["SELECT COUNT(a) AS total FROM T", "SELECT COUNT(a) 'total' FROM T"]);
}

#[test]
fn order() {
    accepts_queries(&[
        "SELECT a FROM T ORDER BY a, b DESC, c ASC NULLS LAST, d NULLS FIRST",
        "SELECT a FROM T GROUP BY a ORDER BY COUNT(a) DESC",
        "SELECT a FROM T order by asc asc",
    ]);
    refuses_queries(&[
        "SELECT a FROM T ORDER BY",
        "SELECT a FROM T ORDER BY 1",
        "SELECT a FROM T ORDER BY a NULLS",
        "SELECT a FROM T ORDER BY a NULLS LAST DESC",
        "SELECT a FROM T ORDER BY COUNT()",
    ]);
}

#[test]
fn rows() {
    accepts_queries(&["SELECT a FROM T LIMIT 0", "SELECT a FROM T LIMIT 10 OFFSET 20"]);
    refuses_queries(&[
        "SELECT a FROM T LIMIT",
        "SELECT a FROM T LIMIT -1",
        "SELECT a FROM T LIMIT 'x'",
        "SELECT a FROM T LIMIT :n",
    ]);
}

#[test]
fn condition() {
    accepts_conditions(&["a = 1", "a = 1 AND b = 2 AND c = 3", "a = 1 or b = 2", "(a = 1 AND b = 2) OR c = 3"]);
    refuses_conditions(&["", "a = 1 AND b = 2 OR c = 3", "a = 1 AND", "AND a = 1", "a = 1 b = 2", "a = 1, b = 2"]);
}

#[test]
fn factor() {
    accepts_conditions(&["NOT a = 1", "not (a = 1)", "NOT NOT a = 1", "a = 1 AND (NOT b = 2)", "((a = 1))"]);
    refuses_conditions(&["(a = 1", "a = 1)", "()", "NOT", "NOT AND a = 1"]);
}

#[test]
fn test() {
    accepts_conditions(&["a.b = 1", "a LIKE 'x'", "a IN (1)", "a NOT IN (1)", "a INCLUDES ('x')", "a EXCLUDES ('x')"]);
    refuses_conditions(&["a", "a b", "1 = a", "a 1", "a IS NULL", "a NOT LIKE 'x'"]);
}

#[test]
fn comparison() {
    accepts_conditions(&["a = 1", "a != 1", "a <> 1", "a < 1", "a <= 1", "a > 1", "a >= 1", "a=1", "a>-1"]);
    refuses_conditions(&["a == 1", "a => 1", "a ! = 1", "a =", "a = = 1", "a < null", "a = b", "a = (1)"]);
}

#[test]
fn set() {
    accepts_conditions(&["a IN ('x', 'y')", "a IN :list", "a IN (:x, 'y')", "a IN (1, 2)", "a IN (true, false)"]);
    refuses_conditions(&["a IN ()", "a IN 'x'", "a IN ('x',)", "a IN ('x' 'y')", "a IN (null)", "a IN (b)"]);
}

#[test]
fn sub_select() {
    accepts_conditions(&["a IN (SELECT b FROM T)", "a NOT IN (select b from T where c = 1 and d like :x)"]);
    refuses_conditions(&[
        "a IN (SELECT b, c FROM T)",
        "a IN (SELECT COUNT() FROM T)",
        "a IN SELECT b FROM T",
        "a IN (SELECT b FROM T ORDER BY b)",
        "a = (SELECT b FROM T)",
        "a IN (SELECT b FROM T WHERE c IN (SELECT d FROM U))",
    ]);
    accepts_conditions(&["a IN (SELECT b FROM T) AND c IN (SELECT d FROM U)"]);
}

#[test]
fn texts() {
    accepts_conditions(&["a INCLUDES ('x;y', 'z')", "a EXCLUDES (:list)"]);
    refuses_conditions(&["a INCLUDES 'x'", "a INCLUDES ()", "a INCLUDES (1)", "a INCLUDES (null)"]);
}

#[test]
fn operand() {
    accepts_conditions(&["a = null", "a = TRUE", "a = False", "a = -5", "a = 2026-12-01", "a = ''", "a = :option"]);
    refuses_conditions(&["a = 1.5.5", "a = 2026-13-01", "a = : x", "a = \"x\"", "a = +1", "a = nil"]);
}

#[test]
fn text() {
    accepts_conditions(&[r"a = 'it\'s'", r"a = 'C:\\x'", r"a LIKE '50\%\_%'", r"a = '\n\r\t\b\f\u00e9'", "a = '会社'"]);
    refuses_conditions(&["a = 'x", "a = 'it''s'", r"a = '\x'", "a = 'x\ny'", r"a = '\ud800'", r"a = '\'"]);
}

#[test]
fn number() {
    accepts_conditions(&["a = 0", "a = 007", "a = -9223372036854775808"]);
    refuses_conditions(&["a = 9223372036854775808", "a = 1e3", "a = - 1", "a = 30min", "a = 1_000"]);
}

#[test]
fn date() {
    accepts_conditions(&["a = 2026-12-01", "a < 0001-01-01"]);
    refuses_conditions(&["a = 2026-12-1", "a = 2026-02-30", "a = 2026-12-01T00:00:00", "a = SOMEDAY"]);
}

#[test]
fn decimal() {
    accepts_conditions(&["a > 1.5", "a < -0.000001", "a = .5"]);
    refuses_conditions(&["a > 1.", "a > 1.0000001", "a > 1.5.5"]);
}

#[test]
fn time() {
    accepts_conditions(&["a < 2026-12-01T00:00:00Z", "a > 2026-12-01T00:00:00.000+01:00"]);
    refuses_conditions(&["a < 2026-12-01T25:00:00Z", "a < T00:00:00Z"]);
}

#[test]
fn relative() {
    accepts_conditions(&["a = TODAY", "a > last_n_days:30", "a < THIS_FISCAL_QUARTER", "a = N_DAYS_AGO:2"]);
    refuses_conditions(&["a = LAST_N_DAYS:x", "a = LAST_DECADE"]);
}

#[test]
fn amount() {
    accepts_conditions(&["a > USD5000"]);
    refuses_conditions(&["a > US5000", "a > usd5000"]);
}

#[test]
fn bind() {
    accepts_conditions(&["a >= :note_below"]);
    refuses_conditions(&["a = :", "a = :1", ":a = 1"]);
    assert_eq!(parse_condition("a = :b.c").unwrap_err().span, 6..7);
}

#[test]
fn every_production_of_the_document_has_a_test() {
    let grammar = DOCUMENT.split("```ebnf\n").nth(1).and_then(|rest| rest.split("```").next()).unwrap();
    let names: Vec<_> =
        grammar.lines().filter_map(|line| line.split_once(" = ")).map(|(name, _)| name.trim()).collect();
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty() && !name.contains([' ', '"'])).collect();
    assert!(names.len() >= 20, "{names:?}");
    let tests = include_str!("productions.rs");
    for name in names {
        assert!(tests.contains(&format!("#[test]\nfn {}() {{", name.replace('-', "_"))), "{name} has no test");
    }
}

fn any_name() -> impl Strategy<Value = Name> {
    "[A-Za-z_][A-Za-z0-9_]{0,5}(\\.[A-Za-z][a-z0-9]{0,3}){0,2}"
        .prop_filter("reserved words are no names", |word| !is_reserved(word))
        .prop_map(|word| Spanned::new(word, 0..0))
}

/// Words that the parser always takes for a name.
fn any_alias() -> impl Strategy<Value = Name> {
    "n_[a-z0-9]{0,5}".prop_map(|word| Spanned::new(word, 0..0))
}

fn spanned<T: std::fmt::Debug>(inner: impl Strategy<Value = T>) -> impl Strategy<Value = Spanned<T>> {
    inner.prop_map(|node| Spanned::new(node, 0..0))
}

fn quoted() -> impl Strategy<Value = Quoted> {
    proptest::collection::vec((any::<char>(), any::<bool>(), 0..4_usize), 0..6).prop_map(|pieces| {
        let mut quoted = Quoted::default();
        for (character, escaped, kind) in pieces {
            let character = ['%', '_', '\''].get(kind).copied().unwrap_or(character);
            if escaped && matches!(character, '%' | '_') {
                quoted.escaped.push(quoted.text.len());
            }
            quoted.text.push(character);
        }
        quoted
    })
}

fn bind_variable() -> impl Strategy<Value = Operand> {
    "[a-z_][a-z0-9_]{0,4}".prop_map(Operand::Bind)
}

fn member() -> impl Strategy<Value = Operand> {
    prop_oneof![
        any::<bool>().prop_map(Operand::Bool),
        any::<i64>().prop_map(Operand::Int),
        (any::<i64>(), 1..1000_i128).prop_map(|(sum, count)| Operand::Decimal(Decimal::mean(sum.into(), count))),
        (0..=9999_i16, 1..=12_i8, 1..=28_i8)
            .prop_map(|(year, month, day)| Operand::Date(jiff::civil::date(year, month, day))),
        quoted().prop_map(Operand::Text),
        bind_variable(),
    ]
}

fn text_operand() -> impl Strategy<Value = Operand> {
    prop_oneof![quoted().prop_map(Operand::Text), bind_variable()]
}

fn comparison_operator() -> impl Strategy<Value = Comparison> {
    prop_oneof![
        Just(Comparison::Equal),
        Just(Comparison::NotEqual),
        Just(Comparison::Less),
        Just(Comparison::LessOrEqual),
        Just(Comparison::Greater),
        Just(Comparison::GreaterOrEqual),
    ]
}

/// Tests without sub-selects.
fn simple_test() -> impl Strategy<Value = Test> {
    let list = proptest::collection::vec(spanned(member()), 1..4).prop_map(Set::List);
    prop_oneof![
        (any_name(), comparison_operator(), spanned(member())).prop_map(|(column, operator, operand)| Test::Compare {
            column,
            operator,
            operand
        }),
        (any_name(), any::<bool>()).prop_map(|(column, equal)| Test::Compare {
            column,
            operator: if equal { Comparison::Equal } else { Comparison::NotEqual },
            operand: Spanned::new(Operand::Null, 0..0),
        }),
        (any_name(), spanned(text_operand())).prop_map(|(column, pattern)| Test::Like { column, pattern }),
        (any_name(), any::<bool>(), spanned(list)).prop_map(|(column, negated, set)| Test::In { column, negated, set }),
        (any_name(), any::<bool>(), proptest::collection::vec(spanned(text_operand()), 1..3)).prop_map(
            |(column, negated, texts)| Test::Includes { column, negated, texts, end: Spanned::new((), 0..0) }
        ),
    ]
}

fn joined(leaf: impl Strategy<Value = Condition> + 'static) -> impl Strategy<Value = Condition> {
    leaf.prop_recursive(4, 16, 3, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::And),
            proptest::collection::vec(inner.clone(), 2..4).prop_map(Condition::Or),
            inner.prop_map(|inner| Condition::Not(Box::new(inner))),
        ]
    })
}

fn any_condition() -> impl Strategy<Value = Condition> {
    let inner = joined(simple_test().prop_map(Condition::Test));
    let select = (any_name(), any_name(), proptest::option::of(inner))
        .prop_map(|(column, table, filter)| Set::Select(Box::new(SubSelect { column, table, filter })));
    let with_select = (any_name(), any::<bool>(), spanned(select))
        .prop_map(|(column, negated, set)| Condition::Test(Test::In { column, negated, set }));
    joined(prop_oneof![4 => simple_test().prop_map(Condition::Test), 1 => with_select])
}

fn any_call() -> impl Strategy<Value = Call> {
    (proptest::sample::select(Function::ALL.to_vec()), any_name())
        .prop_map(|(function, column)| Call { function, column })
}

fn any_selection() -> impl Strategy<Value = Selection> {
    let item = prop_oneof![
        (any_name(), any::<bool>()).prop_map(|(column, is_label)| SelectItem::Column { column, is_label, alias: None }),
        (any_call(), proptest::option::of(any_alias())).prop_map(|(call, alias)| SelectItem::Aggregate { call, alias }),
    ];
    prop_oneof![
        Just(Selection::All(Spanned::new((), 0..0))),
        proptest::option::of(any_alias()).prop_map(|alias| Selection::CountRows(Spanned::new((), 0..0), alias)),
        proptest::collection::vec(item, 1..4).prop_map(Selection::Items),
    ]
}

fn any_order() -> impl Strategy<Value = OrderBy> {
    let key = prop_oneof![any_name().prop_map(OrderKey::Column), any_call().prop_map(OrderKey::Aggregate)];
    let nulls = proptest::option::of(prop_oneof![Just(NullsOrder::First), Just(NullsOrder::Last)]);
    (key, any::<bool>(), nulls).prop_map(|(key, descending, nulls)| OrderBy { key, descending, nulls })
}

fn any_select() -> impl Strategy<Value = Select> {
    let rows = || proptest::option::of(0..1_000_000_u64);
    (
        any_selection(),
        any_name(),
        proptest::option::of(any_condition()),
        proptest::collection::vec(any_name().prop_map(GroupKey::Column), 0..3),
        proptest::option::of(any_condition()),
        proptest::collection::vec(any_order(), 0..3),
        rows(),
        rows(),
    )
        .prop_map(|(selection, table, filter, group_by, having, order_by, limit, offset)| Select {
            selection,
            table,
            scope: None,
            filter,
            with: None,
            having: having.filter(|_| !group_by.is_empty()),
            group_by,
            order_by,
            limit,
            offset,
            tail: Vec::new(),
        })
}

/// Texts that reach more of the parser than noise does: words of the language in any order.
fn nearly_a_query() -> impl Strategy<Value = String> {
    let words = [
        "SELECT", "FROM", "WHERE", "AND", "OR", "NOT", "IN", "LIKE", "INCLUDES", "(", ")", ",", "=", "!=", "a", "b.c",
        "'x'", "'", "1", "null", "COUNT", "FIELDS", "ALL", "GROUP", "ORDER", "BY", "LIMIT", ":x", "NULLS", ";", "é",
    ];
    proptest::collection::vec(proptest::sample::select(words.to_vec()), 0..24).prop_map(|words| words.join(" "))
}

/// Every text has a result, and the span of an error is inside the text.
fn has_an_answer(text: &str) {
    for error in [parse(text).err(), parse_condition(text).err()].into_iter().flatten() {
        assert!(error.span.start <= error.span.end && error.span.end <= text.len(), "{error:?} {text:?}");
        assert!(text.get(error.span.clone()).is_some(), "{error:?} {text:?}");
    }
}

proptest! {
    #![proptest_config(ProptestConfig { failure_persistence: None, ..ProptestConfig::with_cases(512) })]

    #[test]
    fn what_is_printed_parses_to_the_same_query(select in any_select()) {
        let text = select.to_string();
        let parsed = parse(&text).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(&parsed, &select);
        prop_assert_eq!(parsed.to_string(), text);
    }

    #[test]
    fn what_is_printed_parses_to_the_same_condition(condition in any_condition()) {
        let text = condition.to_string();
        let parsed = parse_condition(&text).unwrap_or_else(|error| panic!("{error}"));
        prop_assert_eq!(parsed, condition);
    }

    #[test]
    fn any_text_has_an_answer(text in any::<String>()) {
        has_an_answer(&text);
    }

    #[test]
    fn any_words_have_an_answer(text in nearly_a_query()) {
        has_an_answer(&text);
    }

    #[test]
    fn any_tail_has_an_answer(tail in "[ -~]{0,24}") {
        has_an_answer(&format!("SELECT a FROM T WHERE a {tail}"));
    }
}
