//! The output of `sessions`: tables for people, JSON for programs.
//!
//! Refuses to compute: `sessionlint_analysis::sessions` has the records.

use std::borrow::Cow;
use std::io;

use super::table::{self, Layout};
use super::{Paths, one_line};
use crate::gate::Gate;
use sessionlint_analysis::sessions::{App, Days, Moment, Org, Profile, Sessions};
use sessionlint_facts::REFRESH_AT_PERCENT;

/// The sources of the numbers in a table of apps, besides the files.
fn advice() -> Cow<'static, str> {
    format!("refresh at {REFRESH_AT_PERCENT} % of the lifetime is this tool's advice; Salesforce names no moment")
        .into()
}

/// Writes the tables that a person reads at a glance, no line wider than `width`; `quiet` leaves out the remarks.
pub fn write_tables(
    out: &mut Gate<'_>,
    sessions: &Sessions,
    paths: &Paths,
    width: usize,
    quiet: bool,
) -> io::Result<()> {
    writeln!(out, "Org")?;
    text(out, "", &org(sessions, paths), width)?;
    for (title, names, rows) in tables(sessions, paths) {
        writeln!(out, "\n{title}")?;
        table::write_fitted(out, &names, &rows, width)?;
    }
    writeln!(out)?;
    if quiet {
        return Ok(());
    }
    for remark in remarks(sessions) {
        text(out, "note: ", &remark, width)?;
    }
    Ok(())
}

/// Writes the same as a document of Markdown.
pub fn write_markdown(out: &mut Gate<'_>, sessions: &Sessions, paths: &Paths, quiet: bool) -> io::Result<()> {
    writeln!(out, "## Org\n\n{}\n", org(sessions, paths))?;
    for (title, names, rows) in tables(sessions, paths) {
        writeln!(out, "## {title}\n")?;
        table::write(out, &names, &rows, Layout::Markdown)?;
        writeln!(out)?;
    }
    if quiet {
        return Ok(());
    }
    for remark in remarks(sessions) {
        writeln!(out, "- {}", one_line(&remark))?;
    }
    Ok(())
}

/// A text after a word, with its further lines below its first.
fn text(out: &mut Gate<'_>, word: &str, text: &str, width: usize) -> io::Result<()> {
    let indent = " ".repeat(word.len());
    for (index, line) in table::broken(&one_line(text), width.saturating_sub(word.len()).max(20)).iter().enumerate() {
        writeln!(out, "{}{line}", if index == 0 { word } else { &indent })?;
    }
    Ok(())
}

fn org(sessions: &Sessions, paths: &Paths) -> String {
    let org = &sessions.org;
    let forced = match org.forced_logout {
        Some(true) => "inactive users are logged out in the browser",
        Some(false) => "no forced logout",
        None => "forced logout unknown",
    };
    let place = org.path.as_ref().map(|path| format!("  ({})", located(paths, path, org.line))).unwrap_or_default();
    format!("{}, {forced}{place}", known_or_replaced(org.minutes, org.replaced_by.as_deref()))
}

