//! `check --show-settings`: the settings of this run as TOML, each value with its origin.
//!
//! Refuses to know how settings are found.

use std::io;

use clap::ValueEnum;

use super::check_arguments::CheckArguments;
use super::settings::{ResolvedRun, Settings};
use sessionlint_lint::config::{PresetChoice, Setting};
use sessionlint_report::gate::Gate;
use sessionlint_report::{count, one_line};

/// The origin of a value that is not set.
const DEFAULT: &str = "default";

/// Writes the settings of one project.
pub(super) fn write(
    out: &mut Gate<'_>,
    settings: &Settings,
    run: &ResolvedRun<'_>,
    arguments: &CheckArguments,
) -> io::Result<()> {
    match settings.file_names() {
        names if names.is_empty() => writeln!(out, "# no configuration file")?,
        names => writeln!(out, "# configuration: {}", one_line(&names.join(", which extends ")))?,
    }
    let pages = settings.rule_pages().count();
    if pages > 0 {
        let pages = count(pages, "file or folder");
        writeln!(out, "# {pages} of rule pages beside the built-in ones, the first is {}", first_page(settings))?;
    }
    let mut keys = settings.keys();
    let typed = |option: &str| format!("--{option}");
    let name =
        |preset: PresetChoice| preset.to_possible_value().map(|value| value.get_name().to_owned()).unwrap_or_default();
    let scalars = [
        ("preset", arguments.preset.map(name), name(PresetChoice::default())),
        ("fail-on", arguments.fail_on.map(|it| it.as_str().to_owned()), "warning".to_owned()),
    ];
    for (key, word, default) in scalars {
        let value = match (word, take(&mut keys, key)) {
            (Some(word), _) => (quoted(&word), typed(key)),
            (None, Some(Setting { mut values, .. })) if !values.is_empty() => values.remove(0),
            (None, _) => (quoted(&default), DEFAULT.to_owned()),
        };
        scalar(out, key, &value)?;
    }
    let preview = match (arguments.preview, take(&mut keys, "preview")) {
        (true, _) => ("true".to_owned(), typed("preview")),
        (false, Some(Setting { mut values, .. })) if !values.is_empty() => values.remove(0),
        (false, _) => ("false".to_owned(), DEFAULT.to_owned()),
    };
    scalar(out, "preview", &preview)?;
    let precedence = take(&mut keys, "precedence").and_then(|it| it.values.into_iter().next());
    scalar(out, "precedence", &precedence.unwrap_or((quoted("documented"), DEFAULT.to_owned())))?;
    if !arguments.select.is_empty() {
        // Typed names replace the list, and the names that are left out.
        keys.retain(|it| it.key != "select");
        for setting in keys.iter_mut().filter(|it| it.key == "ignore") {
            setting.values.retain(|(value, _)| value.starts_with('{'));
        }
    }
    add(&mut keys, "select", arguments.select.iter().cloned());
    add(&mut keys, "ignore", arguments.ignore.iter().cloned());
    add(&mut keys, "rules", arguments.rules.iter().map(|folder| folder.display().to_string()));
    for setting in keys.iter().filter(|it| !it.values.is_empty()) {
        if setting.is_list {
            writeln!(out, "{} = [", setting.key)?;
            for (value, place) in &setting.values {
                writeln!(out, "    {},  # {}", one_line(value), one_line(place))?;
            }
            writeln!(out, "]")?;
        } else if let Some(value) = setting.values.first() {
            scalar(out, &setting.key, value)?;
        }
    }
    let ran = count(run.silence.rules, "rule");
    let verb = if run.silence.rules == 1 { "runs" } else { "run" };
    writeln!(
        out,
        "# {}",
        std::iter::once(format!("{ran} {verb}")).chain(run.silence.phrases()).collect::<Vec<_>>().join("; ")
    )
}

fn first_page(settings: &Settings) -> String {
    one_line(&settings.rule_pages().next().unwrap_or_default()).into_owned()
}

fn scalar(out: &mut Gate<'_>, key: &str, (value, place): &(String, String)) -> io::Result<()> {
    writeln!(out, "{key} = {}  # {}", one_line(value), one_line(place))
}

fn quoted(text: &str) -> String {
    toml::Value::String(text.to_owned()).to_string()
}

fn take(keys: &mut Vec<Setting>, key: &str) -> Option<Setting> {
    let at = keys.iter().position(|it| it.key == key)?;
    Some(keys.remove(at))
}

/// Adds typed names to a list.
fn add(keys: &mut Vec<Setting>, key: &str, typed: impl Iterator<Item = String>) {
    let typed = typed.map(|text| (quoted(&text), format!("--{key}")));
    if let Some(setting) = keys.iter_mut().find(|it| it.key == key) {
        setting.values.extend(typed);
    } else {
        keys.insert(0, Setting { key: key.to_owned(), is_list: true, values: typed.collect() });
    }
}
