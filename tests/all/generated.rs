//! Generated files: each test compares, and with `UPDATE=1` rewrites.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::path::Path;

use crate::support::generated::{hold, hold_whole};
use sessionlint::apex::{Code, TextKind};
use sessionlint::facts::Shapes;
use sessionlint::metadata::kind::{self, AURA, PlainFile, Recognised, recognise};
use sessionlint::rule::{Catalog, Rule, benchmarks, benchmarks_overview, overview};
use sessionlint::vfs::{CONFIG_FILE, IGNORE_FILE, PROJECT_FILE};

#[test]
fn the_table_of_rules_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    hold("rules/README.md", "rules", &format!("\n{}\n", overview(&catalog)));
}

/// The text before the tables of benchmarks.
const BENCHMARKS: &str = "# Benchmarks

Rule pages name controls of published benchmarks in their key `benchmarks`, if the finding violates the control's own text.
No file shows an inventory, a justification or a process, so no page names such a control. `sessionlint rules list
--benchmark SBS` lists the pages of one benchmark, `sessionlint explain RULE` the controls of one page. SARIF has them as
`taxonomies` with the relationships of each rule, and the page of `report` in its table of causes. A report without findings
does not prove that a control is met.

";

#[test]
fn the_tables_of_benchmarks_are_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let tables = benchmarks_overview(&catalog);
    hold_whole("docs/benchmarks.md", &format!("{BENCHMARKS}{}\n", tables.trim_end()));
    for benchmark in benchmarks() {
        let named: BTreeSet<&str> = catalog.rules().iter().flat_map(Rule::controls).map(|it| it.id).collect();
        for id in benchmark.controls.keys() {
            assert!(named.contains(id.as_str()), "no page names {id}");
        }
    }
    for rule in catalog.rules() {
        assert!(rule.check_benchmarks().is_ok(), "{}", rule.id);
        for control in rule.controls() {
            assert!(control.name.is_some(), "{}: {} is in no table", rule.id, control.id);
        }
    }
}

#[test]
fn the_tables_of_views_are_true() {
    hold("docs/rule-language.md", "tables", &format!("{}\n", sessionlint::facts::documented()));
}

#[test]
fn the_example_of_the_readme_is_what_the_program_says() {
    let arguments = [
        "check",
        "sample-projects/leaky-org",
        "--select",
        "session/forced-logout-unannounced,oauth/ip-relaxation-missing",
    ];
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_sessionlint"))
        .env(crate::support::CACHE_DIR, "")
        .args(arguments)
        .args(["--as-of", "2026-12-01", "--quiet", "--color", "never"])
        .current_dir(env!("CARGO_MANIFEST_DIR"))
        .output()
        .unwrap();
    let out = String::from_utf8(run.stdout).unwrap();
    // The folder of a checkout without git is its own base; paths are shown from there in both cases.
    hold("README.md", "example", &format!("\n```text\n{out}```\n\n"));
}

#[test]
fn completions_and_the_manual_page_are_true() {
    use clap_complete::Shell;
    for shell in [Shell::Bash, Shell::Elvish, Shell::Fish, Shell::PowerShell, Shell::Zsh] {
        let mut script = Vec::new();
        clap_complete::generate(shell, &mut sessionlint::cli::command(), "sessionlint", &mut script);
        hold_whole(&format!("src/cli/printed/completions.{shell}"), &String::from_utf8(script).unwrap());
    }
    let mut page = Vec::new();
    clap_mangen::Man::new(sessionlint::cli::command()).render(&mut page).unwrap();
    hold_whole("src/cli/printed/sessionlint.1", &String::from_utf8(page).unwrap());
}

/// The names of the files that a hook or an editor starts on, from the kinds of metadata that are read.
struct FileNames {
    /// What names end in, with and without `-meta.xml`.
    in_both_layouts: Vec<&'static str>,
    /// What names end in before `-meta.xml`.
    in_source_format: Vec<&'static str>,
    /// What names end in that have no `-meta.xml`.
    plain: Vec<&'static str>,
    /// Whole names.
    whole: [&'static str; 3],
}

impl FileNames {
    fn all() -> Self {
        // A settings file is one by its stem: of the others, the rest of the name does not matter.
        let stems = kind::KINDS.iter().map(|it| (it.suffix, it.file.unwrap_or("X")));
        let parts = kind::PARTS.iter().map(|it| it.suffix);
        let codes = Code::BY_SUFFIX.iter().map(|it| it.suffix());
        let texts = TextKind::ALL.iter().map(|(_, suffix, _)| *suffix);
        let mut names = Self {
            in_both_layouts: Vec::new(),
            in_source_format: Vec::new(),
            plain: Vec::new(),
            whole: [PROJECT_FILE, CONFIG_FILE, IGNORE_FILE],
        };
        let is_content = |suffix| kind::KINDS.iter().any(|it| it.suffix == suffix && it.plain == PlainFile::Content);
        let mut seen = BTreeSet::new();
        for (suffix, stem) in stems.chain(parts.chain(codes).chain(texts).map(|suffix| (suffix, "X"))) {
            let is_read = |ending: &str| {
                let name = format!("{stem}.{suffix}{ending}");
                matches!(recognise(&name), Some((Recognised::Session(..) | Recognised::Code(_), _)))
            };
            if seen.insert(suffix) {
                let list = match (is_read("") || is_content(suffix), is_read("-meta.xml")) {
                    (true, true) => &mut names.in_both_layouts,
                    (true, false) => &mut names.plain,
                    (false, true) => &mut names.in_source_format,
                    (false, false) => panic!("nothing is read of .{suffix}"),
                };
                list.push(suffix);
            }
        }
        for list in [&mut names.in_both_layouts, &mut names.in_source_format, &mut names.plain] {
            list.sort_by_key(|suffix| suffix.to_lowercase());
        }
        names
    }

