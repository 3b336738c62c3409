//! What was read of the files of one root, kept on disk for the next run: the facts and scan results of code, and the
//! trees of large metadata, so that an unchanged file is not opened again.
//!
//! A small file of metadata is not cached: reading it is as fast, and its text is needed anyway. Assumes nothing about
//! the stored bytes: a record that does not decode is ignored. Refuses to store a file whose text a deployment
//! replaces, one that is not Unicode, and facts in which a text looks like a secret.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::memory_cache::ScanResult;
use crate::cache::{Cache, Digest, NewRecord, Record, Stamp, Store};
use crate::discover::{FoundCodeFile, FoundFile, Root};
use crate::vfs::FileTree;
use sessionlint_apex::prefilter::{Names, TextScan, outline, short};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::{Encoding, Source, secrets};
use sessionlint_xml::Document;

/// The disk cache of one root.
pub(super) struct DiskCache<'r> {
    root: &'r Root,
    store: Store<'r>,
    /// Hashes of the names of all classes.
    names: Vec<u64>,
    /// Names that are new since the last run, as in outlines.
    added: Vec<u32>,
    _lease: Lease,
}

/// A file before it is read: its stamp, and its record if there is one.
pub(super) struct CachedFile<'k> {
    stamp: Stamp,
    record: Option<&'k Record>,
    digest: OnceCell<Digest>,
}

/// The cached facts of a file of code.
pub(super) struct CachedFacts {
    pub(super) unit: Unit,
    pub(super) text_len: u32,
    pub(super) encoding: Encoding,
    pub(super) digest: Digest,
}

/// The encodings of files whose facts are stored.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum StoredEncoding {
    Utf8(u32),
    Utf16(u32),
}

#[derive(Serialize, Deserialize)]
struct Body<U> {
    text_len: u32,
    form: StoredEncoding,
    unit: U,
}

impl<'r> DiskCache<'r> {
    /// Opens the cache of `root`; `None` if there is none, or no memory for it.
    pub(super) fn open(root: &'r Root, cache: Option<&'r Arc<Cache>>, budget: &Arc<Budget>) -> Option<Self> {
        let store = cache.filter(|_| matches!(root.tree, FileTree::Folder))?.open(&root.path);
        let mut lease = Lease::of(budget);
        lease.more(store.size()).ok()?;
        Some(Self { root, store, names: Vec::new(), added: Vec::new(), _lease: lease })
    }

    /// Whether a file can be cached: its content comes from its own bytes alone.
    fn may_keep(&self, path: &str) -> bool {
        !self.root.replacements.applies_to(path) && self.root.overlay_of(path).is_none()
    }

    /// Sets the names of all classes.
    pub(super) fn set_class_names(&mut self, names: &Names) {
        self.names = names.hashes();
        let (before, _) = self.store.meta().as_chunks::<8>();
        let before: HashSet<u64> = before.iter().map(|it| u64::from_le_bytes(*it)).collect();
        self.added = self.names.iter().filter(|name| !before.contains(name)).map(|name| short(*name)).collect();
    }

