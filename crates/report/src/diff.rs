//! The output of `diff`: lines for a terminal, a comment for a pull request, JSON for programs.
//!
//! The first two use the same words; JSON has the facts. Names from files are made harmless: in Markdown they cannot
//! format text and cannot mention a person. Refuses to know how the two states were read.

use std::io;

use super::text::wrap;
use super::{Paths, Report, Style, count, github, one_line, table};
use crate::gate::Gate;
use sessionlint_analysis::diff::{
    App, Configuration, Diff, Direction, Finding, Message, Presence, Profile, Setting, TIMEOUT, Value,
};
use sessionlint_lint::diagnostic::{Severity, Summary};
use sessionlint_lint::rule::minutes_in_words;

/// Profiles with one change for one reason, and findings of one rule, that have a line each.
const NAMED: usize = 3;
/// Findings of each kind that are listed; the rest is counted.
const FINDINGS_SHOWN: usize = 50;

/// A change in words.
pub(super) struct Line {
    pub(super) direction: Direction,
    /// The owner.
    pub(super) subject: String,
    /// The setting; empty where the subject names it.
    pub(super) what: &'static str,
    pub(super) old: String,
    pub(super) new: String,
    /// The reason, or a remark.
    pub(super) why: String,
}

impl Line {
    /// All of it in a line.
    pub(super) fn text(&self) -> String {
        let what = if self.what.is_empty() { String::new() } else { format!(" {}", self.what) };
        let arrow = if self.old.is_empty() { self.new.clone() } else { format!("{} -> {}", self.old, self.new) };
        let why = if self.why.is_empty() { String::new() } else { format!(" ({})", self.why) };
        format!("{}:{what} {arrow}{why}", self.subject)
    }
}

/// All changes of sessions and apps in words, with the files of overrides; `all` names every profile.
pub(super) fn lines(diff: &Diff, all: bool) -> Vec<Line> {
    let mut lines = session_lines(diff, all, true);
    lines.extend(app_lines(diff));
    worst_first(lines)
}

/// How the paths of either side are shown.
#[derive(Clone, Debug)]
pub struct SidePaths {
    /// Those of the state before.
    pub old: Paths,
    /// Those of the state after.
    pub new: Paths,
}

/// Writes annotations of GitHub Actions: what gets worse for sessions and apps, and the findings of `new`, which are those
/// that the new state alone has.
pub fn write_github(out: &mut Gate<'_>, diff: &Diff, new: &Report, paths: &SidePaths) -> io::Result<()> {
    let lines = session_lines(diff, false, false).into_iter().chain(app_lines(diff));
    let worse = lines.filter(|line| line.direction == Direction::Worse).map(|line| line.text());
    let (annotated, not_shown) = github::warnings(out, "Sessions and apps", &worse.collect::<Vec<_>>())?;
    let left_out = github::findings(out, new, &paths.new, annotated)?;
    writeln!(out, "sessionlint: {}{}", summary(diff), github::not_annotated(not_shown + left_out, "change"))
}

