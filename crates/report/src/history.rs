//! The output of `history`: lines for a terminal, a document, a table for a spreadsheet, a page, JSON for programs.
//!
//! Titles, names and addresses come from an untrusted repository, so they are made harmless like all text of files.
//! Refuses to know how commits were read and compared.

use std::io;

use minijinja::context;
use minijinja::value::Value;

use super::diff::{self as words, inert, row};
use super::table::{self, Layout};
use super::text::wrap;
use super::{Style, count, one_line, overview};
use crate::gate::Gate;
use sessionlint_analysis::broke_on::{BrokeOn, earlier};
use sessionlint_analysis::calendar::Event;
use sessionlint_analysis::diff::{Diff, Direction, Finding, Setting};
use sessionlint_analysis::history::{Change, Entry, History};
use sessionlint_lint::diagnostic::Severity;

const HTML: &str = include_str!("history.html");

/// Findings of a kind that are listed for one commit.
const NAMED: usize = 10;

/// A line about a commit.
struct ChangeLine {
    /// `worse`, `better`, `neutral`, `new`, `gone`, `unreadable` or `readable`.
    what: &'static str,
    severity: Option<Severity>,
    text: String,
}

/// All lines about a commit; `all` lists every finding.
fn change_lines(change: &Change, all: bool) -> Vec<ChangeLine> {
    let diff = &change.changes;
    let mut lines: Vec<ChangeLine> = words::lines(diff, all)
        .into_iter()
        .map(|line| ChangeLine { what: line.direction.as_str(), severity: None, text: line.text() })
        .collect();
    let note = |text: String| ChangeLine { what: "note", severity: None, text };
    lines.extend(words::notes(diff).into_iter().map(|text| note(text.to_owned())));
    lines.extend(diff.outbound_messages.iter().map(|message| note(words::message_text(message))));
    for (what, list) in finding_lists(diff) {
        let most = if all { list.len() } else { NAMED };
        lines.extend(list.iter().take(most).map(|finding| {
            let text = format!("{} ({}) in {}", finding.message, finding.rule, finding.path);
            ChangeLine { what, severity: Some(finding.severity), text }
        }));
        if list.len() > most {
            let text = format!("and {} (--notes lists all)", count(list.len() - most, "more finding"));
            lines.push(ChangeLine { what, severity: None, text });
        }
    }
    lines.extend(change.unreadable.iter().map(|file| {
        let line = file.line.map(|line| format!(":{line}")).unwrap_or_default();
        let text = format!(
            "{}{line} cannot be read: {}; its last readable version, if any, still counts",
            file.path, file.problem
        );
        ChangeLine { what: "unreadable", severity: None, text }
    }));
    lines.extend(change.readable_again.iter().map(|path| {
        let text = format!("{path} can be read again; it is compared with its last readable version");
        ChangeLine { what: "readable", severity: None, text }
    }));
    lines
}

