//! Fixes on a faulty disk: files that cannot be written, vanish, change or lead elsewhere, and killed runs. A file is
//! always either unchanged or completely fixed, and the other files are still fixed.

#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::print_stdout,
    clippy::disallowed_methods,
    reason = "a test fails by panicking, and its environment says what to do"
)]

use std::fs::{self, File, Permissions};
use std::os::unix::fs::{PermissionsExt as _, symlink};
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use crate::support::{PROGRAM, Project, Ran, copy_of_program, files, run};

/// How many files [`many`] has beside the last.
const MANY: usize = 150;

/// The file that is written last.
const LAST: &str = "force-app/z/Last.workflow-meta.xml";

/// A workflow whose outbound message carries a session id (a safe fix sets that right), or not; `size` bytes of comment.
fn workflow(session_id: bool, size: usize) -> String {
    format!(
        "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<!--{}-->\n\
         <Workflow xmlns=\"http://soap.sforce.com/2006/04/metadata\">\n    <outboundMessages>\n        \
         <fullName>Placed</fullName>\n        <endpointUrl>https://hooks.example.com/</endpointUrl>\n        \
         <includeSessionId>{session_id}</includeSessionId>\n    </outboundMessages>\n</Workflow>\n",
        "x".repeat(size)
    )
}

fn old() -> String {
    workflow(true, 2000)
}

fn new() -> String {
    workflow(false, 2000)
}

fn path_of(index: usize) -> String {
    format!("force-app/a/W{index:03}.workflow-meta.xml")
}

/// A project of many files to mend, which takes a while.
fn many() -> Project {
    let project = Project::sfdx(&[(LAST, old())]);
    (0..MANY).for_each(|index| project.put(&path_of(index), old()));
    project
}

fn content(project: &Project, path: &str) -> String {
    fs::read_to_string(project.at(path)).unwrap()
}

/// Whether the temporary file of a fix lies anywhere.
fn leftovers(project: &Project) -> Vec<String> {
    files(&project.root()).into_keys().filter(|path| path.contains("/.sessionlint-")).collect()
}

fn start(project: &Project) -> Child {
    let mut command = Command::new(PROGRAM);
    command.env(crate::support::CACHE_DIR, "");
    command.args(["check", "--fix", "--format", "concise", "--base", "."]).current_dir(project.root());
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap()
}

/// Waits until this many files are mended, and sees that none of them is ever something else than old or new. `None`
/// where the run came to its end first.
fn wait_for(project: &Project, child: &mut Child, mended: usize) -> Option<()> {
    let (old, new) = (old(), new());
    for index in 0..mended {
        loop {
            let now = content(project, &path_of(index));
            assert!(now == old || now == new, "a file that is neither old nor new: {now:?}");
            if now == new {
                break;
            }
            if child.try_wait().unwrap().is_some() {
                return None;
            }
        }
    }
    Some(())
}

fn end(child: Child) -> Ran {
    let output = child.wait_with_output().unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    Ran { code: output.status.code().unwrap_or(-1), out: text(output.stdout), err: text(output.stderr) }
}

/// Mends a project to which `act` does something after the first file was written and long before the last is.
fn mended_while(project: impl Fn() -> Project, act: impl Fn(&Project)) -> (Project, Ran) {
    for _ in 0..20 {
        let project = project();
        let mut child = start(&project);
        if wait_for(&project, &mut child, 1).is_some() && content(&project, &path_of(MANY - 1)) == old() {
            act(&project);
            return (project, end(child));
        }
        end(child);
    }
    panic!("the program is always faster than this test");
}

/// Every file but the last is fixed, and the run reports that one is not.
fn all_but_the_last(project: &Project, ran: &Ran, error: &str) {
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.contains(&format!("error: {LAST}: {error}; its fixes are not applied\n")), "{ran:?}");
    assert!(ran.err.contains(&format!("fixed {MANY} findings in {MANY} files:\n")), "{ran:?}");
    assert!(!ran.err.contains(&format!("  {LAST}:")), "what was not done is not said to be done: {ran:?}");
    (0..MANY).for_each(|index| assert!(content(project, &path_of(index)) == new(), "{} stays", path_of(index)));
    assert_eq!(leftovers(project), [""; 0]);
}

#[test]
fn a_folder_that_vanishes_costs_only_its_own_fixes() {
    let act = |project: &Project| fs::remove_dir_all(project.at("force-app/z")).unwrap();
    let (project, ran) = mended_while(many, act);
    all_but_the_last(&project, &ran, "cannot be written (No such file or directory (os error 2))");
    assert!(!project.at("force-app/z").exists());
}