/// Writes the output for a terminal.
pub fn write_human(out: &mut Gate<'_>, diff: &Diff, paths: &SidePaths, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    if !style.quiet {
        writeln!(out, "{bold}{}{bold:#}", one_line(&format!("{} -> {}", diff.old.name, diff.new.name)))?;
    }
    let all = style.unfold_notes;
    for (title, lines) in [("Sessions", session_lines(diff, all, false)), ("Apps", app_lines(diff))] {
        if lines.is_empty() {
            continue;
        }
        writeln!(out, "\n{bold}{title}{bold:#}")?;
        for line in lines {
            human_line(out, &line, style)?;
        }
    }
    for note in notes(diff) {
        let color = style.keyword();
        writeln!(out, "  {color}note{color:#}     {}", wrap(note, 11, 11, style.width))?;
    }
    if !diff.outbound_messages.is_empty() {
        writeln!(out, "\n{bold}Messages{bold:#}")?;
        let color = style.of(Severity::Warning);
        for message in &diff.outbound_messages {
            let text = format!("{}:{}: {}", paths.new.shown(&message.path), message.line, message_text(message));
            writeln!(out, "  {color}note{color:#}     {}", wrap(&one_line(&text), 11, 11, style.width))?;
        }
    }
    for (title, _, findings, paths) in sorts(diff, paths) {
        if findings.is_empty() {
            continue;
        }
        writeln!(out, "\n{bold}{title}{bold:#}")?;
        let (shown, hidden) = shown(findings, all);
        for ShownFinding { finding, others } in shown {
            let color = style.of(finding.severity);
            let text = format!("{}: {} ({}){}", place(finding, paths), finding.message, finding.rule, before(finding));
            let text = wrap(&one_line(&text), 11, 11, style.width);
            writeln!(out, "  {color}{:<8}{color:#} {text}", finding.severity.as_str())?;
            for more in [copies_text(finding, paths), others_text(&others)].into_iter().flatten() {
                writeln!(out, "           {}", wrap(&one_line(&more), 11, 11, style.width))?;
            }
        }
        if let Some(more) = more(hidden) {
            writeln!(out, "           {more}")?;
        }
    }
    if style.quiet {
        return Ok(());
    }
    writeln!(out, "\n{}", summary(diff))?;
    if let Some(sentence) = configuration(diff) {
        writeln!(out, "{}", wrap(&one_line(&sentence), 0, 0, style.width))?;
    }
    Ok(())
}

/// The warning that the two states have different rules or configurations; `None` where they do not.
fn configuration(diff: &Diff) -> Option<String> {
    let Configuration { from, file, changed } = &diff.configuration;
    let (other, by) = if *from == "old" { ("new", "OLD") } else { ("old", "NEW") };
    let which = file.as_ref().map_or_else(|| "which has none".to_owned(), Clone::clone);
    changed.then(|| {
        format!(
            "The configuration, or the rules that it names, changed too: both states are judged by that of {by} \
             ({which}); --config-from {other} takes the other's."
        )
    })
}

fn human_line(out: &mut Gate<'_>, line: &Line, style: Style) -> io::Result<()> {
    let color = match line.direction {
        Direction::Worse => style.of(Severity::Error),
        Direction::Better => style.paint(anstyle::AnsiColor::Green.on_default().bold()),
        Direction::Neutral => style.paint(anstyle::Style::new()),
    };
    let text = one_line(&line.text()).into_owned();
    writeln!(out, "  {color}{:<8}{color:#} {}", line.direction.as_str(), wrap(&text, 11, 11, style.width))
}

