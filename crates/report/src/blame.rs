//! The output of `blame`: tables for people and spreadsheets, JSON for programs.
//!
//! Names, titles and addresses come from an untrusted repository and are made harmless. Refuses to know how a commit
//! was found.

use std::io;

use super::diff::{in_words, name_of, shown_value};
use super::table::{self, Layout};
use super::text::wrap;
use super::{Paths, Style, one_line};
use crate::gate::Gate;
use sessionlint_analysis::blame::{Blame, BlamedValue, Since};

/// The owner of values and the values, in words.
fn what(kind: &str, values: &[&BlamedValue]) -> String {
    let name = values.first().map_or("", |it| it.name.as_str());
    let whose = if name.is_empty() { kind.to_owned() } else { format!("{kind} {name}") };
    let values = values.iter().map(|it| {
        let value = it.value.as_ref().map_or_else(|| "unknown".to_owned(), |value| shown_value(it.setting, value));
        format!("{} {value}", name_of(it.setting))
    });
    format!("{whose}: {}", values.collect::<Vec<_>>().join("; "))
}

/// The values of each owner, those since one commit together.
fn grouped(blame: &Blame) -> Vec<(&'static str, Vec<&BlamedValue>)> {
    let mut groups: Vec<(&'static str, Vec<&BlamedValue>)> = Vec::new();
    let mut owner = None;
    let mut start = 0;
    for (kind, it) in values(blame) {
        // Apps of two kinds may have one name: a setting that occurs again belongs to another app.
        let is_again = groups[start..].iter().flat_map(|(_, group)| group).any(|other| other.setting == it.setting);
        if owner != Some((kind, &it.full_name)) || is_again {
            (owner, start) = (Some((kind, &it.full_name)), groups.len());
        }
        match groups[start..].iter_mut().find(|(_, group)| group.iter().any(|other| other.since == it.since)) {
            Some((_, group)) => group.push(it),
            None => groups.push((kind, vec![it])),
        }
    }
    groups
}

/// The commit and its author, in words.
fn since(since: &Since) -> String {
    let Some(commit) = &since.commit else { return since.words() };
    let who = commit.author.as_ref().map(|who| format!(", {}", who.name)).unwrap_or_default();
    let title = commit.title.as_ref().filter(|title| !title.is_empty());
    let title = title.map(|title| format!(": {title}")).unwrap_or_default();
    let pull = commit.pull_request_without_title().map(|number| format!(", pull request {number}")).unwrap_or_default();
    format!("{}{pull}{who}{title}", since.words())
}

/// The values, each with its kind.
fn values(blame: &Blame) -> impl Iterator<Item = (&'static str, &BlamedValue)> {
    let org = blame.org.iter().map(|it| ("org", it));
    let profiles = blame.profiles.iter().map(|it| ("profile", it));
    org.chain(profiles).chain(blame.apps.iter().map(|it| ("app", it)))
}

/// Writes the output for a terminal.
pub fn write_human(out: &mut Gate<'_>, blame: &Blame, paths: &Paths, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    let mut is_first = true;
    let mut title = |out: &mut Gate<'_>, title: &str| {
        let gap = if std::mem::take(&mut is_first) { "" } else { "\n" };
        writeln!(out, "{gap}{bold}{title}{bold:#}")
    };
    let groups = grouped(blame);
    if !groups.is_empty() {
        title(out, "Values")?;
        for (kind, group) in groups {
            writeln!(out, "  {}", wrap(&one_line(&what(kind, &group)), 2, 4, style.width))?;
            if let Some(it) = group.first() {
                writeln!(out, "      {}", wrap(&one_line(&since(&it.since)), 6, 6, style.width))?;
            }
        }
    }
    if !blame.findings.is_empty() {
        title(out, "Findings")?;
        for it in &blame.findings {
            let color = style.of(it.severity);
            let text = format!("{}:{}:{}: {} ({})", paths.shown(&it.path), it.line, it.column, it.message, it.rule);
            let severity = it.severity.as_str();
            writeln!(out, "  {color}{severity:<8}{color:#} {}", wrap(&one_line(&text), 11, 11, style.width))?;
            writeln!(out, "           {}", wrap(&one_line(&since(&it.since)), 11, 11, style.width))?;
        }
    }
    Ok(())
}

const NAMES: [&str; 14] = [
    "type",
    "name",
    "setting",
    "value",
    "rule",
    "severity",
    "place",
    "since",
    "kind",
    "commit",
    "date",
    "author",
    "title",
    "pullRequest",
];

fn rows(blame: &Blame, paths: &Paths) -> Vec<Vec<String>> {
    let tail = |since: &Since| -> [String; 7] {
        let commit = since.commit.as_ref();
        let of = |text: Option<&String>| text.cloned().unwrap_or_default();
        [
            since.words(),
            since.kind.to_owned(),
            of(commit.map(|it| &it.commit)),
            of(commit.map(|it| &it.date)),
            of(commit.and_then(|it| it.author.as_ref()).map(|who| &who.name)),
            of(commit.and_then(|it| it.title.as_ref())),
            commit.and_then(|it| it.pull_request).map(|number| number.to_string()).unwrap_or_default(),
        ]
    };
    let values = values(blame).map(|(kind, it)| {
        let value = it.value.as_ref().map_or_else(|| "unknown".to_owned(), |value| in_words(it.setting, value));
        let none = String::new;
        let head = [kind.to_owned(), it.name.clone(), it.setting.to_owned(), value, none(), none(), none()];
        head.into_iter().chain(tail(&it.since)).collect()
    });
    let findings = blame.findings.iter().map(|it| {
        let place = format!("{}:{}:{}", paths.shown(&it.path), it.line, it.column);
        let (rule, severity) = (it.rule.clone(), it.severity.as_str().to_owned());
        let none = String::new;
        let head = ["finding".to_owned(), none(), none(), it.message.clone(), rule, severity, place];
        head.into_iter().chain(tail(&it.since)).collect()
    });
    values.chain(findings).collect()
}

/// Writes a row for each value and finding, for a spreadsheet.
pub fn write_csv(out: &mut Gate<'_>, blame: &Blame, paths: &Paths) -> io::Result<()> {
    table::write(out, &NAMES.map(str::to_owned), &rows(blame, paths), Layout::Csv)
}

/// Writes two tables for a document.
pub fn write_markdown(out: &mut Gate<'_>, blame: &Blame, paths: &Paths) -> io::Result<()> {
    let owned = |names: &[&str]| -> Vec<String> { names.iter().map(|name| (*name).to_owned()).collect() };
    let line = |(kind, group): (&str, Vec<&BlamedValue>)| {
        let since = group.first().map(|it| since(&it.since)).unwrap_or_default();
        vec![what(kind, &group), since]
    };
    let lines: Vec<Vec<String>> = grouped(blame).into_iter().map(line).collect();
    if !lines.is_empty() {
        writeln!(out, "### Values\n")?;
        table::write(out, &owned(&["what", "since"]), &lines, Layout::Markdown)?;
    }
    if blame.findings.is_empty() {
        return Ok(());
    }
    writeln!(out, "{}### Findings\n", if lines.is_empty() { "" } else { "\n" })?;
    let lines = blame.findings.iter().map(|it| {
        let place = format!("{}:{}:{}", paths.shown(&it.path), it.line, it.column);
        vec![it.severity.as_str().to_owned(), it.message.clone(), place, it.rule.clone(), since(&it.since)]
    });
    table::write(out, &owned(&["", "finding", "where", "rule", "since"]), &lines.collect::<Vec<_>>(), Layout::Markdown)
}
