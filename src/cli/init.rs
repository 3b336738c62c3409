//! `sessionlint init`: a commented configuration that names the integrations of this project.
//!
//! Never overwrites a file. Refuses to know rules and findings: the text is a template with the names of the project's
//! apps.

use std::path::PathBuf;

use clap::Args;

use super::{Environment, Exit, Failure, notices, output, target};
use sessionlint_facts::Facts;
use sessionlint_facts::oauth::Tier;
use sessionlint_lint::rule::one_line;
use sessionlint_project::load::load;
use sessionlint_project::metadata::Inputs;
use sessionlint_project::vfs::FileTree;

/// The file's name.
const FILE: &str = sessionlint_lint::config::FILE_NAME;

#[derive(Debug, Args)]
pub(super) struct InitArguments {
    /// The project
    #[arg(value_name = "PATH", default_value = ".")]
    pub(super) path: PathBuf,
    /// Print the file instead of writing it
    #[arg(long)]
    pub(super) print: bool,
}

pub(super) fn run(arguments: &InitArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let target = target::find_one(&arguments.path, environment)?;
    let loaded = load(&target.root, Inputs::on(environment.today));
    notices::require_metadata(&loaded)?;
    let text = configuration(&Facts::of(&loaded.project));
    if arguments.print {
        environment.out.write_all(text.as_bytes())?;
        return Ok(Exit::Clean);
    }
    if let FileTree::Memory(memory) = &target.root.tree {
        let text = format!("{}: nothing is written into a zip; --print prints the file", memory.name);
        return Err(Failure::Usage(text));
    }
    let path = loaded.root.join(FILE);
    let failed =
        |error: std::io::Error| Failure::Unreadable(format!("{}: cannot be written ({error})", path.display()));
    output::create(&path, &text).map_err(|error| match error.kind() {
        std::io::ErrorKind::AlreadyExists => Failure::Usage(format!("{} exists already", path.display())),
        _ => failed(error),
    })?;
    writeln!(environment.out, "wrote {}", path.display())?;
    writeln!(environment.out, "{HOOK}")?;
    Ok(Exit::Clean)
}

/// The text about a hook.
const HOOK: &str = "\
To check what is staged, add this repository to .pre-commit-config.yaml:

  - repo: URL-OF-SESSIONLINT
    rev: VERSION
    hooks:
      - id: sessionlint
";

/// A configuration without the apps of a project; it names rules, so it is not in the code.
const TEMPLATE: &str = include_str!("init.toml");

/// The line of the template that the apps replace.
const APPS: &str = "# apps = []\n";

/// The text of a configuration; everything that is not the default is commented out.
fn configuration(facts: &Facts<'_>) -> String {
    let mut text = String::new();
    let of = |tier: Tier| facts.apps().iter().filter(move |app| app.verdict.tier == tier);
    let quoted = |name: &str| toml::Value::String(one_line(name).into_owned()).to_string();
    let names = |tier: Tier| of(tier).map(|app| quoted(&app.written.label)).collect::<Vec<_>>();
    let taken: Vec<String> = [Tier::Certain, Tier::Likely].into_iter().flat_map(names).collect();
    if !taken.is_empty() {
        text.push_str("# Taken for integrations already: ");
        text.push_str(&taken.join(", "));
        text.push('\n');
    }
    let possible = names(Tier::Possible);
    text.push_str("# apps = [");
    text.push_str(&if possible.is_empty() { "\"ERP*\"".to_owned() } else { possible.join(", ") });
    text.push_str("]\n");
    TEMPLATE.replacen(APPS, &text, 1)
}