/// Writes a comment for a pull request.
pub fn write_markdown(out: &mut Gate<'_>, diff: &Diff, paths: &SidePaths) -> io::Result<()> {
    writeln!(out, "### sessionlint: {}\n", summary(diff))?;
    writeln!(out, "{} → {}", inert(&diff.old.name), inert(&diff.new.name))?;
    let mut lines = session_lines(diff, false, false);
    lines.extend(app_lines(diff));
    let (neutral, directed): (Vec<_>, Vec<_>) =
        lines.into_iter().partition(|line| line.direction == Direction::Neutral);
    if !directed.is_empty() {
        writeln!(out)?;
        changes_table(out, &directed)?;
    }
    if !neutral.is_empty() {
        let title = format!("{}, neither better nor worse", count(neutral.len(), "other change"));
        folded(out, &title, |out| changes_table(out, &neutral))?;
    }
    for note in notes(diff) {
        writeln!(out, "\n> {}", inert(note))?;
    }
    if let Some(sentence) = configuration(diff) {
        writeln!(out, "\n> {}", inert(&sentence))?;
    }
    for message in &diff.outbound_messages {
        writeln!(out, "\n> {}", inert(&message_text(message)))?;
    }
    for (_, word, findings, paths) in sorts(diff, paths) {
        if findings.is_empty() {
            continue;
        }
        let counts = Summary::of_severities(findings.iter().map(|finding| finding.severity));
        let title = format!("{} ({})", count(findings.len(), word), super::summary_text(&counts));
        folded(out, &title, |out| {
            head(out, &["", "finding", "where", "rule"])?;
            let (shown, hidden) = shown(findings, false);
            for ShownFinding { finding, others } in shown {
                let more = [copies_text(finding, paths), others_text(&others)].into_iter().flatten();
                let message = format!("{}{}", finding.message, before(finding));
                let message = std::iter::once(message).chain(more).collect::<Vec<_>>().join("; ");
                let cells = [finding.severity.as_str(), &message, &place(finding, paths), &finding.rule];
                row(out, &cells.map(inert))?;
            }
            if let Some(more) = more(hidden) {
                writeln!(out, "\n{more}")?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn changes_table(out: &mut Gate<'_>, lines: &[Line]) -> io::Result<()> {
    head(out, &["", "what", "before", "after", "why"])?;
    for line in lines {
        let direction = match line.direction {
            Direction::Worse => "**worse**",
            Direction::Better => "better",
            Direction::Neutral => "",
        };
        let what = if line.what.is_empty() { line.subject.clone() } else { format!("{}: {}", line.subject, line.what) };
        row(out, &[direction.to_owned(), inert(&what), inert(&line.old), inert(&line.new), inert(&line.why)])?;
    }
    Ok(())
}

/// The names of the columns of a table, and the line below them.
pub(super) fn head(out: &mut Gate<'_>, names: &[&str]) -> io::Result<()> {
    writeln!(out, "| {} |\n| {} |", names.join(" | "), vec!["---"; names.len()].join(" | "))
}

pub(super) fn row(out: &mut Gate<'_>, cells: &[String]) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Text that is shown when its title is clicked.
fn folded(out: &mut Gate<'_>, title: &str, content: impl FnOnce(&mut Gate<'_>) -> io::Result<()>) -> io::Result<()> {
    writeln!(out, "\n<details><summary>{title}</summary>\n")?;
    content(out)?;
    writeln!(out, "\n</details>")
}

/// Text without formatting and mentions: an `@name` in a comment would notify that person, a `#1` would link to an
/// issue.
pub(super) fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    for ch in table::escaped(text).chars() {
        inert.push(ch);
        if matches!(ch, '@' | '#') {
            // A zero-width space, so that the rest is not a name.
            inert.push_str("&#8203;");
        }
    }
    inert
}

fn summary(diff: &Diff) -> String {
    if diff.is_empty() {
        return "no change to sessions, apps or findings".to_owned();
    }
    let mut parts = Vec::new();
    for (number, text) in [(diff.summary.worse, "for the worse"), (diff.summary.better, "for the better")] {
        if number > 0 {
            parts.push(format!("{} {text}", count(number, "change")));
        }
    }
    if parts.is_empty() {
        parts.push("no session gets shorter or longer".to_owned());
    }
    if !diff.outbound_messages.is_empty() {
        parts.push(count(diff.outbound_messages.len(), "message") + " without its session id");
    }
    let findings = &diff.findings;
    let sorts = [
        (&findings.new, "new finding"),
        (&findings.fixed, "fixed finding"),
        (&findings.improved, "improved finding"),
        (&findings.changed, "changed finding"),
    ];
    for (findings, word) in sorts {
        if !findings.is_empty() {
            parts.push(count(findings.len(), word));
        }
    }
    parts.join(", ")
}

/// The kinds of changed findings: their title, the word that counts them, and how their paths are shown.
fn sorts<'d>(diff: &'d Diff, paths: &'d SidePaths) -> [(&'static str, &'static str, &'d [Finding], &'d Paths); 4] {
    let findings = &diff.findings;
    [
        ("New findings", "new finding", &findings.new, &paths.new),
        ("Fixed", "fixed finding", &findings.fixed, &paths.old),
        ("Improved, still found", "improved finding", &findings.improved, &paths.new),
        ("Changed, as bad as before", "changed finding", &findings.changed, &paths.new),
    ]
}

/// A finding that is shown, and the others of its rule and severity that it represents.
struct ShownFinding<'d> {
    finding: &'d Finding,
    others: Vec<&'d Finding>,
}

/// The worst findings first, not too many, and how many are left out. Many of one rule are one, unless `all` are
/// requested.
fn shown(findings: &[Finding], all: bool) -> (Vec<ShownFinding<'_>>, usize) {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    if all {
        return (findings.into_iter().map(|finding| ShownFinding { finding, others: Vec::new() }).collect(), 0);
    }
    let alike = |one: &Finding, other: &Finding| {
        (&one.rule, one.severity, one.old_severity) == (&other.rule, other.severity, other.old_severity)
    };
    let mut shown: Vec<ShownFinding<'_>> = Vec::new();
    for finding in &findings {
        let is_folded = findings.iter().filter(|other| alike(finding, other)).count() > NAMED;
        match shown.iter_mut().find(|it| is_folded && alike(it.finding, finding)) {
            Some(first) => first.others.push(finding),
            None => shown.push(ShownFinding { finding, others: Vec::new() }),
        }
    }
    let hidden = shown.iter().skip(FINDINGS_SHOWN).map(|it| 1 + it.others.len()).sum();
    shown.truncate(FINDINGS_SHOWN);
    (shown, hidden)
}

/// The other places of what a finding repeats.
fn copies_text(finding: &Finding, paths: &Paths) -> Option<String> {
    let shown: Vec<String> =
        finding.copies.iter().take(NAMED).map(|at| place_of(&at.path, at.line, at.column, paths)).collect();
    let more = finding.copies.len() - shown.len();
    let more = if more > 0 { format!(" and {more} more") } else { String::new() };
    (!shown.is_empty()).then(|| format!("also in {}{more}", shown.join(", ")))
}

/// The findings that one represents, by their components.
fn others_text(others: &[&Finding]) -> Option<String> {
    if others.is_empty() {
        return None;
    }
    let mut names: Vec<&str> =
        others.iter().filter_map(|finding| Some(finding.component.as_ref()?.name.as_str())).collect();
    names.dedup();
    let first = names.iter().take(NAMED).copied().collect::<Vec<_>>().join(", ");
    let more = if names.len() > NAMED { format!(" and {} more", names.len() - NAMED) } else { String::new() };
    let places = if first.is_empty() { String::new() } else { format!(" in {first}{more}") };
    Some(format!("and {} of this rule{places}; --notes shows each", count(others.len(), "other")))
}

fn more(hidden: usize) -> Option<String> {
    (hidden > 0).then(|| format!("and {hidden} more; the format json has all"))
}

fn place(finding: &Finding, paths: &Paths) -> String {
    place_of(&finding.path, finding.line, finding.column, paths)
}

fn place_of(path: &str, line: u32, column: u32, paths: &Paths) -> String {
    format!("{}:{line}:{column}", paths.shown(path))
}

fn before(finding: &Finding) -> String {
    finding.old_severity.map(|severity| format!(" [was: {}]", severity.as_str())).unwrap_or_default()
}

fn worst_first(mut lines: Vec<Line>) -> Vec<Line> {
    lines.sort_by_key(|line| match line.direction {
        Direction::Worse => 0,
        Direction::Better => 1,
        Direction::Neutral => 2,
    });
    lines
}

/// The changes of the org and its profiles; `all` names every profile, `with_files` the file of an override.
fn session_lines(diff: &Diff, all: bool, with_files: bool) -> Vec<Line> {
    let mut lines: Vec<Line> = diff.org.iter().map(|setting| org_line(diff, setting, all)).collect();
    let own: Vec<&Profile> = diff.profiles.iter().filter(|profile| !diff.follows_org(profile)).collect();
    let mut written: Vec<&Profile> = Vec::new();
    for profile in &own {
        let what = |it: &Profile| (it.reason, it.presence, it.integration, it.old_minutes, it.new_minutes);
        if written.iter().any(|other| what(other) == what(profile)) {
            continue;
        }
        written.push(profile);
        let alike: Vec<&Profile> = own.iter().copied().filter(|other| what(other) == what(profile)).collect();
        if alike.len() <= NAMED {
            lines.extend(alike.into_iter().map(|profile| {
                let mut line = profile_line(profile, subject_of(profile));
                if let (true, Some(path)) = (with_files, &profile.path) {
                    line.why = format!("{} in {path}", line.why);
                }
                line
            }));
        } else {
            let integration = if profile.integration { ", used by integrations" } else { "" };
            let subject = format!("{} profiles ({}){integration}", alike.len(), names(&alike, all));
            lines.push(profile_line(profile, subject));
        }
    }
    worst_first(lines)
}

/// A setting of the org, with the profiles that follow it.
fn org_line(diff: &Diff, setting: &Setting, all: bool) -> Line {
    let mut line = setting_line("the org", setting);
    let followers: Vec<&Profile> = diff.profiles.iter().filter(|profile| diff.follows_org(profile)).collect();
    if setting.setting == TIMEOUT && !followers.is_empty() {
        let of = count(followers.len(), "profile");
        line.why = format!("holds for {of} without an override: {}", names(&followers, all));
    }
    line
}

/// The names of profiles, the first ones unless `all` are requested.
fn names(profiles: &[&Profile], all: bool) -> String {
    let most = if all { profiles.len() } else { NAMED };
    let names: Vec<&str> = profiles.iter().take(most).map(|profile| profile.profile.as_str()).collect();
    let more = profiles.len() - names.len();
    let names = names.join(", ");
    if more > 0 { format!("{names} and {more} more; --notes names all") } else { names }
}

/// The loss of a receiver.
pub(super) fn message_text(it: &Message) -> String {
    let receiver = it.receiver.as_deref().map(|receiver| format!(" at {receiver}")).unwrap_or_default();
    format!(
        "outbound message {} of {} no longer asks for a session id: its receiver{receiver} loses it. Salesforce sends \
         none since the week of 23 February 2026, and a retrieve drops the setting; a receiver that calls back with the \
         id needs a token of its own",
        it.message, it.workflow
    )
}

fn subject_of(profile: &Profile) -> String {
    let integration = if profile.integration { ", used by an integration" } else { "" };
    format!("profile {}{integration}", profile.profile)
}

fn profile_line(profile: &Profile, subject: String) -> Line {
    let minutes = |minutes: Option<i64>| minutes.map_or_else(|| "unknown".to_owned(), minutes_in_words);
    let (old, new) = match profile.presence {
        Presence::Added => (String::new(), minutes(profile.new_minutes)),
        Presence::Removed => (minutes(profile.old_minutes), "not in the project".to_owned()),
        Presence::Changed => (minutes(profile.old_minutes), minutes(profile.new_minutes)),
    };
    Line { direction: profile.direction, subject, what: "", old, new, why: profile.reason.to_owned() }
}

fn app_lines(diff: &Diff) -> Vec<Line> {
    let mut lines = Vec::new();
    for app in &diff.apps {
        let subject = app_subject(app);
        match app.presence {
            Presence::Changed => lines.extend(app.settings.iter().map(|setting| setting_line(&subject, setting))),
            Presence::Added => lines.push(whole_app(app, subject, String::new(), "added")),
            Presence::Removed => lines.push(whole_app(app, subject, "in the project".to_owned(), "removed")),
        }
    }
    worst_first(lines)
}

/// The remarks on the changes, each once.
pub(super) fn notes(diff: &Diff) -> Vec<&'static str> {
    let mut notes: Vec<_> = diff.apps.iter().filter_map(|app| app.note).collect();
    notes.dedup();
    notes
}