/// A table: its title, the names of its columns, its rows.
type Titled = (&'static str, Vec<String>, Vec<Vec<String>>);

/// The tables that have rows.
fn tables(sessions: &Sessions, paths: &Paths) -> Vec<Titled> {
    let mut profiles = ["profile", "session", "decided by", "own", "org", "if the shortest wins", "set in"]
        .map(str::to_owned)
        .to_vec();
    let apps = [
        "app",
        "integration",
        "access token",
        "form",
        "refresh at",
        "renews by",
        "refresh token",
        "IP",
        "assurance",
        "because",
    ];
    let mut profile_rows: Vec<_> =
        sessions.profiles.iter().map(|profile| profile_row(profile, &sessions.org, paths)).collect();
    if let Some(set_in) = profiles.last_mut() {
        name_folder_once(set_in, profile_rows.iter_mut().filter_map(|row| row.last_mut()).collect());
    }
    let app_rows: Vec<_> = sessions.apps.iter().map(app_row).collect();
    let apps = apps.map(str::to_owned).to_vec();
    let mut tables = vec![("Profiles", profiles, profile_rows), ("Apps", apps, app_rows)];
    tables.retain(|(_, _, rows)| !rows.is_empty());
    tables
}

/// Moves the folder of several paths, some of which may be empty, into the name of their column.
fn name_folder_once(name: &mut String, mut paths: Vec<&mut String>) {
    paths.retain(|path| !path.is_empty());
    let [first, rest @ ..] = paths.as_slice() else { return };
    let shared = |folder: &str| rest.iter().all(|path| path.starts_with(folder));
    let mut folders = first.match_indices('/').map(|(slash, _)| &first[..=slash]);
    let Some(folder) = folders.rfind(|folder| !rest.is_empty() && shared(folder)).map(str::to_owned) else { return };
    for path in paths {
        path.drain(..folder.len());
    }
    name.push(' ');
    name.push_str(&folder);
}

fn remarks(sessions: &Sessions) -> impl Iterator<Item = Cow<'_, str>> {
    let advises = sessions.apps.iter().any(|app| app.refresh_at_minutes.is_some());
    sessions.remarks.iter().map(Cow::from).chain(advises.then(advice))
}

/// Writes one table of profiles and apps for a spreadsheet.
pub fn write_csv(out: &mut Gate<'_>, sessions: &Sessions, paths: &Paths) -> io::Result<()> {
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
        "tokenForm",
        "refreshTokenIdleDays",
        "usersDoubt",
    ];
    let number = |number: Option<i64>| number.map(|number| number.to_string()).unwrap_or_default();
    let profile = |it: &Profile| {
        let by = it.decided_by.as_ref();
        let path = by.and_then(|by| by.path.as_ref()).map(|path| paths.shown(path)).unwrap_or_default();
        let mut row = vec![
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
        ];
        row.resize(names.len(), String::new());
        row
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
        let in_minutes =
            |at: Moment| at.minutes().map_or_else(|fraction| fraction.to_string(), |whole| whole.to_string());
        let refresh_at = it.refresh_at_minutes.map(in_minutes).unwrap_or_default();
        row.extend([it.tier.to_owned(), word(it.renewal), word(it.refresh_token), refresh_at, word(it.token_form)]);
        let in_days = |idle: Days| idle.days().map_or_else(|fraction| fraction.to_string(), |whole| whole.to_string());
        row.push(it.refresh_token_idle_days.map(in_days).unwrap_or_default());
        row.push(it.users_doubt.clone().unwrap_or_default());
        row
    };
    let rows: Vec<_> = sessions.profiles.iter().map(profile).chain(sessions.apps.iter().map(app)).collect();
    table::write(out, &names.map(str::to_owned), &rows, Layout::Csv)
}

fn located(paths: &Paths, path: &str, line: Option<u32>) -> String {
    match line {
        Some(line) => format!("{}:{line}", paths.shown(path)),
        None => paths.shown(path),
    }
}

fn profile_row(profile: &Profile, org: &Org, paths: &Paths) -> Vec<String> {
    let own = match (profile.profile_minutes, profile.stored_zero, profile.is_malformed) {
        (Some(own), true, _) => format!("{} (stored 0)", short(own)),
        (Some(own), ..) => short(own),
        (None, _, true) => match &profile.own_replaced_by {
            Some(origin) => replaced(origin),
            None => "not understood".to_owned(),
        },
        (None, ..) => "-".to_owned(),
    };
    let by = profile.decided_by.as_ref();
    let shortest = match (profile.shortest_minutes, profile.effective_minutes) {
        (Some(shortest), Some(effective)) if shortest == effective => "the same".to_owned(),
        (shortest, _) => minutes(shortest),
    };
    // The place of the org's own value stands above the tables.
    let place = by.filter(|by| by.path != org.path || by.line != org.line);
    let place = place.and_then(|by| Some(located(paths, by.path.as_ref()?, by.line)));
    vec![
        profile.profile.clone(),
        known_or_replaced(profile.effective_minutes, profile.replaced_by.as_deref()),
        by.map_or("-", |by| by.level).to_owned(),
        own,
        minutes(profile.org_minutes),
        shortest,
        place.unwrap_or_default(),
    ]
}

