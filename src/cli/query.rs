//! `sessionlint query SOQL`: the project's metadata as tables.

use std::io::{self, Read, Write};

use super::args::{QueryArguments, TableFormat};
use super::reading::Reading;
use super::{Environment, Exit, Failure, output};
use sessionlint_facts::{Facts, Shapes, Views};
use sessionlint_report::json::write_value;
use sessionlint_report::table::{self, Shape};
use sessionlint_soql::{self as soql, Answer, Value};

pub(super) fn run(arguments: &QueryArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let mut soql = arguments.soql.clone();
    if soql == "-" {
        soql.clear();
        let read = io::stdin().read_to_string(&mut soql);
        read.map_err(|error| Failure::Unreadable(format!("standard input cannot be read ({error})")))?;
    }
    let wrong = |error: soql::QueryError| Failure::Usage(error.render(&soql));
    let select = soql::parse(&soql).map_err(wrong)?;
    let plan = soql::bind(&select, &Shapes).map_err(wrong)?;
    let reading = Reading::of(&arguments.path, &arguments.common, environment)?.asked(&soql);
    let (loaded, (), exit) = reading.read(environment, |_| ())?;
    let facts = Facts::of(&loaded.project);
    let views = Views::new(&facts);
    let answer = plan.run(&views);
    let format = arguments.format;
    output::write(environment, arguments.common.output.as_deref(), |out| write(out, &answer, format))?;
    Ok(exit)
}

fn write(out: &mut dyn Write, answer: &Answer<'_>, format: TableFormat) -> io::Result<()> {
    let names: Vec<String> = answer.columns.iter().map(|(name, _)| name.clone()).collect();
    if format == TableFormat::Json {
        let object = |row: &Vec<Value<'_>>| -> serde_json::Map<String, serde_json::Value> {
            names.iter().cloned().zip(row.iter().map(json)).collect()
        };
        let rows: Vec<_> = answer.rows.iter().map(object).collect();
        return write_value(out, &rows);
    }
    let rows: Vec<Vec<String>> = answer.rows.iter().map(|row| row.iter().map(in_words).collect()).collect();
    let shape = match format {
        TableFormat::Csv => Shape::Csv,
        TableFormat::Markdown => Shape::Markdown,
        TableFormat::Table | TableFormat::Json => Shape::Plain,
    };
    table::write(out, &names, &rows, shape)?;
    if format == TableFormat::Table {
        let plural = if rows.len() == 1 { "" } else { "s" };
        writeln!(out, "{} row{plural}", rows.len())?;
    }
    Ok(())
}

fn json(value: &Value<'_>) -> serde_json::Value {
    match value {
        Value::Null | Value::Unknown => serde_json::Value::Null,
        Value::Bool(truth) => (*truth).into(),
        Value::Int(number) => (*number).into(),
        Value::Text(text) => text.as_ref().into(),
        Value::Date(date) => date.to_string().into(),
        Value::List(texts) => texts.iter().map(AsRef::as_ref).collect::<Vec<&str>>().into(),
    }
}

fn in_words(value: &Value<'_>) -> String {
    match value {
        Value::Null => String::new(),
        Value::Unknown => "replaced at deployment".to_owned(),
        Value::Bool(truth) => truth.to_string(),
        Value::Int(number) => number.to_string(),
        Value::Text(text) => text.to_string(),
        Value::Date(date) => date.to_string(),
        Value::List(texts) => texts.join("; "),
    }
}
