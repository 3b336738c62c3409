//! One text, one trial: each part that reads text from people, run on any text. Properties and fuzzers share it.
//!
//! A trial panics where a property does not hold; the caller checks that it ends in time.

#![allow(dead_code, reason = "the properties and each fuzzer use a part of this")]

use std::collections::{BTreeMap, HashMap};
use std::path::Path;
use std::sync::LazyLock;

use sessionlint::apex::{Code, Unit};
use sessionlint::check::{RunPlan, check};
use sessionlint::config::{Config, Layer};
use sessionlint::diagnostic::Safety;
use sessionlint::discover::Root;
use sessionlint::facts::{Facts, Shapes, Views};
use sessionlint::fix::{FixOptions, apply};
use sessionlint::load::load;
use sessionlint::metadata::kind::{Kind, all, recognise};
use sessionlint::metadata::{Inputs, Project};
use sessionlint::rule::{Catalog, Page, Preset, Rule};
use sessionlint::rule_test::AS_OF;
use sessionlint::soql::{Catalog as _, Tables as _, bind, parse};
use sessionlint::vfs::Memory;
use sessionlint::xml::{self, Keep, ParseOutcome};

static CATALOG: LazyLock<Catalog> = LazyLock::new(|| Catalog::load(&[] as &[&Path], &Shapes).unwrap());

/// A project of these files, read from memory.
pub(crate) fn project(files: &[(&str, &[u8])]) -> Project {
    let files = files.iter().map(|(path, bytes)| ((*path).to_owned(), bytes.to_vec()));
    load(&Root::in_memory(Path::new("x.zip"), Memory::of("x.zip", files)), Inputs::on(AS_OF)).project
}

fn plan() -> RunPlan<'static> {
    let presets = Preset::ALL.to_vec();
    let rules = CATALOG.chosen(&presets, &[], &[]);
    RunPlan { rules, presets, options: HashMap::new(), severities: HashMap::new() }
}

/// A file name of a kind.
pub(crate) fn file_of(kind: &Kind) -> String {
    format!("force-app/{}.{}-meta.xml", kind.file.unwrap_or("A"), kind.suffix)
}

/// Every kind's file name, and those of other files that are read.
pub(crate) fn file_names() -> Vec<String> {
    let others = [
        "sfdx-project.json",
        ".forceignore",
        "force-app/A.cls",
        "force-app/A.trigger",
        "force-app/A.page",
        "force-app/aura/A/A.app",
    ];
    all().map(|(_, kind)| file_of(kind)).chain(others.map(str::to_owned)).collect()
}

/// XML: spans lie in the text and between characters, children inside their parents, and nothing is read twice.
pub(crate) fn of_xml(text: &str) {
    let is_place = |start: u32, end: u32| start <= end && text.get(start as usize..end as usize).is_some();
    match xml::parse(text, Keep::All) {
        ParseOutcome::Tree(document) => {
            for node in document.nodes() {
                let (element, tag) = (document.element(node), document.open_tag(node));
                assert!(is_place(element.start, element.end) && is_place(tag.start, tag.end));
                assert!(element.start == tag.start && tag.end <= element.end);
                if let Some(value) = document.value(node) {
                    assert!(is_place(value.start, value.end) && element.start < value.start && value.end < element.end);
                }
                if let Some(parent) = document.parent(node) {
                    let outer = document.element(parent);
                    assert!(outer.start < element.start && element.end < outer.end);
                }
            }
            let again = xml::parse(text, Keep::All);
            assert!(matches!(&again, ParseOutcome::Tree(other) if document.same_content(other)), "the same twice");
        }
        ParseOutcome::Malformed(flaw) => assert!(is_place(flaw.span.start, flaw.span.end), "{flaw:?}"),
        ParseOutcome::OutOfMemory => panic!("a short text"),
    }
}

/// A query: an error shows itself, an answer has as many cells in each row as columns.
pub(crate) fn of_query(text: &str) {
    static PROJECT: LazyLock<Project> = LazyLock::new(|| {
        let settings = b"<SecuritySettings><sessionSettings><sessionTimeout>TwoHours</sessionTimeout></sessionSettings></SecuritySettings>";
        let app = b"<ConnectedApp><label>A</label><oauthConfig><scopes>Api</scopes></oauthConfig></ConnectedApp>";
        let ranges = b"<Profile><loginIpRanges><endAddress>10.0.0.9</endAddress><startAddress>10.0.0.1</startAddress></loginIpRanges></Profile>";
        project(&[
            ("force-app/Security.settings", settings),
            ("force-app/A.connectedApp", app),
            ("force-app/A_b.profile", ranges),
        ])
    });
    match parse(text).and_then(|select| bind(&select, &Shapes)) {
        Err(error) => {
            let (span, hint) = (error.span.clone(), error.hint.as_deref());
            assert!(sessionlint::report::quote("query", text, span, &error.message, hint).contains('╭'));
        }
        Ok(plan) => {
            let columns = plan.columns().len();
            let facts = Facts::of(&PROJECT);
            let views = Views::new(&facts);
            let answer = plan.run(&views);
            assert!(answer.rows.iter().all(|row| row.len() == columns));
        }
    }
}