#[test]
fn a_file_that_changes_meanwhile_is_not_overwritten() {
    let theirs = old().replace("Placed", "Theirs");
    let (project, ran) = mended_while(many, |project| fs::write(project.at(LAST), &theirs).unwrap());
    all_but_the_last(&project, &ran, "changed since it was read and is not written");
    assert_eq!(content(&project, LAST), theirs);
}

#[test]
fn a_file_that_becomes_a_link_out_of_the_project_is_not_followed() {
    let outside = Project::of(&[("theirs.xml", old())]);
    let act = |project: &Project| {
        fs::remove_file(project.at(LAST)).unwrap();
        symlink(outside.at("theirs.xml"), project.at(LAST)).unwrap();
    };
    let (project, ran) = mended_while(many, act);
    all_but_the_last(&project, &ran, "leads out of the project and is not written");
    assert_eq!(content(&outside, "theirs.xml"), old());
    assert!(project.at(LAST).symlink_metadata().unwrap().is_symlink());
}

#[test]
fn a_link_out_of_the_project_is_reported_and_left_alone() {
    let outside = Project::of(&[("theirs.xml", old())]);
    let project = Project::sfdx(&[(path_of(0).as_str(), old())]);
    fs::create_dir_all(project.at("force-app/z")).unwrap();
    symlink(outside.at("theirs.xml"), project.at(LAST)).unwrap();
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.contains(&format!("warning: {LAST}: is a link out of the project")), "{ran:?}");
    assert!(ran.err.contains("fixed 1 finding in 1 file:\n"), "{ran:?}");
    assert_eq!(content(&project, &path_of(0)), new());
    assert_eq!(content(&outside, "theirs.xml"), old());
}

#[test]
fn a_read_only_file_is_left_alone() {
    let project = many();
    fs::set_permissions(project.at(LAST), Permissions::from_mode(0o444)).unwrap();
    let ran = end(start(&project));
    all_but_the_last(&project, &ran, "cannot be written (it is read-only)");
    assert_eq!(content(&project, LAST), old());
}

#[test]
fn a_diff_is_printed_of_a_file_that_cannot_be_written() {
    let project = Project::sfdx(&[(path_of(0).as_str(), old())]);
    fs::set_permissions(project.at(&path_of(0)), Permissions::from_mode(0o444)).unwrap();
    let ran = project.run(&["check", "--diff"]);
    assert!(ran.out.contains("\n+") && !ran.err.contains("read-only"), "{ran:?}");
    assert_eq!(content(&project, &path_of(0)), old());
}

#[test]
fn a_read_only_folder_costs_only_its_own_fixes() {
    let project = many();
    let place = tempfile::tempdir().unwrap();
    let started = |program: &Path| {
        let mut command = Command::new(program);
        command.args(["check", "--fix", "--format", "concise", "--base", "."]).current_dir(project.root());
        command
    };
    let mut command = started(Path::new(PROGRAM));
    fs::set_permissions(project.root(), Permissions::from_mode(0o755)).unwrap();
    fs::set_permissions(project.at("force-app/z"), Permissions::from_mode(0o555)).unwrap();
    if File::create(project.at("force-app/z/probe")).is_ok() {
        // Root may write everywhere, so another user runs the program.
        fs::remove_file(project.at("force-app/z/probe")).unwrap();
        for path in files(&project.root()).into_keys() {
            fs::set_permissions(project.at(&path), Permissions::from_mode(0o666)).unwrap();
        }
        fs::set_permissions(project.at("force-app/a"), Permissions::from_mode(0o777)).unwrap();
        // Who may not walk to where the program was built.
        let program = copy_of_program(place.path());
        fs::set_permissions(place.path(), Permissions::from_mode(0o755)).unwrap();
        command = started(&program);
        command.uid(65_534).gid(65_534);
        (0..MANY).for_each(|index| fs::write(project.at(&path_of(index)), old()).unwrap());
    }
    let ran = run(&mut command);
    all_but_the_last(&project, &ran, "cannot be written (its folder takes no new file: permission denied)");
    assert_eq!(content(&project, LAST), old());
    fs::set_permissions(project.at("force-app/z"), Permissions::from_mode(0o755)).unwrap();
}

/// Mends a project with a limit on the size of files, which is reported as a full disk is.
fn mended_within_limit(project: &Project) -> Ran {
    let script = "ulimit -f 40; exec \"$0\" \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, PROGRAM, "check", "--fix", "--format", "concise", "--base", "."]);
    run(command.current_dir(project.root()))
}