/// The name with its kind, because an app of each kind may have the name.
fn app_subject(app: &App) -> String {
    let kind = match app.kind {
        "ConnectedApp" => "connected app",
        _ => "external client app",
    };
    let integration = if app.integration { ", an integration" } else { "" };
    format!("{kind} {}{integration}", app.app)
}

/// A new or removed app, with its known settings.
fn whole_app(app: &App, subject: String, old: String, what: &str) -> Line {
    let known = app.settings.iter().filter_map(|setting| {
        let value = setting.new.as_ref().or(setting.old.as_ref())?;
        if setting.setting == "tokenForm" {
            return None;
        }
        Some(format!("{} {}", name_of(setting.setting), shown_value(setting.setting, value)))
    });
    let known: Vec<String> = known.collect();
    let known = if known.is_empty() { String::new() } else { format!(" with {}", known.join("; ")) };
    let (new, why) = match app.presence {
        Presence::Removed => (what.to_owned(), format!("it was there{known}")),
        _ => (format!("{what}{known}"), String::new()),
    };
    Line { direction: Direction::Neutral, subject, what: "", old, new, why }
}

fn setting_line(subject: &str, setting: &Setting) -> Line {
    let value = |value: &Option<Value>| {
        value.as_ref().map_or_else(|| "unknown".to_owned(), |value| shown_value(setting.setting, value))
    };
    let why = match (&setting.old, &setting.new) {
        (Some(Value::Words(old)), Some(Value::Words(new))) => difference(old, new),
        _ => String::new(),
    };
    Line {
        direction: setting.direction,
        subject: subject.to_owned(),
        what: name_of(setting.setting),
        old: value(&setting.old),
        new: value(&setting.new),
        why,
    }
}

