//! Files that are written by the program: each test compares, and with `UPDATE=1` rewrites.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::fs;
use std::path::{Path, PathBuf};

use sessionlint::apex::{Code, TextKind};
use sessionlint::metadata::kind::{self, AURA, Plain, Recognised, recognise};
use sessionlint::rule::{Catalog, Rule, benchmarks, benchmarks_overview, overview};
use sessionlint::tree::{CONFIG_FILE, IGNORE_FILE, PROJECT_FILE};
use sessionlint::view::Shapes;

/// Compares a whole file with what it should be.
fn hold_whole(file: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    if fs::read_to_string(&path).is_ok_and(|text| text == expected) {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, expected).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test --test all generated::`");
}

/// Compares the part of a file between two markers with what it should be.
fn hold(file: &str, marker: &str, expected: &str) {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join(file);
    let text = fs::read_to_string(&path).unwrap();
    let (start, end) = (format!("<!-- {marker}: generated -->\n"), format!("<!-- {marker}: end -->"));
    let from = text.find(&start).expect("the start marker") + start.len();
    let to = from + text[from..].find(&end).expect("the end marker");
    if text[from..to] == *expected {
        return;
    }
    if std::env::var("UPDATE").is_ok_and(|value| value == "1") {
        fs::write(&path, format!("{}{expected}{}", &text[..from], &text[to..])).unwrap();
        return;
    }
    panic!("{file} is stale: run `UPDATE=1 cargo test --test all generated::`");
}

#[test]
fn the_table_of_rules_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    hold("rules/README.md", "rules", &format!("\n{}\n", overview(&catalog)));
}

/// What stands before the tables of benchmarks.
const BENCHMARKS: &str = "# Benchmarks

Rule pages name the controls of published benchmarks by their key `benchmarks`, where the control's own text asks for what
the page finds missing. A control that asks for an inventory, a justification or a process shows in no file, so no page
names it. `sessionlint rules list --benchmark SBS` lists the pages of one benchmark, `sessionlint explain RULE` the controls
of one page; SARIF has them as `taxonomies` with the relationships of each rule, and the page of `report` in its table of
causes. That nothing was found is no proof that a control is met.

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
    hold("docs/rule-language.md", "tables", &format!("{}\n", sessionlint::view::documented()));
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
fn the_schema_of_the_configuration_is_true() {
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let schema = serde_json::to_string_pretty(&sessionlint::config::schema(&catalog)).unwrap();
    hold_whole("sessionlint.schema.json", &format!("{schema}\n"));
}

/// What each rule found in the same projects before its findings were read by hand.
const BEFORE: &str = include_str!("../data/real-projects-before.tsv");

/// The numbers of [`BEFORE`], by rule.
fn before() -> BTreeMap<String, Hits> {
    let number = |text: &str| text.parse().expect("a number");
    let line = |line: &str| {
        let cells: Vec<&str> = line.split('\t').collect();
        let [rule, projects, errors, warnings, notes] = cells[..] else { panic!("five cells: {line}") };
        let hits = Hits {
            projects: number(projects),
            errors: number(errors),
            warnings: number(warnings),
            notes: number(notes),
        };
        (rule.to_owned(), hits)
    };
    BEFORE.lines().filter(|line| !line.starts_with('#')).map(line).collect()
}

/// What one rule finds in all real projects.
#[derive(Default)]
struct Hits {
    projects: usize,
    errors: usize,
    warnings: usize,
    notes: usize,
}

/// The real projects, where the machine has them.
fn real_projects() -> Option<Vec<PathBuf>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../shared/corpus");
    let Ok(entries) = fs::read_dir(&folder) else {
        println!("{} is absent: the numbers of real projects were not compared", folder.display());
        return None;
    };
    Some(entries.map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect())
}

/// Adds what a run over one project finds. A project that holds nothing to read has no findings.
fn count(project: &Path, hits: &mut BTreeMap<String, Hits>) {
    let run = std::process::Command::new(env!("CARGO_BIN_EXE_sessionlint"))
        .args([
            "check",
            "--preset",
            "all",
            "--as-of",
            "2026-12-01",
            "--format",
            "json",
            "--fail-on",
            "never",
            "--quiet",
        ])
        .arg(project)
        .output()
        .unwrap();
    if run.status.code() == Some(2) {
        return;
    }
    let report: serde_json::Value = serde_json::from_slice(&run.stdout).unwrap();
    let mut met = BTreeSet::new();
    for finding in report["findings"].as_array().unwrap() {
        let rule = finding["rule"].as_str().unwrap();
        let of_rule = hits.entry(rule.to_owned()).or_default();
        of_rule.projects += usize::from(met.insert(rule));
        match finding["severity"].as_str().unwrap() {
            "error" => of_rule.errors += 1,
            "warning" => of_rule.warnings += 1,
            _ => of_rule.notes += 1,
        }
    }
}

#[test]
fn the_numbers_of_real_projects_are_true() {
    let Some(projects) = real_projects() else { return };
    let mut hits = BTreeMap::new();
    for project in &projects {
        count(project, &mut hits);
    }
    let catalog = Catalog::load(&[] as &[&Path], &Shapes).unwrap();
    let before = before();
    let silent = catalog.rules().iter().map(|rule| rule.id.as_str()).filter(|id| !hits.contains_key(*id));
    let silent: Vec<String> = silent.map(|id| format!("`{id}`")).collect();
    let mut text = String::from(
        "\n| rule | projects | errors | warnings | notes | projects before | errors | warnings | notes |\n\
         |---|--:|--:|--:|--:|--:|--:|--:|--:|\n",
    );
    // What a rule found before and finds no more, or is gone, is shown too.
    for rule in hits.keys().chain(before.keys()).collect::<BTreeSet<_>>() {
        let cells = |hits: Option<&Hits>| {
            let none = Hits::default();
            let Hits { projects, errors, warnings, notes } = hits.unwrap_or(&none);
            format!("{projects} | {errors} | {warnings} | {notes}")
        };
        let gone = if catalog.get(rule).is_some() { "" } else { " (gone)" };
        writeln!(text, "| `{rule}`{gone} | {} | {} |", cells(hits.get(rule)), cells(before.get(rule))).unwrap();
    }
    let sums = |all: &BTreeMap<String, Hits>| {
        let sum = |part: fn(&Hits) -> usize| all.values().map(part).sum::<usize>();
        format!("| {} | {} | {}", sum(|hits| hits.errors), sum(|hits| hits.warnings), sum(|hits| hits.notes))
    };
    writeln!(text, "| all | {} | {} |", sums(&hits), sums(&before)).unwrap();
    writeln!(text, "\n{} rules find nothing there: {}.\n", silent.len(), silent.join(", ")).unwrap();
    hold("docs/rules-on-real-projects.md", "real-projects", &text);
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
        let is_content = |suffix| kind::KINDS.iter().any(|it| it.suffix == suffix && it.plain == Plain::Content);
        let mut met = BTreeSet::new();
        for (suffix, stem) in stems.chain(parts.chain(codes).chain(texts).map(|suffix| (suffix, "X"))) {
            let is_read = |ending: &str| {
                let name = format!("{stem}.{suffix}{ending}");
                matches!(recognise(&name), Some((Recognised::Session(..) | Recognised::Code(_), _)))
            };
            if met.insert(suffix) {
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
            r"(\.({})(-meta\.xml)?|\.({})-meta\.xml|\.({})|(^|/){AURA}/[^/]+/[^/]+\.app|(^|/)({}))$",
            self.in_both_layouts.join("|"),
            self.in_source_format.join("|"),
            self.plain.join("|"),
            self.whole.map(|name| name.replace('.', r"\.")).join("|"),
        )
    }

    /// Globs for paths, as editors take them.
    fn globs(&self) -> Vec<String> {
        let ends = |suffix: &&str| format!("**/*.{suffix}");
        let ends_in_source_format = |suffix: &&str| format!("**/*.{suffix}-meta.xml");
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
  entry: sessionlint check --color always
  language: rust
  # Metadata API files do not end in .xml, so both layouts are named by their suffixes.
  files: '{pattern}'
  require_serial: true

# Writes the fixes that weaken no protection. A hook that changes files fails; the next run passes when nothing is left.
- id: sessionlint-fix
  name: sessionlint --fix
  description: Mend what can be mended without weakening a protection, then report what is left.
  entry: sessionlint check --fix --color always
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
    for path in
        ["README.md", "docs/a.b.md", "force-app/classes/A.cls-meta.xml", "src/applications/Sales.app", "profile"]
    {
        assert!(!pattern.is_match(path), "{path}");
    }
}
