//! Fixes of whole projects: what they change, what they leave alone, and that each removes its finding.
//!
//! The real projects are read beside this one, and copied before they are changed.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use crate::real_projects;
use crate::support::{Project, Ran, copy_of, files, text};
use serde_json::Value;
use sessionlint::xml::{Keep, ParseOutcome, parse};

const PRESETS: [&str; 3] = ["continuity", "security", "all"];

/// Replacements of bytes: start, end, and the text, where it is known before the fixes on which it depends are made.
type Edits = BTreeSet<(usize, usize, Option<String>)>;

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut found: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    found.retain(|path| path.is_dir());
    found.sort();
    found
}

/// A run on a project, with findings as JSON and a day on which nothing depends on today.
fn check(project: &Project, rules: &[&str], more: &[&str]) -> Ran {
    let common = ["check", "--base", ".", "--as-of", "2026-12-01", "--format", "json"];
    project.run(&[&common[..], rules, more].concat())
}

/// A run on a project that mends what can be mended.
fn mend(project: &Project, rules: &[&str]) -> Ran {
    check(project, rules, &["--fix", "--unsafe-fixes"])
}

/// What stood in a project before it was mended, with what is not shown where another finding speaks for it.
struct Before {
    counts: BTreeMap<(String, String), usize>,
    /// Files in which something was worse than a note.
    loud: BTreeSet<String>,
    offers: BTreeMap<String, Edits>,
}

impl Before {
    fn of(project: &Project, rules: &[&str], ran: &Ran) -> Self {
        let loud = ran
            .findings()
            .iter()
            .filter(|it| it["severity"] != "note")
            .map(|it| text(&it["path"]).to_owned())
            .collect();
        let mut all = Self { counts: counts(&ran.findings()), loud, offers: offered(ran) };
        // Asked alone, a rule is covered by none.
        let covered: BTreeSet<String> = ran.findings().iter().flat_map(covered_by).collect();
        for rule in covered {
            let alone = check(project, rules, &["--select", &rule]);
            for (key, count) in counts(&alone.findings()) {
                let known = all.counts.entry(key).or_default();
                *known = count.max(*known);
            }
            for (path, edits) in offered(&alone) {
                all.offers.entry(path).or_default().extend(edits);
            }
        }
        all
    }
}

/// The rules that the page of a finding covers, where it is one of ours.
fn covered_by(finding: &Value) -> Vec<String> {
    let page = root().join("rules").join(text(&finding["rule"])).with_extension("md");
    let page = fs::read_to_string(page).unwrap_or_default();
    let covers = page.lines().find(|line| line.starts_with("supersedes")).unwrap_or_default();
    covers.split('"').skip(1).step_by(2).map(str::to_owned).collect()
}

/// How often each rule found something in each file.
fn counts(findings: &[Value]) -> BTreeMap<(String, String), usize> {
    let mut counts = BTreeMap::new();
    for finding in findings {
        *counts.entry((text(&finding["rule"]).to_owned(), text(&finding["path"]).to_owned())).or_default() += 1;
    }
    counts
}

/// The rule and the file of each fix that a run reports as applied: `  path:line: rule: title`.
fn reported_fixes(ran: &Ran) -> Vec<(String, String)> {
    let fix_of = |line: &str| {
        let (place, rest) = line.strip_prefix("  ").filter(|line| !line.starts_with(' '))?.split_once(": ")?;
        let (path, number) = place.rsplit_once(':')?;
        number.parse::<u32>().ok()?;
        Some((rest.split_once(": ")?.0.to_owned(), path.to_owned()))
    };
    let fixed: Vec<_> = ran.err.lines().filter_map(fix_of).collect();
    let promised = ran.err.lines().find_map(|line| line.strip_prefix("fixed ")?.split_once(" finding"));
    assert_eq!(promised.map_or(0, |(number, _)| number.parse().unwrap()), fixed.len(), "{}", ran.err);
    fixed
}

