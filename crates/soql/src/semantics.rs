//! Tests of what queries mean, on small made-up tables.
//!
//! Knows none of the tables of a project.

use std::borrow::Cow;

use jiff::civil::date;

use super::*;

/// Two tables: `Thing` with one column of each type, and marks.
struct World {
    schemas: Vec<Schema>,
}

impl World {
    fn new() -> Self {
        let column = |name: &'static str, ty, nullable| Column { name: name.into(), ty, nullable, doc: "" };
        let things = vec![
            column("Name", Type::Text, false),
            column("Kind", Type::Text, true),
            column("policy.minutes", Type::Int, true),
            column("On", Type::Bool, true),
            column("Due", Type::Date, true),
            column("Scopes", Type::List, true),
        ];
        let marks = vec![
            column("Thing", Type::Text, true),
            column("Weight", Type::Int, true),
            column("Label", Type::Text, false),
        ];
        let schema = |name: &'static str, columns| Schema { name: name.into(), columns };
        Self { schemas: vec![schema("Thing", things), schema("Mark", marks)] }
    }
}

impl Catalog for World {
    fn schema(&self, name: &str) -> Option<&Schema> {
        self.schemas.iter().find(|schema| schema.name.eq_ignore_ascii_case(name))
    }

    fn table_names(&self) -> Vec<&str> {
        self.schemas.iter().map(|schema| schema.name.as_ref()).collect()
    }
}

struct Rows<'p>(Vec<Table<'p>>);

impl Tables for Rows<'_> {
    fn table(&self, name: &str) -> Option<&Table<'_>> {
        self.0.iter().find(|table| table.schema.name.eq_ignore_ascii_case(name))
    }
}

