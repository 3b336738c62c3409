//! The components of a change, for a deployment: as options of `sf` and as part of a `package.xml`.
//!
//! May assume components as `Type:Name`. Refuses to know which of the two forms a project needs.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use sessionlint_lint::diagnostic::Subject;
use sessionlint_project::metadata::kind;

/// `Type:Name` as in a manifest: all settings are of the type `Settings`.
pub fn deployed_as(subject: &Subject) -> String {
    let is_settings = kind::by_name(&subject.ty).is_some_and(|id| kind::kind(id).file.is_some());
    let ty = if is_settings { "Settings" } else { subject.ty.as_str() };
    format!("{ty}:{}", subject.name)
}

/// The command that deploys exactly these components (`Type:Name`), with one option for each.
pub fn deploy_command(components: &[String]) -> String {
    let mut command = "sf project deploy start".to_owned();
    for component in components {
        command.push_str(" -m ");
        command.push_str(&quoted(component));
    }
    command
}

/// The part of a `package.xml` that names exactly these components (`Type:Name`).
pub(super) fn manifest(components: &[String]) -> String {
    let mut by_type: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for component in components {
        let (ty, name) = component.split_once(':').unwrap_or((component, ""));
        by_type.entry(ty).or_default().push(name);
    }
    let mut text = String::new();
    for (ty, names) in by_type {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "<types>");
        for name in names {
            let _ = writeln!(text, "    <members>{}</members>", quick_xml::escape::partial_escape(name));
        }
        let _ = writeln!(text, "    <name>{ty}</name>\n</types>");
    }
    text
}

/// `text` as a word of a shell, in quotes if needed.
fn quoted(text: &str) -> String {
    let is_plain = |ch: char| ch.is_ascii_alphanumeric() || matches!(ch, ':' | '_' | '-' | '.' | '/');
    if text.chars().all(is_plain) { text.to_owned() } else { format!("'{}'", text.replace('\'', "'\\''")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_quoted_for_a_shell() {
        assert_eq!(quoted("ConnectedApp:ERP_Sync"), "ConnectedApp:ERP_Sync");
        assert_eq!(quoted("Profile:Sales Rep"), "'Profile:Sales Rep'");
        assert_eq!(quoted("Profile:a'; rm -rf ~"), "'Profile:a'\\''; rm -rf ~'");
        let components = ["Profile:A".to_owned(), "Settings:Security".to_owned()];
        assert_eq!(deploy_command(&components), "sf project deploy start -m Profile:A -m Settings:Security");
    }

    #[test]
    fn a_manifest_names_each_type_once() {
        let components = ["Profile:A & B", "Profile:C<", "Settings:Security"].map(str::to_owned);
        assert_eq!(
            manifest(&components),
            "<types>\n    <members>A &amp; B</members>\n    <members>C&lt;</members>\n    <name>Profile</name>\n\
             </types>\n<types>\n    <members>Security</members>\n    <name>Settings</name>\n</types>\n"
        );
    }
}
