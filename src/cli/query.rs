//! `sessionlint query SOQL`: the project's metadata as tables.
//!
//! Refuses to know the tables and the grammar: `facts` has the tables, `soql` the grammar.

use std::io::{self, Read};
use std::path::PathBuf;

use clap::Args;

use super::args::{Common, TableFormat};
use super::reading::Reading;
use super::{Environment, Exit, Failure, output};
use sessionlint_facts::standard::OrgQuery;
use sessionlint_facts::{Facts, Shapes, Views};
use sessionlint_report::gate::Gate;
use sessionlint_report::json::write_value;
use sessionlint_report::{count, one_line, quote, table};
use sessionlint_soql::{self as soql, Catalog, QueryResult, Schema, Value};

#[derive(Debug, Args)]
pub(super) struct QueryArguments {
    /// The query: SELECT columns FROM table WHERE ... ORDER BY ...; `-` reads it from standard input
    #[arg(value_name = "SOQL", required_unless_present_any = ["tables", "columns"], conflicts_with_all = ["tables", "columns"])]
    pub(super) soql: Option<String>,
    /// List the tables, or those with this word in a table or column name
    #[arg(long, value_name = "WORD", num_args = 0..=1, default_missing_value = "", conflicts_with = "columns")]
    pub(super) tables: Option<String>,
    /// List the columns of a table, with descriptions
    #[arg(long, value_name = "TABLE")]
    pub(super) columns: Option<String>,
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Output format
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: TableFormat,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &QueryArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    if let Some(word) = &arguments.tables {
        return list_tables(word, arguments, environment);
    }
    if let Some(table) = &arguments.columns {
        return list_columns(table, arguments, environment);
    }
    let Some(mut soql) = arguments.soql.clone() else {
        return Err(Failure::Usage("say what to ask: a query, `--tables`, or `--columns TABLE`".to_owned()));
    };
    if soql == "-" {
        soql.clear();
        let read = io::stdin().read_to_string(&mut soql);
        read.map_err(|error| Failure::Unreadable(format!("standard input cannot be read ({error})")))?;
    }
    let (select, names, plan) = parse_query(&soql)?;
    for note in plan.notes() {
        environment.note(note);
    }
    // The files to read depend on the names of our tables, not on those of an org.
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?.for_query(&select.to_string());
    let (loaded, (), exit) = reading.read(environment, |_| ())?;
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let tables = names.tables(&views);
    let answer = plan.run(&tables);
    let format = arguments.format;
    output::write(environment, arguments.common.output(), |out| write(out, &answer, format))?;
    Ok(exit)
}

/// A query with the names of our tables, its own names, and its plan; an error shows its place.
pub(super) fn parse_query(soql: &str) -> Result<(soql::Select, OrgQuery, soql::QueryPlan), Failure> {
    let wrong = |error: soql::QueryError| {
        Failure::Usage(quote("query", soql, error.span, &error.message, error.hint.as_deref()))
    };
    let mut select = soql::parse(soql).map_err(wrong)?;
    let names = OrgQuery::by(&mut select);
    let plan = soql::bind(&select, &names).map_err(wrong)?;
    Ok((select, names, plan))
}

/// The tables whose names, or whose columns' names, contain a word; all of them for an empty one.
fn list_tables(word: &str, arguments: &QueryArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let word = word.to_lowercase();
    let holds = |name: &str| name.to_lowercase().contains(&word);
    let mut rows = Vec::new();
    for schema in Shapes.table_names().into_iter().filter_map(|name| Shapes.schema(name)) {
        let columns = schema.columns.iter().map(|column| column.name.as_ref());
        let matching: Vec<&str> = columns.filter(|name| !word.is_empty() && holds(name)).collect();
        if holds(&schema.name) || !matching.is_empty() {
            rows.push(vec![schema.name.to_string(), schema.columns.len().to_string(), matching.join(", ")]);
        }
    }
    if rows.is_empty() {
        return Err(Failure::Usage(format!("no table or column has `{word}` in its name; `--tables` alone lists all")));
    }
    rows.sort();
    let names = ["table", "columns", "matching columns"];
    write_rows(&names[..if word.is_empty() { 2 } else { 3 }], rows, arguments, environment)
}

/// The columns of one table, with their descriptions.
fn list_columns(table: &str, arguments: &QueryArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    // A query for the table alone explains an unknown name of a table; nobody typed it, so that it is not quoted.
    let wrong = |error: soql::QueryError| {
        let hint = error.hint.map(|hint| format!("; {hint}")).unwrap_or_default();
        Failure::Usage(one_line(&format!("--columns: {}{hint}", error.message)).into_owned())
    };
    let mut select = soql::parse("SELECT COUNT() FROM Profile").map_err(wrong)?;
    table.clone_into(&mut select.table.node);
    let names = OrgQuery::by(&mut select);
    soql::bind(&select, &names).map_err(wrong)?;
    let columns = |schema: &Schema| -> Vec<Vec<String>> {
        let row = |column: &soql::Column| {
            let nullable = if column.nullable { ", or null" } else { "" };
            vec![column.name.to_string(), format!("{}{nullable}", column.ty.as_str()), column.doc.to_owned()]
        };
        schema.columns.iter().map(row).collect()
    };
    let rows = names.schema(&select.table.node).map(columns).unwrap_or_default();
    write_rows(&["column", "holds", "meaning"], rows, arguments, environment)
}

/// Writes rows under `names`; further cells of a row are left out.
fn write_rows(
    names: &[&str],
    rows: Vec<Vec<String>>,
    arguments: &QueryArguments,
    environment: &mut Environment<'_>,
) -> Result<Exit, Failure> {
    let columns = names.iter().map(|name| ((*name).to_owned(), soql::Type::Text)).collect();
    let text = |value: String| Value::Text(value.into());
    let row = |row: Vec<String>| row.into_iter().take(names.len()).map(text).collect();
    let answer = QueryResult { columns, rows: rows.into_iter().map(row).collect() };
    output::write(environment, arguments.common.output(), |out| write(out, &answer, arguments.format))?;
    Ok(Exit::Clean)
}

fn write(out: &mut Gate<'_>, answer: &QueryResult<'_>, format: TableFormat) -> io::Result<()> {
    let names: Vec<String> = answer.columns.iter().map(|(name, _)| name.clone()).collect();
    if format == TableFormat::Json {
        let object = |row: &Vec<Value<'_>>| -> serde_json::Map<String, serde_json::Value> {
            names.iter().cloned().zip(row.iter().map(json)).collect()
        };
        let rows: Vec<_> = answer.rows.iter().map(object).collect();
        return write_value(out, &rows);
    }
    let rows: Vec<Vec<String>> = answer.rows.iter().map(|row| row.iter().map(in_words).collect()).collect();
    table::write(out, &names, &rows, format.layout())?;
    if format == TableFormat::Table {
        writeln!(out, "{}", count(rows.len(), "row"))?;
    }
    Ok(())
}

pub(super) fn json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Decimal(number) => number.as_f64().into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Date(date) => date.to_string().into(),
        Value::List(texts) => texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into(),
    }
}

fn in_words(value: &Value<'_>) -> String {
    match value {
        Value::Unknown => "replaced at deployment".to_owned(),
        value => value.to_words("; ").into_owned(),
    }
}