fn text(text: &'static str) -> Value<'static> {
    Value::Text(Cow::Borrowed(text))
}

fn list(texts: &[&'static str]) -> Value<'static> {
    Value::List(texts.iter().map(|text| Cow::Borrowed(*text)).collect())
}

fn row(values: Vec<Value<'static>>) -> Row<'static> {
    Row { cells: values.into_iter().map(Cell::computed).collect(), subject: None, key: "".into() }
}

fn rows(world: &World) -> Rows<'_> {
    use Value::{Bool, Date, Int, Null};
    let things = vec![
        row(vec![text("Alpha"), text("Web"), Int(30), Bool(true), Date(date(2026, 1, 1)), list(&["Api", "Web"])]),
        row(vec![text("beta"), Null, Null, Null, Null, Null]),
        row(vec![text("Éclair"), text("web"), Int(120), Bool(false), Date(date(2026, 12, 1)), list(&["api"])]),
        row(vec![text("100%"), text("Job"), Int(30), Bool(true), Null, list(&["Full"])]),
    ];
    let marks = vec![
        row(vec![text("ALPHA"), Int(1), text("x")]),
        row(vec![Null, Int(2), text("y")]),
        row(vec![text("éCLAIR"), Null, text("y")]),
    ];
    let table = |index: usize, rows| Table { schema: &world.schemas[index], rows };
    Rows(vec![table(0, things), table(1, marks)])
}

fn ask(query: &str) -> Result<Vec<String>, QueryError> {
    let world = World::new();
    let rows = rows(&world);
    let plan = bind(&parse(query)?, &world)?;
    let answer = plan.run(&rows);
    let shown = |value: &Value<'_>| match value {
        Value::Null | Value::Unknown => "-".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Decimal(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::List(texts) => texts.join("+"),
    };
    Ok(answer.rows.iter().map(|row| row.iter().map(shown).collect::<Vec<_>>().join(" ")).collect())
}

/// The initials of the rows for which `condition` is true: A, b, É and 1.
fn holds_for(condition: &str) -> String {
    let query = format!("SELECT Name FROM Thing WHERE {condition}");
    let names = ask(&query).unwrap_or_else(|error| panic!("{error}"));
    names.iter().filter_map(|name| name.chars().next()).collect()
}

fn refused(query: &str) -> (String, String) {
    let error = ask(query).unwrap_err();
    (query[error.span.clone()].to_owned(), format!("{}; {}", error.message, error.hint.unwrap_or_default()))
}

#[test]
fn aggregates_are_those_of_soql() {
    let cases = [
        ("SELECT MIN(policy.minutes), MAX(policy.minutes), SUM(policy.minutes) FROM Thing", "30 120 180"),
        ("SELECT AVG(policy.minutes) FROM Thing", "60.0"),
        ("SELECT AVG(Weight) FROM Mark", "1.5"),
        ("SELECT MIN(Name), MAX(Name), MIN(Due) FROM Thing", "100% Éclair 2026-01-01"),
        ("SELECT COUNT_DISTINCT(Kind), COUNT(DISTINCT policy.minutes) FROM Thing", "2 2"),
        ("SELECT COUNT(Id) FROM Mark", "3"),
        ("SELECT MIN(Weight), AVG(Weight), SUM(Weight), COUNT(Weight) FROM Mark WHERE Label = 'nobody'", "- - - 0"),
    ];
    for (query, answer) in cases {
        assert_eq!(ask(query).unwrap_or_else(|error| panic!("{error}")), [answer], "{query}");
    }
}

#[test]
fn having_filters_groups() {
    let of = |having: &str| {
        let query = format!("SELECT Kind k, COUNT(Name) FROM Thing GROUP BY Kind HAVING {having}");
        ask(&query).unwrap_or_else(|error| panic!("{error}"))
    };
    assert_eq!(of("COUNT(Name) > 1"), ["Web 2"]);
    assert_eq!(of("count(id) = 1"), ["- 1", "Job 1"]);
    assert_eq!(of("COUNT(Name) >= 1 AND (Kind LIKE 'w%' OR Kind = null)"), ["Web 2", "- 1"]);
    assert_eq!(of("AVG(policy.minutes) > 74.9 AND MAX(Thing.Name) LIKE 'é%'"), ["Web 2"]);
    assert_eq!(of("NOT SUM(policy.minutes) > 100"), ["- 1", "Job 1"]);
    let sorted = "SELECT Kind FROM Thing t GROUP BY Kind ORDER BY MAX(t.policy.minutes) DESC NULLS LAST, t.Kind";
    assert_eq!(ask(sorted).unwrap(), ["Web", "Job", "-"]);
}

#[test]
fn a_column_may_have_its_table_in_front() {
    assert_eq!(ask("SELECT Thing.Name FROM Thing WHERE THING.kind = 'job'").unwrap(), ["100%"]);
    let alias =
        "SELECT t.Name, toLabel(t.Kind) FROM Thing t WHERE t.Name IN (SELECT m.Thing FROM Mark m WHERE m.Weight = 1)";
    assert_eq!(ask(alias).unwrap(), ["Alpha Web"]);
    assert_eq!(refused("SELECT x.Name FROM Thing t").0, "x.Name");
}

#[test]
fn conditions_mean_what_they_mean_in_soql() {
    let cases = [
        ("Name = 'ALPHA'", "A"),
        ("Name = 'éclair'", "É"),
        ("NAME != 'alpha'", "bÉ1"),
        ("Kind = 'WEB'", "AÉ"),
        ("Kind != 'web'", "b1"),
        ("Kind <> 'web'", "b1"),
        ("Kind = null", "b"),
        ("Kind != null", "AÉ1"),
        ("NOT Kind = 'web'", "b1"),
        ("policy.Minutes = 30", "A1"),
        ("policy.minutes != 30", "bÉ"),
        ("policy.minutes < 120", "A1"),
        ("policy.minutes <= 120", "AÉ1"),
        ("policy.minutes > 30", "É"),
        ("policy.minutes >= -1", "AÉ1"),
        ("NOT policy.minutes < 120", "bÉ"),
        ("On = true", "A1"),
        ("On != true", "bÉ"),
        ("On = false", "É"),
        ("On = null", "b"),
        ("Due < 2026-12-01", "A"),
        ("Due = 2026-12-01", "É"),
        ("Due != 2026-12-01", "Ab1"),
        ("Name > 'alpha' AND Name < 'C'", "b"),
        ("Name <= 'BETA'", "Ab1"),
        ("Name LIKE 'al%'", "A"),
        ("Name LIKE 'É_LAIR'", "É"),
        ("Name LIKE '%a'", "Ab"),
        ("Name LIKE '%\\%'", "1"),
        ("Name LIKE '%'", "AbÉ1"),
        ("Kind LIKE '%'", "AÉ1"),
        ("NOT Kind LIKE '%'", "b"),
        ("Kind IN ('JOB', 'other')", "1"),
        ("Kind NOT IN ('job')", "AbÉ"),
        ("policy.minutes IN (30, 31)", "A1"),
        ("policy.minutes NOT IN (30)", "bÉ"),
        ("Due IN (2026-01-01)", "A"),
        ("On IN (false)", "É"),
        ("Scopes INCLUDES ('API')", "AÉ"),
        ("Scopes INCLUDES ('full', 'web')", "A1"),
        ("Scopes INCLUDES ('api;web')", "A"),
        ("Scopes INCLUDES ('api;web', 'full')", "A1"),
        ("Scopes EXCLUDES ('api')", "b1"),
        ("Scopes EXCLUDES ('api;web')", "bÉ1"),
        ("Scopes = null", "b"),
        ("Scopes != null", "AÉ1"),
        ("Name IN (SELECT Thing FROM Mark)", "AÉ"),
        ("Name NOT IN (SELECT Thing FROM mark)", "b1"),
        ("Name IN (SELECT Thing FROM Mark WHERE Weight != 1)", "É"),
        ("Kind NOT IN (SELECT Label FROM Mark)", "AbÉ1"),
        ("policy.minutes NOT IN (SELECT Weight FROM Mark)", "AbÉ1"),
        ("(Kind = 'web' AND On = true) OR Name = 'beta'", "Ab"),
        ("Kind = 'web' AND (On = false OR Name = 'beta')", "É"),
        ("NOT (Kind = 'web' OR Name = 'beta')", "1"),
        ("NOT NOT Kind = 'web'", "AÉ"),
    ];
    for (condition, names) in cases {
        assert_eq!(holds_for(condition), names, "{condition}");
    }
}

#[test]
fn the_audit_query_of_four_lines_runs() {
    let query =
        "SELECT Name, Kind, policy.minutes\nFROM Thing\nWHERE policy.minutes != null\nORDER BY policy.minutes ASC\n";
    assert_eq!(ask(query).unwrap(), ["Alpha Web 30", "100% Job 30", "Éclair web 120"]);
}

#[test]
fn order_is_stable_ignores_case_and_puts_nulls_first() {
    let names = |order: &str| ask(&format!("SELECT Name FROM Thing ORDER BY {order}")).unwrap().join(" ");
    assert_eq!(names("Name"), "100% Alpha beta Éclair");
    assert_eq!(names("Name DESC"), "Éclair beta Alpha 100%");
    assert_eq!(names("policy.minutes"), "beta Alpha 100% Éclair");
    assert_eq!(names("policy.minutes DESC"), "beta Éclair Alpha 100%");
    assert_eq!(names("policy.minutes NULLS LAST"), "Alpha 100% Éclair beta");
    assert_eq!(names("policy.minutes DESC NULLS LAST"), "Éclair Alpha 100% beta");
    assert_eq!(names("Kind NULLS LAST, Name DESC"), "100% Éclair Alpha beta");
    assert_eq!(names("On, Due DESC NULLS LAST"), "beta Éclair Alpha 100%");
}

#[test]
fn rows_are_cut_after_they_are_sorted() {
    assert_eq!(ask("SELECT Name FROM Thing ORDER BY Name LIMIT 2").unwrap(), ["100%", "Alpha"]);
    assert_eq!(ask("SELECT Name FROM Thing ORDER BY Name LIMIT 2 OFFSET 3").unwrap(), ["Éclair"]);
    assert_eq!(ask("SELECT Name FROM Thing LIMIT 0").unwrap().len(), 0);
    assert_eq!(ask("SELECT Name FROM Thing OFFSET 9").unwrap().len(), 0);
}

#[test]
fn counts_and_groups() {
    assert_eq!(ask("SELECT COUNT() FROM Thing").unwrap(), ["4"]);
    assert_eq!(ask("SELECT COUNT() FROM Thing WHERE Name = 'nobody'").unwrap(), ["0"]);
    assert_eq!(ask("SELECT COUNT() FROM Thing LIMIT 3").unwrap(), ["3"]);
    assert_eq!(ask("SELECT COUNT(Kind), COUNT(Scopes) s FROM Thing").unwrap(), ["3 3"]);
    assert_eq!(ask("SELECT COUNT(Kind) FROM Thing WHERE Name = 'nobody'").unwrap(), ["0"]);
    assert_eq!(ask("SELECT COUNT(Kind), Kind FROM Thing WHERE Name = 'nobody' GROUP BY Kind").unwrap().len(), 0);
    assert_eq!(ask("SELECT Kind, COUNT(Name) FROM Thing GROUP BY Kind").unwrap(), ["Web 2", "- 1", "Job 1"]);
    assert_eq!(ask("SELECT Kind FROM Thing GROUP BY Kind ORDER BY Kind DESC").unwrap(), ["-", "Web", "Job"]);
    let sorted = "SELECT COUNT(Name) n, Kind FROM Thing GROUP BY Kind, On ORDER BY COUNT(Name) DESC, Kind LIMIT 3";
    assert_eq!(ask(sorted).unwrap(), ["1 -", "1 Job", "1 Web"]);
}

#[test]
fn columns_are_named_as_selected_and_typed_as_declared() {
    let world = World::new();
    let rows = rows(&world);
    let plan =
        bind(&parse("select name, POLICY.minutes from thing where Name in (select Thing from Mark)").unwrap(), &world);
    let plan = plan.unwrap();
    assert_eq!(plan.columns(), ["name", "POLICY.minutes"]);
    assert_eq!(plan.tables(), ["Thing", "Mark"]);
    let columns = plan.run(&rows).columns;
    assert_eq!(columns, [("name".to_owned(), Type::Text), ("POLICY.minutes".to_owned(), Type::Int)]);
    let columns = |query: &str| bind(&parse(query).unwrap(), &world).unwrap().columns();
    assert_eq!(columns("SELECT FIELDS(ALL) FROM Mark"), ["Thing", "Weight", "Label"]);
    assert_eq!(columns("SELECT COUNT() FROM Mark"), ["COUNT()"]);
    assert_eq!(columns("SELECT count(Thing), COUNT(Label) total FROM Mark"), ["COUNT(Thing)", "total"]);
}

#[test]
fn missing_tables_are_empty() {
    let world = World::new();
    let plan = |query: &str| bind(&parse(query).unwrap(), &world).unwrap();
    assert!(plan("SELECT Name FROM Thing").run(&Rows(Vec::new())).rows.is_empty());
    let mut rows = rows(&world);
    rows.0.truncate(1);
    assert_eq!(plan("SELECT Name FROM Thing WHERE Name NOT IN (SELECT Thing FROM Mark)").run(&rows).rows.len(), 4);
}

#[test]
fn what_cannot_be_answered_is_refused_with_a_span_and_a_hint() {
    let cases = [
        ("SELECT Name FROM Thign", "Thign", "did you mean `Thing`?"),
        ("SELECT Name FROM Profile", "Profile", "tables: `Thing`, `Mark`"),
        ("SELECT Nmae FROM Thing", "Nmae", "did you mean `Name`?"),
        ("SELECT minutes FROM Thing", "minutes", "did you mean `policy.minutes`?"),
        ("SELECT Qqqqqqq FROM Mark", "Qqqqqqq", "columns: `Thing`, `Weight`, `Label`"),
        ("SELECT Name FROM Thing WHERE Kidn = 'x'", "Kidn", "did you mean `Kind`?"),
        ("SELECT Name FROM Thing ORDER BY Nam", "Nam", "did you mean `Name`?"),
        ("SELECT Name FROM Thing WHERE policy.minutes = '30'", "'30'", "leave the quotes out: 30"),
        ("SELECT Name FROM Thing WHERE policy.minutes < 'x'", "'x'", "write a number"),
        ("SELECT Name FROM Thing WHERE policy.minutes IN (1, '2')", "'2'", "leave the quotes out: 2"),
        ("SELECT Name FROM Thing WHERE Name = 30", "30", "put it in quotes: '30'"),
        ("SELECT Name FROM Thing WHERE Name = true", "true", "put it in quotes: 'true'"),
        ("SELECT Name FROM Thing WHERE On = 'True'", "'True'", "leave the quotes out: true"),
        ("SELECT Name FROM Thing WHERE On = 1", "1", "write true or false"),
        ("SELECT Name FROM Thing WHERE On > false", "false", "write `On = true`"),
        ("SELECT Name FROM Thing WHERE Due = '2026-12-01'", "'2026-12-01'", "leave the quotes out: 2026-12-01"),
        ("SELECT Name FROM Thing WHERE Due > 5", "5", "write a date"),
        ("SELECT Name FROM Thing WHERE Scopes = 'Api'", "Scopes", "write `Scopes INCLUDES"),
        ("SELECT Name FROM Thing WHERE Scopes IN ('Api')", "Scopes", "write `Scopes INCLUDES"),
        ("SELECT Name FROM Thing WHERE Scopes LIKE 'Api'", "Scopes", "write `Scopes INCLUDES"),
        ("SELECT Name FROM Thing WHERE Kind INCLUDES ('Web')", "Kind", "write `Kind IN"),
        ("SELECT Name FROM Thing WHERE Scopes INCLUDES (';')", "';'", "empty text"),
        ("SELECT Name FROM Thing WHERE On LIKE 'x'", "On", "LIKE compares texts"),
        (
            "SELECT Name FROM Thing WHERE Name IN (SELECT Weight FROM Mark)",
            "Weight",
            "holds whole numbers, but `Name` holds text",
        ),
        ("SELECT Name FROM Thing WHERE Name IN (SELECT Name FROM Mark)", "Name", "`Mark` has no column `Name`"),
        ("SELECT Name FROM Thing WHERE Kind = :kind", ":kind", "write the value itself"),
        ("SELECT Name, COUNT(Kind) FROM Thing", "Name", "add `GROUP BY Name`"),
        ("SELECT Name, COUNT(Kind) FROM Thing GROUP BY Kind", "Name", "add `Name` to GROUP BY"),
        ("SELECT COUNT() FROM Thing GROUP BY Kind", "COUNT()", "COUNT(Kind)"),
        ("SELECT COUNT() FROM Thing ORDER BY Kind", "COUNT()", "leave ORDER BY out"),
        ("SELECT FIELDS(ALL) FROM Thing GROUP BY Kind", "FIELDS(ALL)", "columns after GROUP BY"),
        ("SELECT COUNT(Scopes) FROM Thing GROUP BY Scopes", "Scopes", "cannot be grouped"),
        ("SELECT Name FROM Thing ORDER BY Scopes", "Scopes", "cannot be sorted"),
        ("SELECT Name FROM Thing ORDER BY COUNT(Name)", "Name", "add `COUNT(Name)` to SELECT"),
        ("SELECT Name FROM Thing WHERE COUNT(Name) > 1", "COUNT(Name)", "HAVING COUNT(Name) > 1"),
        ("SELECT SUM(Name) FROM Thing", "Name", "SUM and AVG take numbers"),
        ("SELECT MIN(On) FROM Thing", "On", "true or false"),
        ("SELECT Kind FROM Thing GROUP BY Kind HAVING Name = 'x'", "Name", "add `Name` to GROUP BY"),
        ("SELECT Kind FROM Thing GROUP BY Kind HAVING SUM(Kind) > 1", "SUM(Kind)", "SUM and AVG take numbers"),
        ("SELECT Name FROM Thing WHERE Due = TODAY", "TODAY", "counts days"),
        ("SELECT Name FROM Thing WHERE Due > LAST_N_DAYS:30", "LAST_N_DAYS:30", "only an org can answer"),
        ("SELECT Name FROM Thing WHERE Due < 2026-12-01T00:00:00Z", "2026-12-01T00:00:00Z", "without a time"),
        ("SELECT Name FROM Thing WHERE policy.minutes > USD5", "USD5", "no currencies"),
        ("SELECT Name FROM Thing WITH USER_MODE", "WITH USER_MODE", "sf data query"),
        ("SELECT Name FROM Thing USING SCOPE mine", "USING SCOPE mine", "sf data query"),
        ("SELECT Name FROM Thing ALL ROWS", "ALL ROWS", "sf data query"),
        ("SELECT Name, (SELECT Label FROM Marks) FROM Thing", "(SELECT Label FROM Marks)", "sf data query"),
        ("SELECT FORMAT(Due) d FROM Thing", "FORMAT(Due) d", "sf data query"),
        ("SELECT Kind FROM Thing GROUP BY ROLLUP(Kind)", "ROLLUP(Kind)", "sf data query"),
        ("SELECT Kind, COUNT(Name) total FROM Thing GROUP BY Kind ORDER BY total", "total", "COUNT(column)"),
        ("SELECT Name, name FROM Thing", "name", "selected twice"),
    ];
    for (query, span, expected) in cases {
        let (marked, message) = refused(query);
        assert_eq!(marked, span, "{query}: {message}");
        assert!(message.contains(expected), "{query}: {message}");
    }
}

fn options() -> Params {
    let texts = |texts: &[&str]| ParamValue::Texts(texts.iter().map(|text| (*text).to_owned()).collect());
    Params::from([
        ("below".to_owned(), ParamValue::Int(60)),
        ("kind".to_owned(), ParamValue::Text("WEB".to_owned())),
        ("pattern".to_owned(), ParamValue::Text("%\\%".to_owned())),
        ("wanted".to_owned(), ParamValue::Bool(false)),
        ("names".to_owned(), texts(&["ALPHA", "Beta"])),
        ("scopes".to_owned(), texts(&["full", "api;web"])),
        ("none".to_owned(), texts(&[])),
    ])
}

fn filter(condition: &str) -> Result<Filter, QueryError> {
    let world = World::new();
    bind_condition(&parse_condition(condition)?, &world.schemas[0], &world, &options())
}

#[test]
fn options_stand_for_their_values() {
    let world = World::new();
    let rows = rows(&world);
    let cases = [
        ("policy.minutes < :below", "A1"),
        ("Kind = :kind", "AÉ"),
        ("Kind IN (:kind, 'job')", "AÉ1"),
        ("Name LIKE :pattern", "1"),
        ("Name = :pattern", ""),
        ("On = :wanted", "É"),
        ("Name IN :names", "Ab"),
        ("Name NOT IN (:names, '100%')", "É"),
        ("Name IN :none", ""),
        ("Name NOT IN :none", "AbÉ1"),
        ("Scopes INCLUDES (:scopes)", "A1"),
        ("Scopes INCLUDES (:none)", ""),
        ("Name IN (SELECT Thing FROM Mark WHERE Weight < :below)", "A"),
    ];
    for (condition, names) in cases {
        let filter = filter(condition).unwrap_or_else(|error| panic!("{error}"));
        let prepared = filter.prepare(&rows);
        let passing = rows.0[0].rows.iter().filter(|row| prepared.matches(*row));
        let initials: String = passing.filter_map(|row| row.cells[0].value.as_text()?.chars().next()).collect();
        assert_eq!(initials, names, "{condition}");
    }
}

#[test]
fn options_of_the_wrong_kind_or_name_are_refused() {
    let cases = [
        ("Kind = :knid", ":knid", "did you mean `kind`?"),
        ("Kind = :Kind", ":Kind", "did you mean `kind`?"),
        ("Kind = :zzzzzzz", ":zzzzzzz", "declared options: `below`, `kind`"),
        ("Kind = :below", ":below", "declares `below` as a number"),
        ("Kind = :names", ":names", "declares `names` as a list"),
        ("policy.minutes IN :names", ":names", "holds whole numbers, not a list of texts"),
        ("Kind LIKE :below", ":below", "declares `below` as a number"),
        ("Scopes INCLUDES (:below)", ":below", "declares `below` as a number"),
    ];
    for (condition, span, expected) in cases {
        let error = filter(condition).unwrap_err();
        assert_eq!(&condition[error.span.clone()], span);
        assert!(error.to_string().contains(expected), "{condition}: {error}");
    }
}

#[test]
fn a_filter_lists_its_tables_and_columns_and_is_shared() {
    fn shared(_: &(impl Send + Sync)) {}
    let filter = filter("On = true AND name IN (SELECT Thing FROM mark) AND (Name = 'x' OR Kind = 'y')").unwrap();
    assert_eq!(filter.columns(), [0, 1, 3]);
    assert_eq!(filter.tables(), ["Mark"]);
    shared(&filter);
    shared(&filter.prepare(&Rows(Vec::new())));
}

#[test]
fn null_hazards_are_found_unless_the_chain_excludes_null() {
    let cases: [(&str, &[(&str, &str)]); 31] = [
        ("Name != 'x'", &[]),
        ("Kind = 'x'", &[]),
        ("Kind != null", &[]),
        ("Kind = null", &[]),
        ("Kind != 'x'", &[("Kind != 'x'", "!=")]),
        ("kind NOT IN ('x')", &[("kind NOT IN ('x')", "NOT IN")]),
        ("Scopes EXCLUDES ('x')", &[("Scopes EXCLUDES ('x')", "EXCLUDES")]),
        ("NOT Kind = 'x'", &[("Kind = 'x'", "NOT")]),
        ("NOT Name = 'x'", &[]),
        ("NOT Kind = null", &[]),
        ("NOT Kind != null", &[]),
        ("Kind != 'x' AND Kind != null", &[]),
        ("KIND != 'x' AND kind LIKE 'y%'", &[]),
        ("Kind != 'x' AND Kind IN ('x', 'y')", &[]),
        ("policy.minutes != 1 AND policy.minutes > 0", &[]),
        ("Scopes EXCLUDES ('x') AND Scopes INCLUDES ('y')", &[]),
        ("Kind != 'x' AND On = true", &[("Kind != 'x'", "!=")]),
        ("Kind != 'x' AND Kind != 'y'", &[("Kind != 'x'", "!="), ("Kind != 'y'", "!=")]),
        ("On = true AND (Kind != 'x' OR Name = 'y') AND Kind != null", &[]),
        ("Kind != null AND (On = true AND (Kind != 'x' OR Name = 'y'))", &[]),
        ("Kind != 'x' AND (Kind = 'y' OR On = true)", &[("Kind != 'x'", "!=")]),
        ("Kind != 'x' AND (Kind = 'y' OR Kind LIKE 'z')", &[]),
        ("(Kind != 'x' AND On = true) OR Kind = 'y'", &[("Kind != 'x'", "!=")]),
        ("Kind != 'x' OR Kind != null", &[("Kind != 'x'", "!=")]),
        ("NOT (Kind != null AND On = true)", &[("On = true", "NOT")]),
        ("NOT (Kind = null OR Kind = 'x')", &[]),
        ("NOT (Kind = 'x' AND Name = 'y') AND Kind != null", &[]),
        ("NOT (Kind = 'x' OR On = true) AND Kind != null", &[("On = true", "NOT")]),
        ("NOT NOT Kind = 'x'", &[]),
        ("Name IN (SELECT Thing FROM Mark WHERE Weight != 1)", &[("Weight != 1", "!=")]),
        (
            "Kind NOT IN (SELECT Thing FROM Mark WHERE Weight != null AND Weight != 1)",
            &[("Kind NOT IN (SELECT Thing FROM Mark WHERE Weight != null AND Weight != 1)", "NOT IN")],
        ),
    ];
    for (condition, hazards) in cases {
        let filter = filter(condition).unwrap();
        let found: Vec<_> =
            filter.null_hazards().iter().map(|hazard| (&condition[hazard.span.clone()], hazard.operator)).collect();
        assert_eq!(found, hazards, "{condition}");
    }
    let filter = filter("kind != 'x'").unwrap();
    assert_eq!(
        filter.null_hazards()[0].to_error().to_string(),
        "`!=` also holds where `Kind` is null (a rule must not fire on unknown: add `AND Kind != null`)"
    );
}