/// The edits that a run offers, by file, and the values that findings without a fix mark: once something else is mended
/// they may have one.
fn offered(ran: &Ran) -> BTreeMap<String, Edits> {
    let mut all: BTreeMap<String, Edits> = BTreeMap::new();
    let number = |value: &Value| usize::try_from(value.as_u64().unwrap()).unwrap();
    for finding in ran.findings() {
        if finding["fix"].is_null() {
            let marked = (number(&finding["start"]["offset"]), number(&finding["end"]["offset"]), None);
            all.entry(text(&finding["path"]).to_owned()).or_default().insert(marked);
        }
        for edit in finding["fix"]["edits"].as_array().into_iter().flatten() {
            let replacement = (number(&edit["start"]), number(&edit["end"]), Some(text(&edit["text"]).to_owned()));
            all.entry(text(&edit["path"]).to_owned()).or_default().insert(replacement);
        }
    }
    all
}

/// Whether `new` is what follows in `old` after `from`, with some of `edits` made and not a byte changed beside them.
fn is_edited(old: &[u8], new: &[u8], edits: &[(usize, usize, Option<String>)], from: usize) -> bool {
    let Some(((start, end, text), rest)) = edits.split_first() else { return old.get(from..) == Some(new) };
    let is_made = || {
        // An edit that overlaps one that was made cannot have been made.
        let after = new.strip_prefix(old.get(from..*start)?)?;
        let after = match text {
            Some(text) => after.strip_prefix(text.as_bytes())?,
            // The value of a leaf, whatever it is.
            None => &after[after.iter().position(|byte| *byte == b'<')?..],
        };
        Some(is_edited(old, after, rest, *end))
    };
    is_made() == Some(true) || is_edited(old, new, rest, from)
}

/// Mends a copy of a project by the rules that these arguments choose and holds the run to everything that a user relies
/// on; gives the number of fixes.
fn mend_and_verify(folder: &Path, rules: &[&str]) -> usize {
    let about = format!("{} with {rules:?}", folder.display());
    let project = copy_of(folder);
    let old = files(&project.root());
    let ran = check(&project, rules, &[]);
    if ran.out.is_empty() {
        // Nothing is recognised there.
        assert_eq!(mend(&project, rules).code, 2, "{about}: {ran:?}");
        assert!(files(&project.root()) == old, "{about}: files change");
        return 0;
    }
    assert_ne!(ran.code, 2, "{about}: {ran:?}");
    let before = Before::of(&project, rules, &ran);
    let ran = mend(&project, rules);
    let new = files(&project.root());
    assert_eq!(new.keys().collect::<Vec<_>>(), old.keys().collect::<Vec<_>>(), "{about}: files come and go");

    let fixed = reported_fixes(&ran);
    for (path, now) in new.iter().filter(|(path, now)| *now != &old[*path]) {
        let text = std::str::from_utf8(now).unwrap();
        let is_sound = matches!(parse(text.trim_start_matches('\u{FEFF}'), Keep::All), ParseOutcome::Tree(_));
        assert!(is_sound, "{about}: {path} is no XML any more");
        let edits: Vec<_> = before.offers.get(path).into_iter().flatten().cloned().collect();
        assert!(is_edited(&old[path], now, &edits, 0), "{about}: {path} differs beside {edits:?}");
    }
    // Exactly the files that are reported as changed have changed.
    let named: BTreeSet<&String> = fixed.iter().map(|(_, path)| path).collect();
    let changed: BTreeSet<&String> =
        new.iter().filter(|(path, now)| *now != &old[*path]).map(|(path, _)| path).collect();
    assert!(named.is_subset(&changed), "{about}: {named:?} are said to be changed, and {changed:?} are");
    assert!(!fixed.is_empty() || changed.is_empty(), "{about}: nothing is said of {changed:?}");

    // What is left of a fault may be a note where it was worse.
    let is_mended = |path: &str| before.loud.contains(path) && fixed.iter().any(|(_, file)| file == path);
    let mut left = ran.findings();
    left.retain(|finding| finding["severity"] != "note" || !is_mended(text(&finding["path"])));
    let (was, is) = (before.counts, counts(&left));
    for (key, count) in &is {
        assert!(was.get(key).is_some_and(|was| count <= was), "{about}: {key:?} is new");
    }
    for key in &fixed {
        let times = fixed.iter().filter(|it| *it == key).count();
        let left = is.get(key).copied().unwrap_or_default();
        assert!(left + times <= was.get(key).copied().unwrap_or_default(), "{about}: {key:?} stays");
    }

    let again = mend(&project, rules);
    assert_eq!(reported_fixes(&again), [], "{about}: a second run finds more to do");
    assert!(files(&project.root()) == new, "{about}: a second run changes something");
    assert_eq!(again.findings(), ran.findings(), "{about}: the run reports what it left");
    fixed.len()
}

