//! What was read and what was not: the notices of a project beside a command's result.
//!
//! May assume that the project was read. Refuses to know rules and findings.

use super::{Environment, Exit, Failure};
use sessionlint_project::load::Loaded;
use sessionlint_project::metadata::Project;
use sessionlint_report::count;

/// Whether there is any Salesforce metadata, or may be some in what could not be read.
pub(super) fn has_metadata(loaded: &Loaded) -> bool {
    let project = &loaded.project;
    let has_any = !project.sources.is_empty() || !project.hidden.is_empty() || project.other > 0;
    has_any || loaded.notices.iter().any(|notice| notice.is_error)
}

/// An error if there is no metadata: what was searched for, and where there is metadata otherwise. No findings would
/// mislead here.
pub(super) fn require_metadata(loaded: &Loaded) -> Result<(), Failure> {
    if has_metadata(loaded) {
        return Ok(());
    }
    let project = &loaded.project;
    let mut text = format!(
        "no Salesforce metadata was recognised in {}: looked for files such as Security.settings-meta.xml, \
         *.profile-meta.xml, *.connectedApp or *.ecaOauthPlcy-meta.xml{}",
        loaded.root.display(),
        if loaded.notices.is_empty() { "" } else { " in the package directories" },
    );
    let outside = project.outside.first().map(|first| {
        let count = count(project.outside.len(), "file");
        format!("{count} of session metadata outside the package directories, the first is {first}")
    });
    for line in loaded.notices.iter().map(|notice| &notice.text).chain(&outside) {
        text.push_str("\n  ");
        text.push_str(line);
    }
    Err(Failure::Usage(text))
}

/// Writes the notices beside the findings.
pub(super) fn write(loaded: &Loaded, environment: &mut Environment<'_>) -> Exit {
    let mut exit = Exit::Clean;
    for notice in &loaded.notices {
        if notice.is_error {
            environment.error(&notice.text);
            exit = Exit::Unreadable;
        } else {
            environment.warn(&notice.text);
        }
    }
    environment.warn_of_all(&remarks(loaded));
    let Project { hidden, sources, .. } = &loaded.project;
    // Apex with session facts is a source too.
    if sources.is_empty() && hidden.is_empty() && exit == Exit::Clean {
        environment.warn(&format!("nothing in {} holds session metadata", loaded.root.display()));
    }
    exit
}

/// The files of session metadata that were not read.
pub(super) fn remarks(loaded: &Loaded) -> Vec<String> {
    let Project { hidden, outside, .. } = &loaded.project;
    let hidden = hidden.first().map(|first| {
        format!(
            ".forceignore hides {} of session metadata (the first is {first}): not checked",
            count(hidden.len(), "file")
        )
    });
    let outside = outside.first().map(|first| {
        format!(
            "{} of session metadata outside the package directories, not read (the first is {first})",
            count(outside.len(), "file")
        )
    });
    hidden.into_iter().chain(outside).collect()
}