fn app_row(app: &App) -> Vec<String> {
    let or_none = |text: Option<&str>| text.unwrap_or("-").to_owned();
    let refresh_token = refresh_token(app);
    let token = match (app.has_oauth, app.life_is_own) {
        (false, _) => "-".to_owned(),
        (true, true) if app.access_token_minutes.is_some() => format!("{} (own)", minutes(app.access_token_minutes)),
        (true, _) if app.users_doubt.is_some() => format!("at most {}", minutes(app.access_token_minutes)),
        (true, _) => known_or_replaced(app.access_token_minutes, app.replaced_by.as_deref()),
    };
    let refresh_at = |at| if app.users_doubt.is_some() { format!("at most {}", moment(at)) } else { moment(at) };
    let form = match (app.has_oauth, app.token_form) {
        (false, _) => "-",
        (true, Some("jwt")) => "JWT",
        (true, Some(form)) => form,
        (true, None) => "unknown",
    };
    vec![
        app.app.clone(),
        app.tier.to_owned(),
        token,
        form.to_owned(),
        app.refresh_at_minutes.map_or_else(|| "-".to_owned(), refresh_at),
        // The form of a token may be JWT too, which does not renew.
        or_none(app.renewal.map(|word| if word == "jwt" { "JWT bearer" } else { word })),
        refresh_token,
        or_none(app.ip_relaxation.as_deref()),
        or_none(app.assurance.as_deref()),
        app.reason.clone(),
    ]
}

/// When a refresh token ends: `until revoked, or 30 days unused`, `lifetime, 90 days`, `idle, 7 days`.
fn refresh_token(app: &App) -> String {
    let Some(kind) = app.refresh_token else { return "-".to_owned() };
    let kind = if kind == "until-revoked" { "until revoked" } else { kind };
    let policy = app.refresh_text.as_ref().map_or_else(|| kind.to_owned(), |text| format!("{kind}, {text}"));
    match app.salesforces_idle_limit.map(Days::days) {
        Some(Ok(days)) if kind == "idle" => {
            format!("idle, {days} days (the policy: {})", app.refresh_text.as_deref().unwrap_or("unknown"))
        }
        Some(Ok(days)) => format!("{policy}, or {days} days unused"),
        _ => policy,
    }
}

fn minutes(minutes: Option<i64>) -> String {
    minutes.map_or_else(|| "unknown".to_owned(), short)
}

/// Minutes, or their replacement.
fn known_or_replaced(minutes: Option<i64>, origin: Option<&str>) -> String {
    match (minutes, origin) {
        (None, Some(origin)) => replaced(origin),
        _ => self::minutes(minutes),
    }
}

fn replaced(origin: &str) -> String {
    format!("replaced at deployment ({origin})")
}

/// A moment in short form: `27 min`, `4 min 30 s`, `54 s`.
fn moment(at: Moment) -> String {
    match (at.seconds / 60, at.seconds % 60) {
        (minutes, 0) => short(minutes),
        (0, seconds) => format!("{seconds} s"),
        (minutes, seconds) => format!("{} {seconds} s", short(minutes)),
    }
}

/// Minutes in short form: `30 min`, `2 h`, `1 h 48 min`.
fn short(minutes: i64) -> String {
    match (minutes / 60, minutes % 60) {
        (0, rest) => format!("{rest} min"),
        (hours, 0) => format!("{hours} h"),
        (hours, rest) => format!("{hours} h {rest} min"),
    }
}
