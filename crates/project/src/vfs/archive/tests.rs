//! Tests of archives.

mod zip;

use zip::{zip, zip_of};

use super::*;
use memchr::memmem;
use sessionlint_source::budget::Size;

/// The signatures of an entry in the list of files, and of the record at the end.
const ENTRY_MARK: &[u8] = b"PK\x01\x02";
const END_MARK: &[u8] = b"PK\x05\x06";

fn archive(bytes: Vec<u8>) -> Archive {
    Archive::in_memory(Path::new("a.zip"), Arc::new(bytes))
}

fn unpacked(bytes: Vec<u8>, budget: &Arc<Budget>) -> Result<Memory, String> {
    let zip = archive(bytes);
    let memory = project_roots(&zip, budget).and_then(|roots| read(&zip, &roots.whole, "", budget));
    memory.map_err(|error| match error {
        TreeError::Unknown(reason) | TreeError::Unreadable(reason) => reason,
    })
}

fn paths_in(bytes: Vec<u8>) -> Vec<String> {
    unpacked(bytes, &Arc::default()).unwrap().paths().map(str::to_owned).collect()
}

fn paths(files: &[(&str, &[u8])]) -> Vec<String> {
    paths_in(zip(files))
}

/// The content of a file, or why it cannot be read.
fn content(bytes: Vec<u8>, path: &str) -> Result<Vec<u8>, ReadError> {
    unpacked(bytes, &Arc::default()).unwrap().bytes(path).unwrap().map(<[u8]>::to_vec)
}

fn fault(bytes: Vec<u8>, path: &str) -> String {
    match content(bytes, path).unwrap_err() {
        ReadError::Unreadable(reason) => reason,
        ReadError::OutOfMemory => panic!("no memory"),
    }
}

/// The zip with other bytes in the first entry of its list.
fn with_listed(mut bytes: Vec<u8>, at: usize, new: &[u8]) -> Vec<u8> {
    let entry = memmem::find(&bytes, ENTRY_MARK).unwrap() + at;
    bytes[entry..entry + new.len()].copy_from_slice(new);
    bytes
}

/// The zip with other bytes in its end record.
fn with_end(mut bytes: Vec<u8>, at: usize, new: &[u8]) -> Vec<u8> {
    let end = memmem::rfind(&bytes, END_MARK).unwrap() + at;
    bytes[end..end + new.len()].copy_from_slice(new);
    bytes
}

fn refusal(bytes: Vec<u8>) -> String {
    unpacked(bytes, &Arc::default()).unwrap_err()
}

#[test]
fn projects_may_lie_below_the_archive() {
    let files: &[(&str, &[u8])] = &[
        ("two/sfdx-project.json", b"{}"),
        ("two/inner/sfdx-project.json", b"{}"),
        ("one/deep/sfdx-project.json", b"{}"),
        ("node_modules/x/sfdx-project.json", b"{}"),
        (".cache/sfdx-project.json", b"{}"),
        ("backup/A.profile", b""),
    ];
    let (budget, zip) = (Arc::default(), archive(zip(files)));
    let tops = project_roots(&zip, &budget).unwrap();
    assert_eq!(tops, ProjectRoots { whole: String::new(), below: vec!["one/deep/".to_owned(), "two/".to_owned()] });
    let memory = read(&zip, "two/", "", &budget).unwrap();
    assert_eq!(memory.paths().collect::<Vec<_>>(), ["sfdx-project.json"]);
}

#[test]
fn the_project_may_lie_in_the_one_top_folder() {
    let in_folder: &[(&str, &[u8])] =
        &[("unpackaged/package.xml", b""), ("unpackaged/profiles/A.profile", b""), ("__MACOSX/._x", b"")];
    assert_eq!(paths(in_folder), ["package.xml", "profiles/A.profile"]);
    let two: &[(&str, &[u8])] = &[("one/package.xml", b""), ("one/A.profile", b""), ("two/B.profile", b"")];
    assert_eq!(paths(two), ["one/A.profile", "two/B.profile"]);
    let without: &[(&str, &[u8])] = &[("profiles/A.profile", b"")];
    assert_eq!(paths(without), ["profiles/A.profile"]);
}

#[test]
fn what_leads_out_is_refused() {
    for name in ["../A.profile", "/A.profile", "a/../../A.profile", "C:\\A.profile", "\\A.profile"] {
        assert!(checked(name).unwrap_err().contains("leads out of it"), "{name}");
    }
    assert_eq!(checked("./a\\b//c"), Ok("a/b/c".to_owned()));
}

#[test]
fn what_lies_too_deep_is_refused() {
    let deep = |folders: usize| format!("{}A.profile", "a/".repeat(folders));
    assert_eq!(checked(&deep(255)), Ok(deep(255)));
    assert!(checked(&deep(256)).unwrap_err().contains("more than 255 folders (`a/a/a/"));
}

#[test]
fn a_name_that_is_there_twice_is_refused() {
    for (one, other) in [("a/A.profile", "a\\A.profile"), ("A.txt", "A.txt"), ("A.profile", "./A.profile")] {
        assert_eq!(refusal(zip(&[(one, "1"), (other, "2")])), TWICE);
    }
    assert_eq!(paths(&[("a/", b""), ("a/", b""), ("a/A.profile", b"")]), ["a/A.profile"]);
}