/// The changed findings of a commit, by kind.
fn finding_lists(diff: &Diff) -> [(&'static str, &[Finding]); 4] {
    let findings = &diff.findings;
    [
        ("new", &findings.new),
        ("gone", &findings.fixed),
        ("improved", &findings.improved),
        ("changed", &findings.changed),
    ]
}

/// The date, the commit, its author, title and pull request.
fn head(change: &Change) -> String {
    let info = &change.info;
    let pull = info.pull_request_without_title().map(|number| format!(", pull request {number}")).unwrap_or_default();
    let who = info.author.as_ref().map(|who| format!(" {}", who.name)).unwrap_or_default();
    let merge = if change.is_merge { ", a merge" } else { "" };
    let title = info.title.as_ref().map(|title| format!(": {title}")).unwrap_or_default();
    format!("{} {}{who}{title}{pull}{merge}", day(&info.date), info.short())
}

/// The day of a moment.
fn day(date: &str) -> &str {
    date.split('T').next().unwrap_or(date)
}

/// A dated change in words.
fn event_text(event: &Event) -> String {
    let doubt = event.doubt.as_ref().map(|doubt| format!("; not settled: {doubt}")).unwrap_or_default();
    let concerns = if event.concerns { "; concerns this project" } else { "" };
    format!("{} ({}{doubt}{concerns})", event.what, event.source)
}

/// Where the history begins, in a sentence; `None` where it is empty.
fn begins(history: &History) -> Option<String> {
    let begin = history.begins.as_ref()?;
    let short = begin.commit.get(..7).unwrap_or(&begin.commit);
    let why = match begin.why {
        "shallow-clone" => "where this shallow clone begins; `git fetch --unshallow` gets earlier commits",
        "since" => "the first one after --since",
        _ => "the first commit of this project",
    };
    Some(format!("The history begins on {} with commit {short}, {why}.", day(&begin.date)))
}

fn summary(history: &History) -> String {
    let changes = if history.changes == 0 {
        format!("no commit changes {}", history.subject)
    } else {
        let verb = if history.changes == 1 { "changes" } else { "change" };
        format!("{} {verb} {}", count(history.changes, "commit"), history.subject)
    };
    format!("{changes}, of {} read", history.commits)
}

/// Writes the output for a terminal.
pub fn write_human(out: &mut Gate<'_>, history: &History, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    if let (false, Some(text)) = (style.quiet, begins(history)) {
        writeln!(out, "{}", wrap(&one_line(&text), 0, 0, style.width))?;
    }
    for entry in &history.events {
        match entry {
            Entry::Salesforce(event) => {
                let color = style.keyword();
                let text = one_line(&event_text(event)).into_owned();
                writeln!(out, "\n{bold}{} Salesforce{bold:#}", one_line(&event.when))?;
                writeln!(out, "  {color}note{color:#}       {}", wrap(&text, 13, 13, style.width))?;
            }
            Entry::Commit(change) => {
                writeln!(out, "\n{bold}{}{bold:#}", wrap(&one_line(&head(change)), 0, 2, style.width))?;
                for line in change_lines(change, style.unfold_notes) {
                    let color = match (line.what, line.severity) {
                        ("worse" | "unreadable", _) => style.of(Severity::Error),
                        ("better" | "gone", _) => style.paint(anstyle::AnsiColor::Green.on_default().bold()),
                        ("new", Some(severity)) => style.of(severity),
                        _ => style.paint(anstyle::Style::new()),
                    };
                    let severity = line.severity.map(|it| format!("{}: ", it.as_str())).unwrap_or_default();
                    let text = one_line(&format!("{severity}{}", line.text)).into_owned();
                    writeln!(out, "  {color}{:<10}{color:#} {}", line.what, wrap(&text, 13, 13, style.width))?;
                }
            }
        }
    }
    if !style.quiet {
        let gap = if history.events.is_empty() { "" } else { "\n" };
        writeln!(out, "{gap}{}", summary(history))?;
    }
    Ok(())
}

/// The lines about changes near a day: the distance, the change, and its lines.
fn near_lines(near: &BrokeOn) -> Vec<(String, Vec<ChangeLine>)> {
    let changes = near
        .changes
        .iter()
        .map(|it| (format!("{}: {}", earlier(it.days_earlier), head(&it.change)), change_lines(&it.change, false)));
    let events = near.salesforce.iter().map(|it| {
        let text = format!("{}: Salesforce, {}: {}", earlier(it.days_earlier), it.event.when, event_text(&it.event));
        (text, Vec::new())
    });
    changes.chain(events).collect()
}

/// The sentence that nothing changed near a day.
fn nothing_near(near: &BrokeOn) -> String {
    format!(
        "no commit and no dated change of Salesforce concerns sessions, apps or findings in the {} before",
        count(usize::from(near.within_days), "day")
    )
}

