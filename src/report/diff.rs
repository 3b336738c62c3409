//! The answer of `diff`: lines for a terminal, a comment for a pull request, JSON for programs.
//!
//! The first two say the same in the same words; JSON has the facts. Names that files supply are made harmless, and in
//! Markdown they can neither format anything nor call anybody.

use std::io::{self, Write};

use super::text::wrap;
use super::{Paths, Style, count, json, one_line, table};
use crate::answer::diff::{
    App, Configuration, Diff, Direction, Finding, ORG_CHANGED, Presence, Profile, Setting, Value,
};
use crate::diagnostic::{Severity, Summary};
use crate::rule::minutes_in_words;

/// Profiles with one change for one reason that are named by themselves.
const PROFILES_NAMED: usize = 3;
/// Findings that people are shown of each sort; the rest is counted.
const FINDINGS_SHOWN: usize = 50;

/// A change in words.
struct Line {
    direction: Direction,
    /// Whose.
    subject: String,
    /// Which setting; empty where the subject says it.
    what: &'static str,
    old: String,
    new: String,
    /// Why, or what to know.
    why: String,
}

/// How the paths of either side are shown.
#[derive(Clone, Debug)]
pub struct SidePaths {
    /// Those of the state before.
    pub old: Paths,
    /// Those of the state after.
    pub new: Paths,
}

/// Writes JSON.
pub fn write_json(out: &mut dyn Write, diff: &Diff) -> io::Result<()> {
    json::write_value(out, diff)
}

