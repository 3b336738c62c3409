//! `check --add-ignore`: adds an entry to the configuration for each finding; a person fills in the reason.
//!
//! The file is replaced whole or stays as it was. Refuses to know how an entry is written.

use std::collections::BTreeMap;
use std::path::Path;

use super::config_files::read_typed;
use super::settings::Settings;
use super::{Environment, Failure, output};
use sessionlint_lint::config::{Layer, NewIgnore, with_ignores};
use sessionlint_lint::diagnostic::Diagnostic;
use sessionlint_lint::fix::write::rewrite;
use sessionlint_project::vfs::MAX_PROJECT_FILE;
use sessionlint_report::{count, counted, one_line};
use sessionlint_source::Sources;

/// The reason of an entry for which none was typed.
pub(super) const TO_FILL_IN: &str = "TODO: say why this is right as it is";

/// Writes an entry for each rule and file with findings, and reports them.
pub(super) fn add(
    findings: &[Diagnostic],
    sources: &Sources,
    settings: &Settings,
    root: &Path,
    reason: &str,
    environment: &mut Environment<'_>,
) -> Result<(), Failure> {
    let mut counts: BTreeMap<NewIgnore, usize> = BTreeMap::new();
    for finding in findings {
        let path = sources.get(finding.place.file).path.clone();
        *counts.entry(NewIgnore { rule: finding.rule.clone(), path }).or_default() += 1;
    }
    let file = settings.file_to_write(root);
    let shown = file.strip_prefix(&environment.current).unwrap_or(&file).display().to_string();
    if counts.is_empty() {
        let _ = writeln!(environment.err, "nothing to ignore: {shown} stays as it is");
        return Ok(());
    }
    let failed = |why: &str| Failure::Unreadable(format!("{shown}: {why}; nothing was written"));
    let is_new = file.symlink_metadata().is_err();
    let before = if is_new {
        Vec::new()
    } else {
        read_typed(&file, MAX_PROJECT_FILE).map_err(|error| failed(&format!("cannot be read ({error})")))?
    };
    if settings.bytes().unwrap_or_default() != before {
        return Err(failed("changed since it was read"));
    }
    let ignores: Vec<NewIgnore> = counts.keys().cloned().collect();
    let text = String::from_utf8(before).ok().and_then(|text| with_ignores(&text, &ignores, reason));
    let text = text.ok_or_else(|| failed("is not TOML"))?;
    // A configuration that the next run would refuse is not written.
    Layer::read(shown.clone(), text.clone())?;
    if text.len() as u64 > MAX_PROJECT_FILE {
        return Err(failed(&format!("would be larger than {} MB", MAX_PROJECT_FILE / 1024 / 1024)));
    }
    let written = if is_new { output::create(&file, &text) } else { rewrite(&file, &text) };
    written.map_err(|error| failed(&format!("cannot be written ({error})")))?;
    let entries = counted(ignores.len(), "[[ignore]] entry", "[[ignore]] entries");
    let findings = count(findings.len(), "finding");
    let _ = writeln!(environment.err, "wrote {entries} for {findings} to {shown}:");
    for (NewIgnore { rule, path }, number) in &counts {
        let _ = writeln!(environment.err, "  {rule} in {} ({})", one_line(path), count(*number, "finding"));
    }
    if reason == TO_FILL_IN {
        let _ = writeln!(environment.err, "fill in the reasons");
    }
    Ok(())
}