#[test]
fn what_finds_no_room_is_refused_before_it_is_unpacked() {
    let large = vec![b' '; 1 << 20];
    let files: &[(&str, &[u8])] = &[("A.profile", &large), ("B.profile", b"x"), ("C.profile", &large)];
    let budget = Arc::new(Budget::of(Size(6 << 20)));
    let memory = unpacked(zip(files), &budget).unwrap();
    assert_eq!(memory.bytes("A.profile").unwrap().unwrap(), large);
    assert_eq!(memory.bytes("B.profile").unwrap().unwrap(), b"x");
    assert_eq!(memory.bytes("C.profile").unwrap().unwrap_err(), ReadError::OutOfMemory);
    assert!(!memory.is_cut);
    drop(memory);
    assert_eq!(budget.used(), 0);
    let tiny = Arc::new(Budget::of(Size(1000)));
    let refused = unpacked(zip(files), &tiny).unwrap_err();
    assert!(refused.contains("--max-memory"), "{refused}");
}

#[test]
fn a_list_that_finds_no_room_is_refused() {
    let names: Vec<_> = (0..10_000).map(|index| (format!("{index}.txt"), "")).collect();
    let budget = Arc::new(Budget::of(Size(2 << 20)));
    let refused = unpacked(zip(&names), &budget).unwrap_err();
    assert!(refused.contains("lists more than the 2 MiB of --max-memory allow"), "{refused}");
    assert_eq!(budget.used(), 0);
}

#[test]
fn files_are_stored_or_deflated_and_checked() {
    let large = b"<Profile/>".repeat(1000);
    for method in [CompressionMethod::STORE, CompressionMethod::DEFLATE] {
        let zip = || zip_of(&[("A.profile", &large), ("B.profile", &Vec::new())], method, 0o644);
        assert_eq!(content(zip(), "A.profile").unwrap(), large);
        assert_eq!(content(zip(), "B.profile").unwrap(), b"");
        let checksum = fault(with_listed(zip(), 16, b"1234"), "A.profile");
        assert_eq!(checksum, "cannot be unpacked (its checksum is wrong)");
        let shorter = fault(with_listed(zip(), 24, &[9, 0, 0, 0]), "A.profile");
        assert_eq!(shorter, "holds more than it declares and was not read");
        let misplaced = fault(with_listed(zip(), 42, &[1, 0, 0, 0]), "A.profile");
        assert_eq!(misplaced, "cannot be unpacked (the zip is damaged where it should start)");
        let damaged = with_listed(zip(), 16, b"1234");
        assert_eq!(content(damaged, "B.profile").unwrap(), b"", "the rest is read");
    }
}

#[test]
fn what_cannot_be_unpacked_is_explained() {
    let packed = zip_of(&[("A.profile", "x")], CompressionMethod::BZIP2, 0o644);
    assert_eq!(fault(packed, "A.profile"), "cannot be unpacked (its compression method 12 is not supported)");
    let encrypted = with_listed(zip(&[("A.profile", "x")]), 8, &[1]);
    assert_eq!(fault(encrypted, "A.profile"), "cannot be unpacked (it is encrypted)");
}

#[test]
fn links_are_not_followed() {
    let link = zip_of(&[("A.profile", "/etc/passwd")], CompressionMethod::STORE, 0o120_777);
    let memory = unpacked(link, &Arc::default()).unwrap();
    assert_eq!(memory.irregularity("A.profile"), Some("is a link, which is not followed in a zip"));
    assert_eq!(memory.bytes("A.profile"), None);
}

#[test]
fn other_bytes_may_surround_an_archive() {
    let plain = zip(&[("package.xml", ""), ("A.profile", "<Profile/>")]);
    for before in [b"#!".to_vec(), vec![0; 70_000], ENTRY_MARK.repeat(40)] {
        let joined = [before, plain.clone(), b"and more".to_vec()].concat();
        assert_eq!(paths_in(joined.clone()), ["A.profile", "package.xml"]);
        assert_eq!(content(joined, "A.profile").unwrap(), b"<Profile/>");
    }
}

#[test]
fn a_damaged_list_is_refused() {
    let plain = || zip(&[("A.profile", "<Profile/>"), ("B.profile", "<Profile/>")]);
    let damaged = format!("cannot be read as a zip ({DAMAGED})");
    assert_eq!(refusal(with_end(plain(), 10, &[1])), damaged, "fewer entries than there are");
    assert_eq!(refusal(with_end(plain(), 10, &[3])), damaged, "more entries than there are");
    assert_eq!(refusal(with_listed(plain(), 0, b"x")), damaged);
    assert_eq!(refusal(with_listed(plain(), 28, &[255, 255])), damaged);
    for nothing in [&b""[..], b"no zip", &plain()[..60]] {
        assert_eq!(refusal(nothing.to_vec()), "cannot be read as a zip (its end is missing or damaged)");
    }
}

#[test]
fn no_damage_is_fatal() {
    let plain = zip(&[("package.xml", ""), ("A.profile", "<Profile/>")]);
    for at in 0..plain.len() {
        let _ = unpacked(plain[..at].to_vec(), &Arc::default());
        for bits in [1, 0x80, 0xff] {
            let mut damaged = plain.clone();
            damaged[at] ^= bits;
            let _ = unpacked(damaged, &Arc::default());
        }
    }
}

#[test]
fn a_name_that_is_not_utf_8_is_escaped() {
    let named = |name: &[u8]| paths_in(with_listed(zip(&[("Axx.profile", "x")]), 46, name));
    assert_eq!(named(b"A\x81\xe1"), ["A%81%E1.profile"]);
    assert_eq!(named("Aü".as_bytes()), ["Aü.profile"]);
}

#[test]
fn folders_of_long_names_are_counted_whole() {
    let deep = format!("{}A.profile", format!("{}/", "x".repeat(250)).repeat(250));
    let budget = Arc::new(Budget::of(Size(4 << 20)));
    let memory = unpacked(zip(&[(deep.as_str(), b"x"), ("B.profile", b"x")]), &budget).unwrap();
    assert!(memory.is_cut, "{}", budget.used());
}