/// Writes the changes before the day on which something broke, for a terminal.
pub fn write_near_human(out: &mut Gate<'_>, near: &BrokeOn, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    writeln!(out, "{bold}Before {}{bold:#}", one_line(&near.date))?;
    let lines = near_lines(near);
    if lines.is_empty() {
        writeln!(out, "  {}", wrap(&nothing_near(near), 2, 2, style.width))?;
    }
    for (title, lines) in lines {
        writeln!(out, "  {}", wrap(&one_line(&title), 2, 4, style.width))?;
        for line in lines {
            let text = one_line(&line.text).into_owned();
            writeln!(out, "    {:<10} {}", line.what, wrap(&text, 15, 15, style.width))?;
        }
    }
    writeln!(out)
}

/// Writes the same for a document.
pub fn write_near_markdown(out: &mut Gate<'_>, near: &BrokeOn) -> io::Result<()> {
    writeln!(out, "## Before {}\n", inert(&near.date))?;
    let lines = near_lines(near);
    if lines.is_empty() {
        writeln!(out, "- {}", inert(&nothing_near(near)))?;
    }
    for (title, lines) in lines {
        writeln!(out, "- {}", inert(&title))?;
        for line in lines {
            writeln!(out, "  - {}: {}", line.what, inert(&line.text))?;
        }
    }
    writeln!(out)
}

/// Writes a document.
pub fn write_markdown(out: &mut Gate<'_>, history: &History) -> io::Result<()> {
    writeln!(out, "### Sessions through time\n")?;
    if let Some(text) = begins(history) {
        writeln!(out, "{}", inert(&text))?;
    }
    writeln!(out, "{}.", inert(&summary(history)))?;
    if history.events.is_empty() {
        return Ok(());
    }
    writeln!(out)?;
    words::head(out, &["when", "commit", "what"])?;
    for entry in &history.events {
        match entry {
            Entry::Salesforce(event) => {
                row(out, &[inert(&event.when), "Salesforce".to_owned(), inert(&event_text(event))])?;
            }
            Entry::Commit(change) => {
                let info = &change.info;
                let who = info.author.as_ref().map(|who| format!("<br>{}", inert(&who.name))).unwrap_or_default();
                let title = info.title.as_ref().map(|title| format!("<br>{}", inert(title))).unwrap_or_default();
                let pull = info
                    .pull_request_without_title()
                    .map(|number| format!("<br>pull request {number}"))
                    .unwrap_or_default();
                let lines = change_lines(change, false).into_iter().map(|line| {
                    let what = if line.what == "worse" { "**worse**".to_owned() } else { line.what.to_owned() };
                    format!("{what}: {}", inert(&line.text))
                });
                let lines: Vec<String> = lines.collect();
                let commit = format!("{}{who}{title}{pull}", inert(info.short()));
                row(out, &[inert(day(&info.date)), commit, lines.join("<br>")])?;
            }
        }
    }
    Ok(())
}

/// Writes a row for each change, for a spreadsheet.
pub fn write_csv(out: &mut Gate<'_>, history: &History) -> io::Result<()> {
    let names = [
        "date",
        "authorDate",
        "commit",
        "author",
        "email",
        "title",
        "pullRequest",
        "type",
        "name",
        "setting",
        "old",
        "new",
        "direction",
        "why",
        "rule",
        "severity",
        "path",
    ];
    let mut rows = Vec::new();
    for entry in &history.events {
        match entry {
            Entry::Salesforce(event) => {
                let mut cells = vec![String::new(); names.len()];
                cells[0].clone_from(&event.when);
                "salesforce".clone_into(&mut cells[7]);
                cells[8].clone_from(&event.id);
                cells[13] = event_text(event);
                rows.push(cells);
            }
            Entry::Commit(change) => csv_rows(change, &mut rows),
        }
    }
    table::write(out, &names.map(str::to_owned), &rows, Layout::Csv)
}

