//! How long the parts of a run take, each by itself: `cargo bench`.
//!
//! `tests/support/org.rs` makes the orgs in folders that are deleted afterwards. Refuses to compare with other
//! programs: `compare.sh` does that on a large org, and only its ratios are promised.

#![allow(
    clippy::unwrap_used,
    clippy::wildcard_imports,
    reason = "a benchmark fails by panicking, and is laid out as tests are"
)]

#[path = "../tests/support/apex.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod apex;
#[path = "../tests/support/org.rs"]
mod org;

use std::collections::HashMap;
use std::io;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;

use divan::counter::BytesCount;
use divan::{Bencher, black_box};
use sessionlint::check::{RunPlan, check};
use sessionlint::diagnostic::{Diagnostic, Severity, Summary};
use sessionlint::discover::Root;
use sessionlint::facts::Shapes;
use sessionlint::load::{Loaded, load};
use sessionlint::metadata::Inputs;
use sessionlint::metadata::kind::{by_name, kind};
use sessionlint::report::gate::Gate;
use sessionlint::report::{self, Paths, Report, RuleInfo, Style};
use sessionlint::rule::{Catalog, Preset, Rule};
use sessionlint::rule_test::AS_OF;
use sessionlint::xml::parse;
use tempfile::TempDir;

use org::Shape;

const PROGRAM: &str = env!("CARGO_BIN_EXE_sessionlint");

fn main() {
    divan::main();
}

/// An org of two thousand files with everything in it.
fn mixed_org() -> TempDir {
    let folder = TempDir::new().unwrap();
    org::write(&Shape::mixed(2_000, 150_000, 1), folder.path()).unwrap();
    folder
}

fn read(folder: &Path) -> Loaded {
    load(&Root::open(folder), Inputs::on(AS_OF))
}

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[] as &[&Path], &Shapes).unwrap());

/// All rules of both presets.
fn plan() -> RunPlan<'static> {
    let presets = Preset::ALL.to_vec();
    let rules = CATALOG.chosen(&presets, &[], &[]);
    RunPlan { rules, presets, options: HashMap::new(), severities: HashMap::new() }
}

mod parsing {
    use super::*;

    fn parse_as(bencher: Bencher, kind_name: &str, text: &str) {
        let keep = kind(by_name(kind_name).unwrap()).keep();
        bencher.counter(BytesCount::of_str(text)).bench(|| parse(black_box(text), keep));
    }

    #[divan::bench]
    fn small_setting(bencher: Bencher) {
        parse_as(bencher, "ProfileSessionSetting", &org::small(1, 0));
    }

    #[divan::bench]
    fn profile_of_1600_kb(bencher: Bencher) {
        parse_as(bencher, "Profile", &org::profile(1, 0, 1_600_000));
    }
}

mod whole_projects {
    use super::*;

    fn bench_arguments(bencher: Bencher, arguments: &[&str]) {
        let folder = mixed_org();
        bencher.bench(|| {
            let mut command = Command::new(PROGRAM);
            command.args(arguments).current_dir(folder.path()).stdout(Stdio::null()).stderr(Stdio::null());
            assert!(command.status().unwrap().code().is_some_and(|code| code < 2));
        });
    }

    /// A process for each run: nothing is warm but the disk's cache.
    #[divan::bench(sample_count = 20)]
    fn check_2000_files(bencher: Bencher) {
        bench_arguments(bencher, &["check", "--format", "json"]);
    }

    #[divan::bench(sample_count = 20)]
    fn check_2000_files_on_one_thread(bencher: Bencher) {
        bench_arguments(bencher, &["check", "--format", "json", "--threads", "1"]);
    }

    /// Walking, reading and parsing alone.
    #[divan::bench(sample_count = 20)]
    fn load_2000_files(bencher: Bencher) {
        let folder = mixed_org();
        bencher.bench_local(|| read(folder.path()));
    }
}

mod rules {
    use super::*;

    #[divan::bench]
    fn load_the_pages() -> Catalog {
        Catalog::load(&[] as &[&Path], &Shapes).unwrap()
    }

    #[divan::bench(sample_count = 20)]
    fn ask_all_about_2000_files(bencher: Bencher) {
        let folder = mixed_org();
        let loaded = read(folder.path());
        let plan = plan();
        bencher.bench_local(|| check(&loaded.project, &plan));
    }
}

mod formats {
    use super::*;

    type Write = fn(&mut Gate<'_>, &Report, &Paths) -> io::Result<()>;

    const FORMATS: [(&str, Write); 8] = [
        ("human", |out, report, paths| report::human::write(out, report, paths, Style::default())),
        ("concise", |out, report, paths| report::concise::write(out, report, paths, Style::default())),
        ("json", |out, report, _| report::json::write(out, report)),
        ("sarif", |out, report, paths| report::sarif::write(out, report, paths)),
        ("github", |out, report, paths| report::github::write(out, report, paths)),
        ("gitlab", |out, report, paths| report::gitlab::write(out, report, paths)),
        ("junit", |out, report, paths| report::junit::write(out, report, paths)),
        ("markdown", |out, report, paths| report::markdown::write(out, report, paths)),
    ];

    fn rule_info(rule: &Rule) -> RuleInfo {
        RuleInfo {
            id: rule.id.clone(),
            title: rule.title().to_owned(),
            summary: rule.page.summary.clone(),
            text: rule.page.section("Why it matters").unwrap_or_default(),
            markdown: rule.page.whole().into_owned(),
            trade_off: rule.page.section("Trade-off").unwrap_or_default(),
            severity: rule.worst().unwrap_or(Severity::Warning),
            security: None,
            confidence: None,
            presets: vec![],
            symptoms: vec![],
            controls: vec![],
            help_uri: None,
            did_run: true,
        }
    }

    /// All findings of an org of two thousand files.
    #[divan::bench(args = FORMATS.map(|(name, _)| name), sample_count = 20)]
    fn write(bencher: Bencher, name: &str) {
        let (_, write) = FORMATS.into_iter().find(|(format, _)| *format == name).unwrap();
        let folder = mixed_org();
        let loaded = read(folder.path());
        let findings: Vec<Diagnostic> = check(&loaded.project, &plan()).findings;
        let rules: Vec<RuleInfo> = CATALOG.rules().iter().map(rule_info).collect();
        let project = &loaded.project;
        let report = Report {
            project: report::Project {
                root: &project.root,
                name: "",
                files: project.file_count(),
                components: project.components.len(),
                code: project.code,
                hidden: 0,
            },
            sources: &project.sources,
            silence: &sessionlint::report::Silence::default(),
            findings: &findings,
            suppressed: &[],
            summary: Summary::of(&findings),
            pairs: &CATALOG.pairs(|_| true),
            rules: &rules,
            is_complete: true,
            threads: None,
        };
        bencher.bench_local(|| write(&mut Gate::new(&mut io::sink()), &report, &Paths::default()).unwrap());
    }
}

mod start_up {
    use super::*;

    fn run(arguments: &[&str]) {
        let status = Command::new(PROGRAM).args(arguments).stdout(Stdio::null()).status().unwrap();
        assert!(status.success());
    }

    #[divan::bench]
    fn version() {
        run(&["--version"]);
    }

    /// Loads every page.
    #[divan::bench]
    fn list_the_rules() {
        run(&["rules", "list"]);
    }
}