fn difference(old: &[String], new: &[String]) -> String {
    let only = |one: &[String], other: &[String]| {
        one.iter().filter(|word| !other.contains(word)).map(String::as_str).collect::<Vec<_>>().join(", ")
    };
    let parts = [("added", only(new, old)), ("removed", only(old, new))];
    let parts = parts.into_iter().filter(|(_, words)| !words.is_empty()).map(|(what, words)| format!("{what} {words}"));
    parts.collect::<Vec<_>>().join("; ")
}

pub(super) fn name_of(setting: &str) -> &'static str {
    match setting {
        "sessionTimeout" => "session timeout",
        "forcedLogout" => "forced logout at the timeout",
        "timeoutWarningDisabled" => "warning before the timeout",
        "lockedToIp" => "sessions locked to their IP address",
        "ipRangesEveryRequest" => "login IP ranges checked at every request",
        "tokenForm" => "access token format",
        "jwtTimeout" => "lifetime of JWT-based access tokens",
        "refreshToken" => "refresh token",
        "renewal" => "renewal",
        "ipRelaxation" => "IP restrictions",
        "assurance" => "required session level",
        "adminApproved" => "only for admin-approved users",
        "scopes" => "scopes",
        _ => "setting",
    }
}

/// The value of a setting beside its name: worded as people see it, not as the element that turns it off.
pub(super) fn shown_value(setting: &str, value: &Value) -> String {
    match value {
        Value::Flag(on) if setting == "timeoutWarningDisabled" => in_words(setting, &Value::Flag(!on)),
        value => in_words(setting, value),
    }
}