fn csv_rows(change: &Change, rows: &mut Vec<Vec<String>>) {
    let info = &change.info;
    let who = |of: fn(&sessionlint_analysis::history::Author) -> &String| {
        info.author.as_ref().map(of).cloned().unwrap_or_default()
    };
    let head = [
        info.date.clone(),
        info.author_date.clone(),
        info.commit.clone(),
        who(|who| &who.name),
        who(|who| &who.email),
        info.title.clone().unwrap_or_default(),
        info.pull_request.map(|number| number.to_string()).unwrap_or_default(),
    ];
    let mut add =
        |cells: [&str; 10]| rows.push(head.iter().map(String::as_str).chain(cells).map(str::to_owned).collect());
    let value = |setting: &str, value: &Option<sessionlint_analysis::diff::Value>| {
        value.as_ref().map_or_else(|| "unknown".to_owned(), |value| words::in_words(setting, value))
    };
    let minutes = |minutes: Option<i64>| minutes.map_or_else(|| "unknown".to_owned(), |minutes| minutes.to_string());
    let add_setting = |add: &mut dyn FnMut([&str; 10]), ty: &str, name: &str, it: &Setting| {
        add([
            ty,
            name,
            it.setting,
            &value(it.setting, &it.old),
            &value(it.setting, &it.new),
            it.direction.as_str(),
            "",
            "",
            "",
            "",
        ]);
    };
    let diff = &change.changes;
    for it in &diff.org {
        add_setting(&mut add, "org", "", it);
    }
    for it in &diff.profiles {
        let (old, new) = (minutes(it.old_minutes), minutes(it.new_minutes));
        let (direction, path) = (it.direction.as_str(), it.path.as_deref().unwrap_or_default());
        add(["profile", &it.profile, "effectiveMinutes", &old, &new, direction, it.reason, "", "", path]);
    }
    for app in &diff.apps {
        if app.settings.is_empty() {
            let presence = format!("{:?}", app.presence).to_lowercase();
            add(["app", &app.app, &presence, "", "", Direction::Neutral.as_str(), "", "", "", ""]);
        }
        for it in &app.settings {
            add_setting(&mut add, "app", &app.app, it);
        }
    }
    for it in &diff.outbound_messages {
        add(["message", &it.message, "", "", "", "", &words::message_text(it), "", "", &it.path]);
    }
    for (what, list) in finding_lists(diff) {
        for it in list {
            let name = it.component.as_ref().map_or("", |component| &component.name);
            let severity = it.severity.as_str();
            add(["finding", name, what, "", "", "", &it.message, &it.rule, severity, &it.path]);
        }
    }
    for it in &change.unreadable {
        add(["unreadable", "", "", "", "", "", &it.problem, "", "", &it.path]);
    }
    for path in &change.readable_again {
        add(["readable", "", "", "", "", "", "", "", "", path]);
    }
}

/// Writes a page.
pub fn write_html(out: &mut Gate<'_>, history: &History) -> io::Result<()> {
    overview::render(out, "history.html", HTML, &super::Paths::default(), values(history))
}

/// The values for the template of the page.
fn values(history: &History) -> Value {
    let entry = |entry: &Entry| match entry {
        Entry::Salesforce(event) => context! {
            when => event.when.clone(), what => event_text(event), is_salesforce => true,
        },
        Entry::Commit(change) => {
            let info = &change.info;
            let lines = change_lines(change, true).into_iter().map(|line| {
                let chip = match (line.what, line.severity) {
                    ("worse" | "unreadable", _) => "error",
                    ("better" | "gone", _) => "good",
                    ("new", Some(severity)) => severity.as_str(),
                    _ => "quiet",
                };
                context! { what => line.what, chip => chip, text => line.text }
            });
            context! {
                when => day(&info.date).to_owned(), commit => info.short().to_owned(), is_salesforce => false,
                who => info.author.as_ref().map(|who| who.name.clone()), title => info.title.clone(),
                pull => info.pull_request_without_title(), is_merge => change.is_merge, lines => lines.collect::<Vec<Value>>(),
            }
        }
    };
    context! {
        begins => begins(history),
        summary => summary(history),
        events => history.events.iter().map(entry).collect::<Vec<Value>>(),
    }
}
