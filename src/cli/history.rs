//! `sessionlint history [PATH]`: effects of commits on sessions, in order of time.
//!
//! Resolves the arguments. Refuses to know commits and their changes: `timeline` reads the commits, and `analysis::history`
//! puts their changes in order.

use std::path::PathBuf;

use clap::{Args, ValueEnum};
use jiff::civil::{Date, DateTime};

use super::args::{Common, RuleChoice};
use super::settings::{ConfigSource, Settings};
use super::timeline::{self, WalkOptions};
use super::{Environment, Exit, Failure, output, target};
use sessionlint_analysis::calendar::events;
use sessionlint_analysis::history::{History, Selection, merge_events};
use sessionlint_facts::{Facts, Views};
use sessionlint_lint::rule::Calendar;
use sessionlint_project::vfs::git::log::{Range, Repository};
use sessionlint_report::{Style, history as report, json};

/// Formats of a history.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(super) enum HistoryFormat {
    /// A few lines a commit
    #[default]
    Human,
    /// Everything, for programs
    Json,
    /// A table for a document
    Markdown,
    /// A row for each change, for a spreadsheet
    Csv,
    /// A page for a browser
    Html,
}

#[derive(Debug, Args)]
pub(super) struct HistoryArguments {
    /// The project: a folder in a git repository, or a repository without a work tree
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Begin after this commit, or on this day (YYYY-MM-DD, UTC, by the date of the commit)
    #[arg(long, value_name = "DATE|REV")]
    pub(super) since: Option<String>,
    /// End with this commit, or on this day
    #[arg(long, value_name = "DATE|REV")]
    pub(super) until: Option<String>,
    /// Follow only the first parent of each merge, and list everything that a merge brought
    #[arg(long)]
    pub(super) first_parent: bool,
    /// Only what concerns these profiles, by label or fullName; can be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) profile: Vec<String>,
    /// Only what concerns these apps, by label or fullName; can be given several times
    #[arg(long, value_name = "GLOB")]
    pub(super) app: Vec<String>,
    /// Leave out names and addresses of people, and titles of commits, which may hold some
    #[arg(long)]
    pub(super) anonymous: bool,
    /// Name every profile and finding that a line of the human format stands for
    #[arg(long)]
    pub(super) notes: bool,
    /// How to write the changes
    #[arg(long, value_enum, value_name = "FORMAT", default_value_t)]
    pub(super) format: HistoryFormat,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    #[command(flatten)]
    pub(super) common: Common,
}

pub(super) fn run(arguments: &HistoryArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let common = &arguments.common;
    let filter = Selection {
        profiles: timeline::globs(&arguments.profile, "--profile")?,
        apps: timeline::globs(&arguments.app, "--app")?,
    };
    let mut target = target::find_one(&arguments.path, environment)?;
    let repository = timeline::repository(&mut target, &arguments.path)?;
    let (since, until) = (arguments.since.as_deref(), arguments.until.as_deref());
    let range = range(since, until, arguments.first_parent, &repository)?;
    let settings = Settings::find(&target.root, ConfigSource::of(common), environment)?;
    let catalog = settings.catalog(&arguments.choice.rules, environment)?;
    let resolved = settings.resolve(arguments.choice.rule_arguments(), &catalog)?;
    let inputs = settings.inputs(common, environment);
    let as_of = inputs.as_of;
    let options = WalkOptions {
        target: &target,
        resolved: &resolved,
        catalog: &catalog,
        inputs,
        follows_origins: false,
        is_anonymous: arguments.anonymous,
        filter: Some(&filter),
    };
    let timeline = timeline::walk(&repository, &range, &options, common, environment)?;
    let exit = timeline::write_notices(&timeline, Some(&settings), environment);
    if timeline.commits == 0 {
        environment.warn("no commit in that time");
    }
    if let Some(tip) = timeline.last() {
        timeline::warn_of_unknown_names(&filter, tip, &timeline.changes, environment);
    }
    let calendar = Calendar::embedded();
    let dated = match timeline.last() {
        Some(tip) => {
            let facts = Facts::of(&tip.project);
            events(&calendar, Some((&facts, &Views::new(&facts))), as_of)
        }
        None => events(&calendar, None, as_of),
    };
    let until = range.until_second.map_or(as_of, |second| day_of(second).min(as_of));
    let since = match range.since_second {
        Some(second) => Some(day_of(second)),
        None => timeline.begins.as_ref().map(|begin| begin.day),
    };
    let changes = timeline.changes.len();
    let dated = if timeline.commits == 0 { Vec::new() } else { dated };
    let answer = History {
        version: 1,
        folder: repository.prefix().to_owned(),
        begins: timeline.begins,
        commits: timeline.commits,
        changes,
        subject: filter.subject(),
        anonymous: arguments.anonymous,
        events: merge_events(timeline.changes, dated, since, until),
    };
    let file = common.output();
    let style = Style { unfold_notes: arguments.notes, ..environment.style(common) };
    output::write(environment, file, |out| match arguments.format {
        HistoryFormat::Human => report::write_human(out, &answer, style),
        HistoryFormat::Json => json::write_value(out, &answer),
        HistoryFormat::Markdown => report::write_markdown(out, &answer),
        HistoryFormat::Csv => report::write_csv(out, &answer),
        HistoryFormat::Html => report::write_html(out, &answer),
    })?;
    Ok(exit)
}

/// The range of `--since` and `--until`: a day or a time if they have that form, else a revision.
pub(super) fn range(
    since: Option<&str>,
    until: Option<&str>,
    first_parent: bool,
    repository: &Repository,
) -> Result<Range, Failure> {
    let mut range = Range { first_parent, ..Range::default() };
    for (option, typed, is_end) in [("--since", since, false), ("--until", until, true)] {
        let Some(typed) = typed else { continue };
        match (second(typed, is_end), repository.commit(typed)) {
            (Some(second), _) if is_end => range.until_second = Some(second),
            (Some(second), _) => range.since_second = Some(second),
            (None, Some(commit)) if is_end => range.until_revision = Some(commit),
            (None, Some(commit)) => range.since_revision = Some(commit),
            (None, None) => {
                let text = format!("{option} {typed}: neither a git revision nor a day such as 2026-03-14");
                return Err(Failure::Usage(text));
            }
        }
    }
    Ok(range)
}

/// The first or the last second of a day, or a moment of it, in UTC.
pub(super) fn second(text: &str, is_end: bool) -> Option<i64> {
    let moment = match text.parse::<Date>() {
        Ok(day) if text.len() == 10 => {
            if is_end {
                day.at(23, 59, 59, 0)
            } else {
                day.at(0, 0, 0, 0)
            }
        }
        _ => text.parse::<DateTime>().ok().filter(|_| text.len() > 10 && text.as_bytes().get(4) == Some(&b'-'))?,
    };
    Some(jiff::tz::Offset::UTC.to_timestamp(moment).ok()?.as_second())
}

fn day_of(second: i64) -> Date {
    let moment = jiff::Timestamp::from_second(second).unwrap_or_default();
    jiff::tz::Offset::UTC.to_datetime(moment).date()
}