    /// A pattern for paths, as pre-commit takes it.
    fn pattern(&self) -> String {
        format!(
            r"(\.({})(-meta\.xml[^/]*)?|\.({})-meta\.xml[^/]*|\.({})|(^|/){AURA}/[^/]+/[^/]+\.app|(^|/)({}))$",
            self.in_both_layouts.join("|"),
            self.in_source_format.join("|"),
            self.plain.join("|"),
            self.whole.map(|name| name.replace('.', r"\.")).join("|"),
        )
    }

    /// Globs for paths, as editors take them.
    fn globs(&self) -> Vec<String> {
        let ends = |suffix: &&str| format!("**/*.{suffix}");
        let ends_in_source_format = |suffix: &&str| format!("**/*.{suffix}-meta.xml*");
        let both = self.in_both_layouts.iter();
        let mut globs: Vec<String> = both.clone().chain(&self.plain).map(ends).collect();
        globs.extend(both.chain(&self.in_source_format).map(ends_in_source_format));
        globs.push(format!("**/{AURA}/*/*.app"));
        globs.extend(self.whole.iter().map(|name| format!("**/{name}")));
        globs
    }
}

#[test]
fn hooks_and_editors_start_on_every_file_that_is_read() {
    let names = FileNames::all();
    let pattern = names.pattern();
    let hooks = format!(
        "\
# Written by a test from the kinds of metadata that are read: `UPDATE=1 cargo test --test all generated::`.

# Facts cross files, so the hook runs once over all staged names and reads the whole project for context.
- id: sessionlint
  name: sessionlint
  description: Find what cuts Salesforce sessions and integrations short in the staged metadata.
  entry: sessionlint check
  language: rust
  # Metadata API files do not end in .xml, so both layouts are named by their suffixes.
  files: '{pattern}'
  require_serial: true

# Writes the fixes that weaken no protection. A hook that changes files fails; the next run passes when nothing is left.
- id: sessionlint-fix
  name: sessionlint --fix
  description: Mend what can be mended without weakening a protection, then report what is left.
  entry: sessionlint check --fix
  language: rust
  files: '{pattern}'
  require_serial: true
"
    );
    hold_whole(".pre-commit-hooks.yaml", &hooks);
    let local = format!(
        "\
```yaml
repos:
  - repo: local
    hooks:
      - id: sessionlint
        name: sessionlint
        entry: sessionlint check
        language: system
        files: '{pattern}'
        require_serial: true
```
"
    );
    hold("docs/ci.md", "hook", &local);
    let globs = serde_json::to_string_pretty(&names.globs()).unwrap();
    hold_whole("packaging/editors/files.json", &format!("{globs}\n"));
}

#[test]
fn the_pattern_of_the_hooks_takes_what_is_read_and_nothing_else() {
    let pattern = regex::Regex::new(&FileNames::all().pattern()).unwrap();
    for path in [
        "force-app/main/default/settings/Security.settings-meta.xml",
        "force-app/main/default/settings/Security.settings-meta.xml.orig",
        "src/settings/Security.settings",
        "src/profiles/Admin.profile",
        "force-app/permissionsets/Erp/Erp.userPermission-meta.xml",
        "force-app/classes/A.cls",
        "force-app/aura/Out/Out.app",
        "force-app/webLinks/Tell.webLink-meta.xml",
        "force-app/flows/Login.flow-meta.xml",
        "src/objects/Account.object",
        "force-app/objects/Account/fields/Key__c.field-meta.xml",
        "force-app/customMetadata/Key.Erp.md-meta.xml",
        "src/certs/Erp.crt",
        ".forceignore",
        "sub/sessionlint.toml",
        "sfdx-project.json",
    ] {
        assert!(pattern.is_match(path), "{path}");
    }
    for path in ["README.md", "src/a.b.md", "force-app/classes/A.cls-meta.xml", "src/applications/Sales.app", "profile"]
    {
        assert!(!pattern.is_match(path), "{path}");
    }
}

/// What stands before the options.
const OPTIONS: &str = "# Commands and options

What `sessionlint --help` and `sessionlint COMMAND --help` say, in one place. The other documents say what for:
[configuration.md](configuration.md), [ci.md](ci.md), [suppressing.md](suppressing.md), [fleet.md](fleet.md).

";

/// The options of a command that are its own, as a list; `shared` are documented elsewhere.
fn options(command: &clap::Command, path: &str, shared: &[clap::Arg], text: &mut String) {
    let mut command = command.clone();
    let usage = command.render_usage().to_string().replace("Usage: ", "");
    let usage = usage.split_once(' ').map_or("", |(_, rest)| rest).to_owned();
    let usage = usage.trim_start_matches(path).trim_start();
    let about = command.get_about().map(ToString::to_string).unwrap_or_default();
    writeln!(text, "## {path}\n\n`sessionlint {path} {usage}`\n\n{about}.\n").unwrap();
    let has = |arg: &clap::Arg| command.get_arguments().any(|it| is_same(it, arg));
    let has_all_shared = shared.iter().all(has);
    let is_own = |arg: &&clap::Arg| {
        let is_shared = has_all_shared && shared.iter().any(|it| is_same(it, arg));
        !arg.is_hide_set() && arg.get_id() != "help" && !is_shared
    };
    let own: Vec<String> = command.get_arguments().filter(is_own).map(option).collect();
    if !own.is_empty() {
        writeln!(text, "{}\n", own.join("\n")).unwrap();
    }
    if !shared.is_empty() && has_all_shared {
        writeln!(text, "It takes the [options of every command that reads a project](#options-of-every-command-that-reads-a-project) too.\n").unwrap();
    }
    for below in command.get_subcommands().filter(|it| it.get_name() != "help") {
        options(below, &format!("{path} {}", below.get_name()), shared, text);
    }
}

fn is_same(one: &clap::Arg, other: &clap::Arg) -> bool {
    one.get_id() == other.get_id()
        && one.get_help().map(ToString::to_string) == other.get_help().map(ToString::to_string)
}

/// One option, with its values and its default.
fn option(arg: &clap::Arg) -> String {
    let names = arg.get_value_names().unwrap_or_default();
    let value = names.iter().map(clap::builder::Str::as_str).collect::<Vec<_>>().join(" ");
    let takes_value = arg.get_action().takes_values();
    let name = match (arg.get_short(), arg.get_long()) {
        (Some(short), Some(long)) => format!("-{short}, --{long}"),
        (None, Some(long)) => format!("--{long}"),
        _ => String::new(),
    };
    let is_optional = arg.get_num_args().is_some_and(|it| it.min_values() == 0);
    let name = match (name.is_empty(), takes_value) {
        (true, _) => value,
        (false, true) if is_optional => format!("{name}[={value}]"),
        (false, true) => format!("{name} {value}"),
        (false, false) => name,
    };
    let mut text = format!("- `{name}`: {}.", arg.get_help().map(ToString::to_string).unwrap_or_default());
    let values: Vec<String> = arg
        .get_possible_values()
        .iter()
        .filter(|it| takes_value && !it.is_hide_set())
        .map(|it| format!("`{}`", it.get_name()))
        .collect();
    if !values.is_empty() {
        write!(text, " One of {}.", values.join(", ")).unwrap();
    }
    let defaults: Vec<String> = arg.get_default_values().iter().map(|it| it.to_string_lossy().into_owned()).collect();
    if takes_value && !defaults.is_empty() && !arg.is_hide_default_value_set() {
        write!(text, " Default: `{}`.", defaults.join(" ")).unwrap();
    }
    text
}

#[test]
fn the_reference_of_options_is_true() {
    let mut command = sessionlint::cli::command();
    command.build();
    let check = command.find_subcommand("check").unwrap().clone();
    let reading = ["sessions", "diagnose", "calendar", "diff", "report", "fleet", "query"];
    let takes =
        |name: &str, arg: &clap::Arg| command.find_subcommand(name).unwrap().get_arguments().any(|it| is_same(it, arg));
    let is_shared =
        |arg: &&clap::Arg| !arg.is_hide_set() && arg.get_id() != "help" && reading.iter().all(|name| takes(name, arg));
    let shared: Vec<clap::Arg> = check.get_arguments().filter(is_shared).cloned().collect();
    assert!(shared.len() > 5, "{shared:?}");
    let mut text = OPTIONS.to_owned();
    let common: Vec<String> = shared.iter().map(option).collect();
    writeln!(text, "## Options of every command that reads a project\n\n{}\n", common.join("\n")).unwrap();
    for below in command.get_subcommands().filter(|it| it.get_name() != "help") {
        options(below, below.get_name(), &shared, &mut text);
    }
    hold_whole("docs/options.md", &format!("{}\n", text.trim_end()));
}