/// A rule page: an error with a place, or a rule that can run.
pub(crate) fn of_page(text: &str) {
    let read = Page::read("own/page.md".to_owned(), text.to_owned());
    match read.and_then(|page| Rule::new("own/page".to_owned(), page, &Shapes)) {
        Err(error) => assert!(error.to_string().starts_with("own/page.md:"), "{error}"),
        Ok(rule) => {
            let project = project(&[("force-app/A.profile", b"<Profile/>")]);
            let plan = RunPlan {
                rules: vec![&rule],
                presets: Preset::ALL.to_vec(),
                options: HashMap::new(),
                severities: HashMap::new(),
            };
            for error in check(&project, &plan).errors {
                assert!(error.to_string().starts_with("own/page.md:"), "{error}");
            }
        }
    }
}

/// A configuration: refused with a place, or settled.
pub(crate) fn of_configuration(bytes: &[u8]) {
    let read = Layer::decode("sessionlint.toml".to_owned(), bytes.to_vec());
    let read = read.map(|layer| Config::of(vec![layer]));
    let resolved = read.and_then(|config| {
        config.inputs(AS_OF);
        config.resolve(&CATALOG)
    });
    match resolved {
        Ok(resolved) => {
            for ignore in &resolved.ignores {
                ignore.is_about("force-app/profiles/A.profile-meta.xml", Some(("Profile", "A")));
            }
        }
        Err(error) => assert!(error.to_string().starts_with("sessionlint.toml"), "{error}"),
    }
}

/// Apex, Visualforce and Aura applications.
pub(crate) fn of_apex(text: &str) {
    for code in [Code::Class, Code::Trigger, Code::Page, Code::Component, Code::AuraApp] {
        let unit = Unit::read(code, "A", text);
        if let Some((span, extends)) = unit.lightning_out {
            assert_eq!(text.get(span.range()), Some(extends.as_str()), "a place that says so");
        }
    }
}

/// Any file of a project: every table has its rows and every rule its answer, with places that exist.
pub(crate) fn of_file(path: &str, bytes: &[u8]) {
    let project = project(&[(path, bytes), ("force-app/B.profile", b"<Profile/>")]);
    let facts = Facts::of(&project);
    let views = Views::new(&facts);
    for name in Shapes.table_names() {
        for row in &views.table(name).unwrap().rows {
            for place in row.cells.iter().filter_map(|cell| cell.place) {
                let source = project.sources.get(place.file);
                assert!(source.text().get(place.span.range()).is_some(), "{name}: {place:?}");
            }
        }
    }
    let outcome = check(&project, &plan());
    assert!(outcome.errors.is_empty(), "{:?}", outcome.errors);
}

/// Fixes: what was well-formed stays so, nothing is applied twice, and another run finds nothing to apply.
pub(crate) fn of_fixes(path: &str, bytes: &[u8]) {
    let mut project = project(&[(path, bytes), ("force-app/B.profile", b"<Profile/>")]);
    let plan = plan();
    let pairs: Vec<_> = CATALOG.pairs(|_| false).into_iter().map(|pair| (pair.one, pair.other)).collect();
    let options = FixOptions { least: Safety::Unsafe, shown: &|_, findings, _| findings, pairs: &pairs, root: None };
    let before: BTreeMap<usize, usize> = documents(&project);
    let applied = apply(&mut project, &plan, &options);
    assert_eq!(documents(&project).len(), before.len(), "no document is lost");
    for (_, source) in project.sources.iter() {
        let is_document = recognise(source.path.rsplit('/').next().unwrap_or_default()).is_some();
        let was_edited = applied.before.values().any(|old| old.path == source.path);
        if is_document && was_edited {
            assert!(matches!(xml::parse(source.text(), Keep::All), ParseOutcome::Tree(_)), "{}", source.text());
        }
    }
    let again = apply(&mut project, &plan, &options);
    assert!(again.fixed.is_empty(), "{:?} after {:?}", again.fixed, applied.fixed);
}

fn documents(project: &Project) -> BTreeMap<usize, usize> {
    project.components.iter().map(|component| (component.file.0 as usize, component.document.node_count())).collect()
}