    /// Looks up a file; `None` if it can not be cached.
    pub(super) fn lookup(&self, found: &FoundCodeFile) -> Option<CachedFile<'_>> {
        if !self.may_keep(&found.path) {
            return None;
        }
        let stamp = Stamp::of(&fs::metadata(&found.disk).ok()?);
        let record = self.store.get(&found.path).filter(|record| record.head.first() == Some(&tag(found.code)));
        Some(CachedFile { stamp, record, digest: OnceCell::new() })
    }

    /// The scan result of an unchanged file; `None` if the file must be scanned.
    pub(super) fn scan_result(&self, cached: &CachedFile<'_>, names: &Names) -> Option<ScanResult> {
        let record = cached.unchanged()?;
        match record.head.split_first_chunk()? {
            ([_, NOTHING], []) => Some(ScanResult::Nothing),
            ([_, FACTS], []) => Some(ScanResult::FactsOnly),
            ([_, SEEN], seen) => {
                if !self.added.is_empty() && self.has_one(record, self.added.iter().copied()) {
                    return None;
                }
                TextScan::from_bytes(seen, names).map(|seen| ScanResult::Words(Arc::new(seen)))
            }
            _ => None,
        }
    }

    /// Whether a file may use one of some names, as in outlines; true for one that is unknown or has changed.
    pub(super) fn may_use(&self, cached: &CachedFile<'_>, names: impl Iterator<Item = u32>) -> bool {
        cached.unchanged().is_none_or(|record| self.has_one(record, names))
    }

    /// Whether the outline of a file has one of some names.
    fn has_one(&self, record: &Record, mut names: impl Iterator<Item = u32>) -> bool {
        let Some((outline, _)) = self.store.tail(record).map(<[u8]>::as_chunks::<4>) else { return true };
        names.any(|name| outline.binary_search_by_key(&name, |it| u32::from_le_bytes(*it)).is_ok())
    }

    /// The facts of a file that is unchanged, or has these bytes.
    pub(super) fn facts(&self, cached: &CachedFile<'_>, bytes: Option<&[u8]>) -> Option<CachedFacts> {
        let record = match bytes {
            Some(bytes) => cached.record.filter(|record| record.digest == cached.digest(bytes))?,
            None => cached.unchanged()?,
        };
        let body: Body<Unit> = postcard::from_bytes(self.store.body(record)?).ok()?;
        let encoding = match body.form {
            StoredEncoding::Utf8(bom) => Encoding::Utf8 { bom },
            StoredEncoding::Utf16(bom) => Encoding::Utf16 { bom },
        };
        Some(CachedFacts { unit: body.unit, text_len: body.text_len, encoding, digest: record.digest })
    }

    /// Stores the scan result of a file, and its facts if it was read.
    pub(super) fn put(&self, found: &FoundCodeFile, cached: &CachedFile<'_>, scanned: &ScannedFile<'_>) {
        let ScannedFile { bytes, seen, facts } = *scanned;
        let digest = cached.digest(bytes);
        let before = cached.record.filter(|record| record.digest == digest);
        let facts = facts.filter(|_| before.is_none_or(|before| self.store.body(before).is_none()));
        let (head, tail) = match seen {
            None => (None, None),
            Some((scan_result, names)) => {
                let mut head = vec![tag(found.code)];
                let mut tail = None;
                match scan_result {
                    ScanResult::Nothing => head.push(NOTHING),
                    ScanResult::FactsOnly => head.push(FACTS),
                    ScanResult::Words(seen) => {
                        head.push(SEEN);
                        head.extend(seen.to_bytes(names));
                        tail =
                            before.is_none().then(|| outline(bytes).into_iter().flat_map(u32::to_le_bytes).collect());
                    }
                }
                (Some(head), tail)
            }
        };
        let body = facts.and_then(body);
        let is_news = before.is_none_or(|before| {
            let is_stale = before.stamp != cached.stamp || !before.is_settled && self.store.is_settled(&cached.stamp);
            is_stale || body.is_some() || head.as_ref().is_some_and(|head| *head != before.head)
        });
        if is_news {
            self.store.put(&found.path, NewRecord { stamp: cached.stamp, digest, head, body, tail });
        }
    }

    /// The source and the tree of a large file of metadata that is unchanged.
    pub(super) fn tree(&self, found: &FoundFile) -> Option<(Source, Document)> {
        let record = self.store.get(&found.path).filter(|record| record.head == [TREE] && record.is_settled)?;
        if !self.may_keep(&found.path) || Stamp::of(&fs::metadata(&found.disk).ok()?) != record.stamp {
            return None;
        }
        let LargeFile { text_len, mark, line_counts, tree } = postcard::from_bytes(self.store.body(record)?).ok()?;
        let encoding = Encoding::Utf8 { bom: mark };
        let source = Source::unread_large(found.path.clone(), found.disk.clone(), text_len, encoding, line_counts);
        Some((source, tree))
    }

    /// Stores the tree of a large file of metadata, if it is small because only some elements are kept. The record has
    /// no digest: a file with another stamp is read about as fast as it is hashed.
    pub(super) fn put_tree(&self, found: &FoundFile, length: usize, source: &Source, tree: &Document) {
        let (Some(line_counts), Encoding::Utf8 { bom }) = (source.line_counts(), source.encoding) else { return };
        if !self.may_keep(&found.path) || tree.size() > length / 4 || holds_secret(tree) {
            return;
        }
        // The stamp is taken after the file was read. A later change gives another stamp.
        let Ok(metadata) = fs::metadata(&found.disk) else { return };
        let large = LargeFile { text_len: source.text_len, mark: bom, line_counts, tree };
        let stamp = Stamp::of(&metadata);
        // A young stamp proves nothing: the file would be read again in any case.
        if self.store.is_settled(&stamp) {
            let (head, body) = (Some(vec![TREE]), postcard::to_allocvec(&large).ok());
            self.store.put(&found.path, NewRecord { stamp, digest: Digest::default(), head, body, tail: None });
        }
    }

    /// Writes new records, given all files that were found and the sorts of code that were scanned. Returns a warning.
    pub(super) fn save<'f>(
        self,
        found_paths: impl Iterator<Item = &'f str>,
        was_scanned: impl Fn(Code) -> bool,
    ) -> Option<String> {
        let found_paths: HashSet<&str> = found_paths.collect();
        let apex_was = was_scanned(Code::Class);
        let meta: Vec<u8> = if apex_was {
            self.names.iter().flat_map(|name| name.to_le_bytes()).collect()
        } else {
            self.store.meta().to_vec()
        };
        self.store.save(&meta, |record| {
            let code = record.head.first().and_then(|tag| code(*tag));
            code.is_none_or(&was_scanned) && !found_paths.contains(record.path.as_str())
        })
    }
}