/// Mends copies of projects under each preset; gives the number of fixes.
fn under_each_preset(folders: &[PathBuf]) -> usize {
    let each = |folder: &PathBuf| PRESETS.map(|preset| mend_and_verify(folder, &["--preset", preset]));
    folders.iter().flat_map(each).sum()
}

pub(crate) fn fixes_of_the_sample_projects_are_correct() {
    let samples = folders_in(&root().join("sample-projects"));
    assert!(samples.len() >= 7, "{samples:?}");
    let fixed = under_each_preset(&samples);
    assert!(fixed >= 40, "only {fixed} fixes");
}

pub(crate) fn fixes_of_the_real_projects_are_correct() {
    let projects = real_projects();
    let fixed = under_each_preset(&projects);
    assert!(fixed >= 30, "only {fixed} fixes");
}

/// Rules that find something in most files, so that values are changed, emptied, removed and added in all layouts that
/// people and tools give their files: table, condition, mark and fix.
const HOUSE: &[(&str, &str, &str, &str)] = &[
    ("Profile", "custom = true", "custom", "set = 'custom', to = 'false'"),
    ("Profile", "description = null", "description", "set = 'description', to = 'a < b & c > d \u{00FC}'"),
    ("Profile.loginIpRanges", "startAddress != null", "startAddress", "remove = ['startAddress', 'endAddress']"),
    ("ProfileSessionSetting", "sessionTimeout != null", "sessionTimeout", "remove = ['sessionTimeout']"),
    ("ConnectedApp", "contactEmail != null", "contactEmail", "set = 'contactEmail', to = ''"),
    ("ConnectedApp", "description = null", "description", "set = 'description', to = 'Kept by the house'"),
    (
        "ConnectedApp",
        "oauthPolicy != null",
        "oauthPolicy.ipRelaxation",
        "remove = ['oauthPolicy.ipRelaxation', 'oauthPolicy.refreshTokenPolicy']",
    ),
    ("ExternalClientApplication", "contactEmail != null", "contactEmail", "remove = ['contactEmail']"),
    (
        "SecuritySettings",
        "sessionSettings.sessionTimeout = 'TwoHours'",
        "sessionSettings.sessionTimeout",
        "set = 'sessionSettings.sessionTimeout', to = 'Forever'",
    ),
    (
        "SecuritySettings",
        "passwordPolicies.expiration != null",
        "passwordPolicies.expiration",
        "remove = ['passwordPolicies.expiration', 'passwordPolicies.complexity']",
    ),
];

fn house_page((table, condition, mark, fix): &(&str, &str, &str, &str)) -> String {
    format!(
        "# Rule of the house\n\nThe house wants it otherwise.\n\n```toml rule\nseverity = {{ continuity = \"note\" }}\n\
         confidence = \"high\"\nfrom = \"{table}\"\nwhere = \"{condition}\"\nspan = \"{mark}\"\n\
         message = \"The house wants it otherwise\"\nhelp = \"Do as the house does\"\nfix = {{ {fix}, safety = 'safe' }}\n\
         references = [\"house rules\"]\n```\n"
    )
}

pub(crate) fn fixes_in_every_layout_of_the_real_projects_are_correct() {
    let projects = real_projects();
    let rules = Project::of::<&str>(&[]);
    for (number, rule) in HOUSE.iter().enumerate() {
        rules.put(&format!("house/rule-{number}.md"), house_page(rule));
    }
    let folder = rules.at("house").display().to_string();
    let samples = folders_in(&root().join("sample-projects"));
    let all = projects.iter().chain(&samples);
    let fixed: usize =
        all.map(|folder_of| mend_and_verify(folder_of, &["--rules", &folder, "--select", "house"])).sum();
    assert!(fixed >= 300, "only {fixed} fixes");
}