#[test]
fn a_file_that_does_not_fit_on_the_disk_stays_whole() {
    let project = many();
    project.put(LAST, workflow(true, 100_000));
    let ran = mended_within_limit(&project);
    all_but_the_last(&project, &ran, "cannot be written (File too large (os error 27))");
    assert_eq!(content(&project, LAST), workflow(true, 100_000));
    // What is left on the disk is what is reported.
    assert!(ran.out.contains(LAST), "{ran:?}");
}

#[test]
fn where_nothing_can_be_written_nothing_is_reported_as_done() {
    let project = Project::sfdx(&[(LAST, workflow(true, 100_000))]);
    let ran = mended_within_limit(&project);
    assert_eq!(ran.code, 3, "{ran:?}");
    assert!(ran.err.ends_with("nothing was fixed\n"), "{ran:?}");
    assert_eq!(content(&project, LAST), workflow(true, 100_000));
}

#[test]
fn twins_are_both_mended_or_neither() {
    let twin = LAST.trim_end_matches("-meta.xml");
    let theirs = old().replace("Placed", "Theirs");
    let with_twin = || {
        let project = many();
        project.put(twin, old());
        project
    };
    let (project, ran) = mended_while(with_twin, |project| fs::write(project.at(LAST), &theirs).unwrap());
    all_but_the_last(&project, &ran, "changed since it was read and is not written");
    assert!(
        ran.err.contains(&format!("error: {twin}: is left as it was, because {LAST} is changed by the same fix;")),
        "{ran:?}"
    );
    assert_eq!(content(&project, twin), old());
    assert_eq!(content(&project, LAST), theirs);

    let project = with_twin();
    fs::set_permissions(project.at(twin), Permissions::from_mode(0o444)).unwrap();
    let ran = end(start(&project));
    assert!(ran.err.contains(&format!("error: {twin}: cannot be written (it is read-only)")), "{ran:?}");
    assert_eq!((content(&project, twin), content(&project, LAST)), (old(), old()));
}

#[test]
fn a_killed_run_leaves_every_file_old_or_new() {
    let (old, new) = (old(), new());
    let mut left_behind = 0;
    for mended in [0, 1, 2, 5, 13, 34, 55, 89, 140] {
        let project = many();
        let mut child = start(&project);
        wait_for(&project, &mut child, mended);
        child.kill().unwrap();
        child.wait().unwrap();
        let states: Vec<String> = (0..MANY).map(|index| content(&project, &path_of(index))).collect();
        assert!(states.iter().all(|now| *now == old || *now == new), "a half-written file");
        let done = states.iter().filter(|now| **now == new).count();
        assert!(done >= mended, "{done} of {mended}");
        left_behind += leftovers(&project).len();

        // The next run takes nothing that was left behind for metadata, and finishes.
        let seen = project.check(&["--fail-on", "never"]).json();
        assert_eq!(seen["project"]["files"], MANY + 1, "{seen}");
        let done = done + usize::from(content(&project, LAST) == new);
        assert_eq!(seen["findings"].as_array().unwrap().len(), MANY + 1 - done);
        let ran = end(start(&project));
        assert_eq!(ran.code, 0, "{ran:?}");
        (0..MANY).for_each(|index| assert!(content(&project, &path_of(index)) == new, "{} stays", path_of(index)));
        assert_eq!(content(&project, LAST), new);
        // The file that the killed run left is reported and stays.
        for path in leftovers(&project) {
            assert!(ran.err.contains(&format!("{path}: has the name of a file that a killed run leaves")), "{ran:?}");
        }
    }
    println!("{left_behind} temporary files were left behind");
}

#[test]
fn no_file_is_deleted_that_the_run_did_not_make() {
    let project = Project::sfdx(&[(LAST, old())]);
    let (dead, alive, theirs) = (
        "force-app/z/.sessionlint-dead00.tmp",
        "force-app/z/.sessionlint-alive0.tmp",
        "force-app/z/.sessionlint-notes",
    );
    for path in [dead, alive, theirs] {
        project.put(path, &old()[..100]);
    }
    let held = File::open(project.at(alive)).unwrap();
    held.try_lock().unwrap();
    let seen = project.check(&["--fail-on", "never"]).json();
    assert_eq!(seen["project"]["files"], 1, "{seen}");
    let ran = project.run(&["check", "--fix"]);
    assert!(ran.err.contains("\nfixed 1 finding in 1 file:\n"), "{ran:?}");
    assert!([dead, alive, theirs].iter().all(|path| project.at(path).exists()));
    assert!(ran.err.contains(&format!("{dead}: has the name of a file that a killed run leaves behind")), "{ran:?}");
    assert_eq!(ran.err.matches("leaves behind").count(), 1, "{ran:?}");
}