/// The value of a setting, as its element states it.
pub(super) fn in_words(setting: &str, value: &Value) -> String {
    match value {
        // A flow is called by the same word.
        Value::Word(form) if setting == "tokenForm" => if form == "jwt" { "JWT" } else { form }.to_owned(),
        Value::Minutes(minutes) => minutes_in_words(*minutes),
        Value::Flag(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Words(words) if words.is_empty() => "none".to_owned(),
        Value::Words(words) => words.join(", "),
        Value::Refresh { kind, period, .. } => {
            let period = period.as_deref().unwrap_or("an unknown time");
            match *kind {
                "until-revoked" => "valid until revoked".to_owned(),
                "at-once" => "expires at once".to_owned(),
                "lifetime" => format!("expires {period} after issue"),
                "idle" => format!("expires after {period} without use"),
                _ => "with an undocumented policy".to_owned(),
            }
        }
        Value::Word(word) => match word.as_str() {
            "jwt" => "by JWT bearer",
            "client-credentials" => "by client credentials",
            "refresh-token" => "by refresh token",
            "none-visible" => "none in the files",
            "enforce" => "enforced",
            "relax-refresh" => "relaxed for refresh tokens",
            "second-factor" => "relaxed for activated devices",
            "relax" => "relaxed",
            "session" => "that of the user's session",
            other => other,
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use sessionlint_analysis::diff::{Findings, ORG_CHANGED, Side, Summary};

    fn profile(name: &str, reason: &'static str) -> Profile {
        Profile {
            profile: name.to_owned(),
            full_name: name.to_owned(),
            presence: Presence::Changed,
            integration: false,
            old_minutes: Some(480),
            new_minutes: Some(30),
            reason,
            direction: Direction::Worse,
            path: None,
        }
    }

    fn diff_of(profiles: Vec<Profile>) -> Diff {
        let side = |name: &str| Side { name: name.to_owned(), kind: "folder", files: 1, components: 1, hidden: 0 };
        let summary = Summary { worse: profiles.len(), better: 0 };
        let (org, apps, outbound_messages) = (Vec::new(), Vec::new(), Vec::new());
        let (old, new, findings) = (side("a"), side("b"), Findings::default());
        let configuration = Configuration::default();
        Diff { version: 1, old, new, configuration, org, profiles, apps, outbound_messages, findings, summary }
    }

    fn human(diff: &Diff) -> String {
        let paths = SidePaths { old: Paths::default(), new: Paths::default() };
        let mut out = Vec::new();
        write_human(&mut Gate::new(&mut out), diff, &paths, Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn profiles_that_follow_the_org_share_a_line() {
        let mut profiles: Vec<Profile> =
            ["A", "B", "C", "D", "E"].into_iter().map(|name| profile(name, ORG_CHANGED)).collect();
        profiles.insert(2, profile("Own", "profile override added"));
        let mut diff = diff_of(profiles);
        let minutes = |minutes| Some(Value::Minutes(minutes));
        diff.org.push(Setting { setting: TIMEOUT, old: minutes(480), new: minutes(30), direction: Direction::Worse });
        let expected = "a -> b\n\nSessions\n  \
                        worse    the org: session timeout 8 hours -> 30 minutes (holds for 5 profiles without an override:\n           \
                        A, B, C and 2 more; --notes names all)\n  \
                        worse    profile Own: 8 hours -> 30 minutes (profile override added)\n\n\
                        6 changes for the worse\n";
        assert_eq!(human(&diff), expected);
        let all = session_lines(&diff, true, false);
        assert!(all[0].why.ends_with(": A, B, C, D, E"), "{}", all[0].why);
    }

    #[test]
    fn profiles_with_one_change_for_one_reason_share_a_line() {
        let added = "profile override added";
        let few = diff_of(vec![profile("A", added), profile("B", added)]);
        assert_eq!(session_lines(&few, false, false).len(), 2);
        let mut profiles: Vec<Profile> = ["A", "B", "C", "D"].into_iter().map(|name| profile(name, added)).collect();
        profiles.push(Profile { integration: true, ..profile("E", added) });
        let lines = session_lines(&diff_of(profiles), false, false);
        let subjects: Vec<_> = lines.iter().map(|line| line.subject.as_str()).collect();
        assert_eq!(
            subjects,
            ["4 profiles (A, B, C and 1 more; --notes names all)", "profile E, used by an integration"]
        );
    }

    #[test]
    fn many_findings_of_a_rule_are_one_unless_all_are_requested() {
        let finding = |rule: &str, name: &str, severity| Finding {
            rule: rule.to_owned(),
            title: String::new(),
            severity,
            old_severity: None,
            confidence: sessionlint_lint::diagnostic::Confidence::High,
            message: format!("about {name}"),
            help: String::new(),
            path: format!("{name}.xml"),
            line: 1,
            column: 1,
            component: Some(sessionlint_lint::diagnostic::Subject { ty: "Profile".to_owned(), name: name.to_owned() }),
            copies: Vec::new(),
            copy_of: None,
            indices: Vec::new(),
            fingerprint: String::new(),
            place: sessionlint_source::Place {
                file: sessionlint_source::FileId(0),
                span: sessionlint_source::Span::default(),
            },
        };
        let mut findings: Vec<Finding> =
            ["A", "B", "C", "D", "E"].into_iter().map(|name| finding("s/one", name, Severity::Warning)).collect();
        findings.push(finding("s/one", "F", Severity::Error));
        findings.push(finding("s/two", "G", Severity::Warning));
        let (few, hidden) = shown(&findings, false);
        let counted: Vec<_> = few.iter().map(|it| (it.finding.message.as_str(), it.others.len())).collect();
        assert_eq!((counted, hidden), (vec![("about F", 0), ("about A", 4), ("about G", 0)], 0));
        assert_eq!(
            others_text(&few[1].others).as_deref(),
            Some("and 4 others of this rule in B, C, D and 1 more; --notes shows each")
        );
        assert_eq!(shown(&findings, true).0.len(), 7);
    }

    #[test]
    fn names_stay_on_their_line_and_steer_nothing() {
        let text = human(&diff_of(vec![profile("x\n\u{1b}[31m\u{202E}", "profile override added")]));
        assert!(text.contains("profile x ?[31m\u{FFFD}: 8 hours"), "{text:?}");
    }

    #[test]
    fn settings_read_as_sentences() {
        let line = |setting, old, new| {
            let line = setting_line("the org", &Setting { setting, old, new, direction: Direction::Neutral });
            format!("{} {} -> {}", line.what, line.old, line.new)
        };
        let flag = |on| Some(Value::Flag(on));
        assert_eq!(line("timeoutWarningDisabled", flag(false), flag(true)), "warning before the timeout on -> off");
        assert_eq!(line("forcedLogout", None, flag(true)), "forced logout at the timeout unknown -> on");
        let lifetime = Value::Refresh { kind: "lifetime", hours: Some(24), period: Some("1 day".to_owned()) };
        assert_eq!(line("refreshToken", None, Some(lifetime)), "refresh token unknown -> expires 1 day after issue");
        let until = Value::Refresh { kind: "until-revoked", hours: None, period: None };
        let idle = Value::Refresh { kind: "idle", hours: Some(168), period: Some("7 days".to_owned()) };
        assert_eq!(
            line("refreshToken", Some(until), Some(idle)),
            "refresh token valid until revoked -> expires after 7 days without use"
        );
        let word = |word: &str| Some(Value::Word(word.to_owned()));
        assert_eq!(line("tokenForm", word("opaque"), word("jwt")), "access token format opaque -> JWT");
        assert_eq!(line("renewal", word("jwt"), word("none-visible")), "renewal by JWT bearer -> none in the files");
        assert_eq!(
            line("jwtTimeout", word("session"), Some(Value::Minutes(5))),
            "lifetime of JWT-based access tokens that of the user's session -> 5 minutes"
        );
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(difference(&words(&["Api", "Web"]), &words(&["Api", "Full"])), "added Full; removed Web");
    }
}