/// Writes what a person reads on a terminal.
pub fn write_human(out: &mut dyn Write, diff: &Diff, paths: &SidePaths, style: Style) -> io::Result<()> {
    let bold = style.paint(anstyle::Style::new().bold());
    if !style.quiet {
        writeln!(out, "{bold}{}{bold:#}", one_line(&format!("{} -> {}", diff.old.name, diff.new.name)))?;
    }
    for (title, lines) in [("Sessions", session_lines(diff)), ("Apps", app_lines(diff))] {
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
    let findings = [("New findings", &diff.findings.new, &paths.new), ("Fixed", &diff.findings.fixed, &paths.old)];
    for (title, findings, paths) in findings {
        if findings.is_empty() {
            continue;
        }
        writeln!(out, "\n{bold}{title}{bold:#}")?;
        for finding in shown(findings) {
            let color = style.of(finding.severity);
            let text = format!("{}: {} ({}){}", place(finding, paths), finding.message, finding.rule, before(finding));
            let text = wrap(&one_line(&text), 11, 11, style.width);
            writeln!(out, "  {color}{:<8}{color:#} {text}", finding.severity.as_str())?;
        }
        if let Some(more) = more(findings) {
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

/// That the two states do not mean the same by a finding; nothing where they do.
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

fn human_line(out: &mut dyn Write, line: &Line, style: Style) -> io::Result<()> {
    let color = match line.direction {
        Direction::Worse => style.of(Severity::Error),
        Direction::Better => style.paint(anstyle::AnsiColor::Green.on_default().bold()),
        Direction::Neutral => style.paint(anstyle::Style::new()),
    };
    let what = if line.what.is_empty() { String::new() } else { format!(" {}", line.what) };
    let arrow = if line.old.is_empty() { line.new.clone() } else { format!("{} -> {}", line.old, line.new) };
    let why = if line.why.is_empty() { String::new() } else { format!(" ({})", line.why) };
    let text = one_line(&format!("{}:{what} {arrow}{why}", line.subject)).into_owned();
    writeln!(out, "  {color}{:<8}{color:#} {}", line.direction.as_str(), wrap(&text, 11, 11, style.width))
}

/// Writes a comment for a pull request.
pub fn write_markdown(out: &mut dyn Write, diff: &Diff, paths: &SidePaths) -> io::Result<()> {
    writeln!(out, "### sessionlint: {}\n", summary(diff))?;
    writeln!(out, "{} → {}", inert(&diff.old.name), inert(&diff.new.name))?;
    let mut lines = session_lines(diff);
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
    let findings =
        [("new finding", &diff.findings.new, &paths.new), ("fixed finding", &diff.findings.fixed, &paths.old)];
    for (word, findings, paths) in findings {
        if findings.is_empty() {
            continue;
        }
        let title = format!("{} ({})", count(findings.len(), word), super::summary_text(&counted(findings)));
        folded(out, &title, |out| {
            row(out, &["", "finding", "where", "rule"].map(str::to_owned))?;
            row(out, &["---", "---", "---", "---"].map(str::to_owned))?;
            for finding in shown(findings) {
                let message = format!("{}{}", finding.message, before(finding));
                let cells = [finding.severity.as_str(), &message, &place(finding, paths), &finding.rule];
                row(out, &cells.map(inert))?;
            }
            if let Some(more) = more(findings) {
                writeln!(out, "\n{more}")?;
            }
            Ok(())
        })?;
    }
    Ok(())
}

fn changes_table(out: &mut dyn Write, lines: &[Line]) -> io::Result<()> {
    row(out, &["", "what", "before", "after", "why"].map(str::to_owned))?;
    row(out, &["---", "---", "---", "---", "---"].map(str::to_owned))?;
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

fn row(out: &mut dyn Write, cells: &[String]) -> io::Result<()> {
    writeln!(out, "| {} |", cells.join(" | "))
}

/// Something that is seen when its title is clicked.
fn folded(out: &mut dyn Write, title: &str, content: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    writeln!(out, "\n<details><summary>{title}</summary>\n")?;
    content(out)?;
    writeln!(out, "\n</details>")
}

/// Text that neither formats nor calls: an `@name` in a comment would tell that person of it, a `#1` link somewhere.
fn inert(text: &str) -> String {
    let mut inert = String::with_capacity(text.len());
    for ch in table::escaped(text).chars() {
        inert.push(ch);
        if matches!(ch, '@' | '#') {
            // A space of no width, so that what follows is no name.
            inert.push_str("&#8203;");
        }
    }
    inert
}

fn summary(diff: &Diff) -> String {
    if diff.is_empty() {
        return "no change to sessions, apps or findings".to_owned();
    }
    let mut said = Vec::new();
    for (number, text) in [(diff.summary.worse, "for the worse"), (diff.summary.better, "for the better")] {
        if number > 0 {
            said.push(format!("{} {text}", count(number, "change")));
        }
    }
    if said.is_empty() {
        said.push("no session gets shorter or longer".to_owned());
    }
    for (findings, word) in [(&diff.findings.new, "new finding"), (&diff.findings.fixed, "fixed finding")] {
        if !findings.is_empty() {
            said.push(count(findings.len(), word));
        }
    }
    said.join(", ")
}

fn counted(findings: &[Finding]) -> Summary {
    let count = |severity| findings.iter().filter(|finding| finding.severity == severity).count();
    Summary {
        error: count(Severity::Error),
        warning: count(Severity::Warning),
        note: count(Severity::Note),
        ..Summary::default()
    }
}

/// The worst findings first, not too many.
fn shown(findings: &[Finding]) -> impl Iterator<Item = &Finding> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| std::cmp::Reverse(finding.severity));
    findings.into_iter().take(FINDINGS_SHOWN)
}

fn more(findings: &[Finding]) -> Option<String> {
    let hidden = findings.len().checked_sub(FINDINGS_SHOWN).filter(|hidden| *hidden > 0)?;
    Some(format!("and {hidden} more; the format json has all"))
}

fn place(finding: &Finding, paths: &Paths) -> String {
    format!("{}:{}:{}", paths.shown(&finding.path), finding.line, finding.column)
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

fn session_lines(diff: &Diff) -> Vec<Line> {
    let mut lines: Vec<Line> = diff.org.iter().map(|setting| setting_line("the org", setting)).collect();
    let mut told: Vec<&Profile> = Vec::new();
    for profile in &diff.profiles {
        let is_alike = |other: &&Profile| {
            other.reason == ORG_CHANGED
                && profile.reason == ORG_CHANGED
                && (other.old_minutes, other.new_minutes) == (profile.old_minutes, profile.new_minutes)
        };
        if told.iter().any(is_alike) {
            continue;
        }
        told.push(profile);
        let alike: Vec<&Profile> = diff.profiles.iter().filter(|other| is_alike(other)).collect();
        if alike.len() <= PROFILES_NAMED {
            let each = if alike.is_empty() { vec![profile] } else { alike };
            lines.extend(each.into_iter().map(|profile| profile_line(profile, subject_of(profile))));
        } else {
            let names: Vec<&str> = alike.iter().take(PROFILES_NAMED).map(|profile| profile.profile.as_str()).collect();
            let more = alike.len() - PROFILES_NAMED;
            lines.push(profile_line(
                profile,
                format!("{} profiles ({} and {more} more)", alike.len(), names.join(", ")),
            ));
        }
    }
    worst_first(lines)
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

/// What to know of the changes, each once.
fn notes(diff: &Diff) -> Vec<&'static str> {
    let mut notes: Vec<_> = diff.apps.iter().filter_map(|app| app.note).collect();
    notes.dedup();
    notes
}

/// The name with its kind: an app of each kind may have it.
fn app_subject(app: &App) -> String {
    let kind = match app.kind {
        "ConnectedApp" => "connected app",
        _ => "external client app",
    };
    let integration = if app.integration { ", an integration" } else { "" };
    format!("{kind} {}{integration}", app.app)
}

/// An app that comes or goes, with what is known of it.
fn whole_app(app: &App, subject: String, old: String, what: &str) -> Line {
    let known = app.settings.iter().filter_map(|setting| {
        let value = setting.new.as_ref().or(setting.old.as_ref())?;
        if setting.setting == "tokenForm" {
            return None;
        }
        Some(format!("{} {}", name_of(setting.setting), in_words(value)))
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
    let value = |value: &Option<Value>| match value {
        None => "unknown".to_owned(),
        // Said as what people see, not as the element that turns it off.
        Some(Value::Flag(on)) if setting.setting == "timeoutWarningDisabled" => in_words(&Value::Flag(!on)),
        Some(Value::Word(form)) if setting.setting == "tokenForm" => {
            if form == "jwt" { "JWT" } else { form }.to_owned()
        }
        Some(value) => in_words(value),
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
    let said = [("added", only(new, old)), ("removed", only(old, new))];
    let said = said.into_iter().filter(|(_, words)| !words.is_empty()).map(|(what, words)| format!("{what} {words}"));
    said.collect::<Vec<_>>().join("; ")
}

fn name_of(setting: &str) -> &'static str {
    match setting {
        "sessionTimeout" => "session timeout",
        "forcedLogout" => "forced logout at the timeout",
        "timeoutWarningDisabled" => "warning before the timeout",
        "lockedToIp" => "sessions locked to their IP address",
        "ipRangesEveryRequest" => "login IP ranges checked at every request",
        "tokenForm" => "form of access tokens",
        "jwtTimeout" => "life of tokens in JWT form",
        "refreshToken" => "refresh token",
        "renewal" => "renewed",
        "ipRelaxation" => "IP restrictions",
        "assurance" => "session level",
        "adminApproved" => "only for pre-approved users",
        "scopes" => "scopes",
        _ => "setting",
    }
}

fn in_words(value: &Value) -> String {
    match value {
        Value::Minutes(minutes) => minutes_in_words(*minutes),
        Value::Flag(on) => if *on { "on" } else { "off" }.to_owned(),
        Value::Words(words) if words.is_empty() => "none".to_owned(),
        Value::Words(words) => words.join(", "),
        Value::Refresh { kind, period, .. } => {
            let period = period.as_deref().unwrap_or("an unknown time");
            match *kind {
                "until-revoked" => "until revoked".to_owned(),
                "at-once" => "dies at once".to_owned(),
                "lifetime" => format!("dies {period} after issue"),
                "idle" => format!("dies {period} after its last use"),
                _ => "of a policy that is not documented".to_owned(),
            }
        }
        Value::Word(word) => match word.as_str() {
            "jwt" => "by JWT",
            "client-credentials" => "by client credentials",
            "refresh-token" => "by refresh token",
            "none-visible" => "by nothing visible",
            "enforce" => "enforced",
            "relax-refresh" => "relaxed for refresh tokens",
            "second-factor" => "relaxed with a second factor",
            "relax" => "relaxed",
            "session" => "as the user's session",
            other => other,
        }
        .to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::answer::diff::{Findings, Side, Summary};

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
        }
    }

    fn diff_of(profiles: Vec<Profile>) -> Diff {
        let side = |name: &str| Side { name: name.to_owned(), kind: "folder", files: 1, components: 1, hidden: 0 };
        let summary = Summary { worse: profiles.len(), better: 0 };
        let (org, apps) = (Vec::new(), Vec::new());
        let (findings, configuration) = (Findings::default(), Configuration::default());
        Diff { version: 1, old: side("a"), new: side("b"), configuration, org, profiles, apps, findings, summary }
    }

    fn human(diff: &Diff) -> String {
        let paths = SidePaths { old: Paths::default(), new: Paths::default() };
        let mut out = Vec::new();
        write_human(&mut out, diff, &paths, Style::default()).unwrap();
        String::from_utf8(out).unwrap()
    }

    #[test]
    fn profiles_that_follow_the_org_share_a_line() {
        let mut profiles: Vec<Profile> =
            ["A", "B", "C", "D", "E"].into_iter().map(|name| profile(name, ORG_CHANGED)).collect();
        profiles.insert(2, profile("Own", "profile override added"));
        let expected = "a -> b\n\nSessions\n  \
                        worse    5 profiles (A, B, C and 2 more): 8 hours -> 30 minutes (org value changed)\n  \
                        worse    profile Own: 8 hours -> 30 minutes (profile override added)\n\n\
                        6 changes for the worse\n";
        assert_eq!(human(&diff_of(profiles)), expected);
        let few = diff_of(vec![profile("A", ORG_CHANGED), profile("B", ORG_CHANGED)]);
        assert_eq!(session_lines(&few).len(), 2);
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
        assert_eq!(line("refreshToken", None, Some(lifetime)), "refresh token unknown -> dies 1 day after issue");
        let words = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect::<Vec<_>>();
        assert_eq!(difference(&words(&["Api", "Web"]), &words(&["Api", "Full"])), "added Full; removed Web");
    }
}