impl<'k> CachedFile<'k> {
    fn unchanged(&self) -> Option<&'k Record> {
        self.record.filter(|record| record.is_settled && record.stamp == self.stamp)
    }

    /// The digest of the file's bytes, computed once.
    fn digest(&self, bytes: &[u8]) -> Digest {
        *self.digest.get_or_init(|| Sha256::digest(bytes).into())
    }
}

/// The bytes of a file with its scan result and its facts.
pub(super) struct ScannedFile<'l> {
    pub(super) bytes: &'l [u8],
    /// The scan result, and the names it refers to; `None` if only facts were read.
    pub(super) seen: Option<(&'l ScanResult, &'l Names)>,
    /// `None` if no facts were read, or they are stored already.
    pub(super) facts: Option<(&'l Unit, u32, Encoding)>,
}

fn body((unit, text_len, encoding): (&Unit, u32, Encoding)) -> Option<Vec<u8>> {
    let form = match encoding {
        Encoding::Utf8 { bom } => StoredEncoding::Utf8(bom),
        Encoding::Utf16 { bom } => StoredEncoding::Utf16(bom),
        Encoding::Other(_) => return None,
    };
    let is_plain = |text: &str| matches!(secrets::mask(text), Cow::Borrowed(_));
    if !unit.quotes().into_iter().all(is_plain) {
        return None;
    }
    postcard::to_allocvec(&Body { text_len, form, unit }).ok()
}

/// A large file of metadata.
#[derive(Serialize, Deserialize)]
struct LargeFile<C, T> {
    text_len: u32,
    /// Length of the byte order mark in bytes.
    mark: u32,
    line_counts: C,
    tree: T,
}

/// Whether the text of an element is a secret, or may be one.
fn holds_secret(tree: &Document) -> bool {
    tree.nodes().any(|node| {
        let text = tree.text(node);
        // A word of letters is never shaped like a secret, and most texts are names of permissions.
        let is_wordy = || text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        !text.is_empty()
            && (secrets::is_secret_element(tree.name(node))
                || !is_wordy() && matches!(secrets::mask(text), Cow::Owned(_)))
    })
}

/// The head of a record of metadata.
const TREE: u8 = 200;

const NOTHING: u8 = 0;
const FACTS: u8 = 1;
const SEEN: u8 = 2;

/// All sorts of code, by their tag.
const CODES: &[Code] = {
    use sessionlint_apex::TextKind as Text;
    &[
        Code::Class,
        Code::Trigger,
        Code::Page,
        Code::Component,
        Code::AuraApp,
        Code::Text(Text::Link),
        Code::Text(Text::HomeLink),
        Code::Text(Text::Object),
        Code::Text(Text::Field),
        Code::Text(Text::Flow),
        Code::Text(Text::Labels),
        Code::Text(Text::Record),
        Code::Text(Text::Tab),
    ]
};

