//! The answer of `sessions`: tables for people, JSON for programs.

use std::io::{self, Write};

use super::table::{self, Shape};
use super::{Paths, json, one_line};
use crate::answer::sessions::{App, Profile, Sessions};

/// Writes JSON.
pub fn write_json(out: &mut dyn Write, sessions: &Sessions) -> io::Result<()> {
    json::write_value(out, sessions)
}

/// Writes the tables that a person reads at a glance; `quiet` leaves out the remarks.
pub fn write_tables(
    out: &mut dyn Write,
    sessions: &Sessions,
    paths: &Paths,
    shape: Shape,
    quiet: bool,
) -> io::Result<()> {
    let is_markdown = shape == Shape::Markdown;
    let title = |out: &mut dyn Write, text: &str| {
        if is_markdown { writeln!(out, "## {text}\n") } else { writeln!(out, "{text}") }
    };
    title(out, "Org")?;
    let org = &sessions.org;
    let forced = match org.forced_logout {
        Some(true) => "inactive users are logged out in the browser",
        Some(false) => "no forced logout",
        None => "forced logout unknown",
    };
    let place = org.path.as_ref().map(|path| format!("  ({})", located(paths, path, org.line))).unwrap_or_default();
    writeln!(out, "{}, {forced}{place}\n", minutes(org.minutes))?;
    if !sessions.profiles.is_empty() {
        title(out, "Profiles")?;
        let names = ["profile", "session", "decided by", "own", "org", "if the shortest wins", "set in"];
        let rows: Vec<_> = sessions.profiles.iter().map(|profile| profile_row(profile, paths)).collect();
        table::write(out, &names.map(str::to_owned), &rows, shape)?;
        writeln!(out)?;
    }
    if !sessions.apps.is_empty() {
        title(out, "Apps")?;
        let names = [
            "app",
            "integration",
            "access token",
            "refresh at",
            "renews by",
            "refresh token",
            "IP",
            "assurance",
            "because",
        ];
        let rows: Vec<_> = sessions.apps.iter().map(app_row).collect();
        table::write(out, &names.map(str::to_owned), &rows, shape)?;
        writeln!(out)?;
    }
    if quiet {
        return Ok(());
    }
    for remark in &sessions.remarks {
        let bullet = if is_markdown { "- " } else { "note: " };
        writeln!(out, "{bullet}{}", one_line(remark))?;
    }
    if sessions.apps.iter().any(|app| app.refresh_at_minutes.is_some()) {
        let bullet = if is_markdown { "- " } else { "note: " };
        writeln!(out, "{bullet}refresh at 90 % of the lifetime is this tool's advice; Salesforce names no moment")?;
    }
    Ok(())
}

/// Writes one table of profiles and apps for a spreadsheet.
pub fn write_csv(out: &mut dyn Write, sessions: &Sessions, paths: &Paths) -> io::Result<()> {
    let names = [
        "type",
        "name",
        "fullName",
        "ownMinutes",
        "orgMinutes",
        "effectiveMinutes",
        "shortestMinutes",
        "decidedBy",
        "path",
        "line",
        "tier",
        "renewal",
        "refreshToken",
        "refreshAtMinutes",
    ];
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let profile = |it: &Profile| {
        let by = it.decided_by.as_ref();
        let path = by.and_then(|by| by.path.as_ref()).map(|path| paths.shown(path)).unwrap_or_default();
        vec![
            "Profile".to_owned(),
            it.profile.clone(),
            it.full_name.clone(),
            number(it.profile_minutes),
            number(it.org_minutes),
            number(it.effective_minutes),
            number(it.shortest_minutes),
            by.map(|by| by.level.to_owned()).unwrap_or_default(),
            path,
            by.and_then(|by| by.line).map(|line| line.to_string()).unwrap_or_default(),
            String::new(),
            String::new(),
            String::new(),
            String::new(),
        ]
    };
    let app = |it: &App| {
        let word = |word: Option<&str>| word.unwrap_or_default().to_owned();
        let mut row = vec![
            it.kind.to_owned(),
            it.app.clone(),
            String::new(),
            number(it.session_minutes),
            number(sessions.org.minutes),
        ];
        row.extend([number(it.access_token_minutes), String::new(), String::new(), String::new(), String::new()]);
        row.extend([it.tier.to_owned(), word(it.renewal), word(it.refresh_token), number(it.refresh_at_minutes)]);
        row
    };
    let rows: Vec<_> = sessions.profiles.iter().map(profile).chain(sessions.apps.iter().map(app)).collect();
    table::write(out, &names.map(str::to_owned), &rows, Shape::Csv)
}

fn located(paths: &Paths, path: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", paths.shown(path)),
        None => paths.shown(path),
    }
}

fn profile_row(profile: &Profile, paths: &Paths) -> Vec<String> {
    let own = match (profile.profile_minutes, profile.stored_zero, profile.is_malformed) {
        (Some(own), true, _) => format!("{} (stored 0)", short(own)),
        (Some(own), ..) => short(own),
        (None, _, true) => "not understood".to_owned(),
        (None, ..) => "-".to_owned(),
    };
    let by = profile.decided_by.as_ref();
    let shortest = match (profile.shortest_minutes, profile.effective_minutes) {
        (Some(shortest), Some(effective)) if shortest == effective => "the same".to_owned(),
        (shortest, _) => minutes(shortest),
    };
    vec![
        profile.profile.clone(),
        minutes(profile.effective_minutes),
        by.map_or("-", |by| by.level).to_owned(),
        own,
        minutes(profile.org_minutes),
        shortest,
        by.and_then(|by| by.path.as_ref().map(|path| located(paths, path, by.line))).unwrap_or_default(),
    ]
}

fn app_row(app: &App) -> Vec<String> {
    let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let refresh_token = match (app.refresh_token, &app.refresh_text) {
        (Some(kind), Some(text)) => format!("{kind}, {text}"),
        (kind, _) => or_none(kind),
    };
    let token = match (app.has_oauth, app.session_minutes) {
        (false, _) => "-".to_owned(),
        (true, Some(_)) => format!("{} (own)", minutes(app.access_token_minutes)),
        (true, None) => minutes(app.access_token_minutes),
    };
    vec![
        app.app.clone(),
        app.tier.to_owned(),
        token,
        app.refresh_at_minutes.map_or_else(|| "-".to_owned(), short),
        or_none(app.renewal),
        refresh_token,
        or_none(app.ip_relaxation.as_deref()),
        or_none(app.assurance.as_deref()),
        app.reason.clone(),
    ]
}

fn minutes(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "unknown".to_owned(), short)
}

/// Minutes as a table has room for: `30 min`, `2 h`, `1 h 48 min`.
fn short(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}