fn tag(code: Code) -> u8 {
    CODES.iter().position(|it| *it == code).map_or(u8::MAX, |index| index as u8)
}

fn code(tag: u8) -> Option<Code> {
    CODES.get(usize::from(tag)).copied()
}

#[cfg(test)]
#[allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test that panics is a test that fails")]
mod tests {
    use std::path::Path;
    use std::time::{Duration, SystemTime};

    use super::*;
    use crate::cache::Cache;
    use crate::load::load;
    use crate::metadata::Inputs;

    fn cache(folder: &Path) -> Arc<Cache> {
        Arc::new(Cache::new(folder.to_owned(), SystemTime::now() + Duration::from_secs(3600)))
    }

    fn sessions(root: &Path, cache: &Arc<Cache>) -> Vec<usize> {
        let inputs = Inputs { cache: Some(Arc::clone(cache)), ..Inputs::on(jiff::civil::date(2026, 12, 1)) };
        let project = load(&Root::open(root), inputs).project;
        project.units.iter().map(|unit| unit.sessions.len()).collect()
    }

    #[test]
    fn an_unchanged_file_is_not_opened() {
        let (project, folder) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        fs::write(project.path().join("package.xml"), "<Package/>").unwrap();
        let class = |name: &str, body: &str| {
            let text = format!("public class {name} {{ void f() {{ {body} }} }}");
            fs::write(project.path().join(format!("{name}.cls")), text).unwrap();
        };
        class("A", "String s = UserInfo.getSessionId(); g(UserInfo.getSessionId());");
        class("B", "String s = UserInfo.getSessionId();");
        class("C", "");
        let cache = cache(folder.path());
        assert_eq!(sessions(project.path(), &cache), [3, 1]);

        // The facts of B are stored for A.
        let store = cache.open(project.path());
        let (a, b) = (store.get("A.cls").unwrap(), store.get("B.cls").unwrap());
        let body = Some(store.body(b).unwrap().to_vec());
        store.put("A.cls", NewRecord { stamp: a.stamp, digest: a.digest, head: None, body, tail: None });
        let meta = store.meta().to_vec();
        assert_eq!(store.save(&meta, |_| false), None);
        assert_eq!(sessions(project.path(), &cache), [1, 1]);

        // A new class does not change the other files; a change of the file itself does.
        class("D", "A.f();");
        assert_eq!(sessions(project.path(), &cache)[..2], [1, 1]);
        class("A", "String s = UserInfo.getSessionId(); g(UserInfo.getSessionId()); // more");
        assert_eq!(sessions(project.path(), &cache)[..2], [3, 1]);
    }

    #[test]
    fn a_stored_tree_is_the_same_again() {
        let text = "<?xml version=\"1.0\"?>\n<!-- first -->\n<P xmlns=\"m\" xmlns:i=\"http://www.w3.org/2001/XMLSchema-instance\">\
                    <a>one</a><b><c> two </c><c/><d i:nil=\"true\"/><!-- > --></b><a>&lt;\u{e9}</a></P>";
        let sessionlint_xml::ParseOutcome::Tree(tree) = sessionlint_xml::parse(text, sessionlint_xml::Keep::All) else {
            panic!()
        };
        assert!(tree.node_count() == 7 && tree.comments().len() == 2);
        let stored = postcard::to_allocvec(&tree).unwrap();
        assert_eq!(postcard::from_bytes::<Document>(&stored).unwrap(), tree);
        for end in 0..stored.len() {
            assert!(postcard::from_bytes::<Document>(&stored[..end]).is_err());
        }
    }

    #[test]
    fn facts_that_hold_a_secret_are_not_kept() {
        let mut unit = Unit::read(Code::Class, "A", "// sessionlint: allow x: why\nclass A {}");
        assert!(body((&unit, 1, Encoding::Utf8 { bom: 0 })).is_some());
        let directive = "allow x: 00D000000000001!AQ4AQFwYNTk2u8UVLkbVTbPQ9xZ".to_owned();
        unit.allowances[0].form = sessionlint_apex::AllowanceForm::Comment(directive);
        assert!(body((&unit, 1, Encoding::Utf8 { bom: 0 })).is_none());
    }
}
