//! What files say, from one run to the next, so that an unchanged file is not opened again: of code the facts and the words
//! that were seen, of large metadata the tree. A small file of metadata is read as fast as anything that could be kept of
//! it, and its text is needed anyway.
//!
//! May assume nothing of what is kept: what does not decode is read from the file. Nothing is kept of a file whose text a
//! deployment replaces, that is not Unicode, or in whose facts a text looks like a secret.

use std::borrow::Cow;
use std::cell::OnceCell;
use std::collections::HashSet;
use std::fs;
use std::sync::Arc;

use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::cache::{Cache, Digest, Fresh, Record, Stamp, Store};
use crate::discover::{Found, FoundCode, Root};
use crate::vfs::FileTree;
use sessionlint_apex::prefilter::{Names, Seen, outline, short};
use sessionlint_apex::{Code, Unit};
use sessionlint_source::budget::{Budget, Lease};
use sessionlint_source::{Encoding, Source, secrets};
use sessionlint_xml::Document;

/// What is kept of the code of one root.
pub(super) struct Kept<'r> {
    root: &'r Root,
    store: Store<'r>,
    /// The names of classes, as numbers.
    names: Vec<u64>,
    /// Those that were not there when the rest was kept, in the form of outlines.
    added: Vec<u32>,
    _lease: Lease,
}

/// What is known of a file before it is read.
pub(super) struct Known<'k> {
    stamp: Stamp,
    record: Option<&'k Record>,
    digest: OnceCell<Digest>,
}

/// What was seen in a file, without its facts.
pub(super) enum Glance {
    /// It says nothing.
    Nothing,
    /// All that it says is in its facts.
    Facts,
    /// Words and names.
    Seen(Seen),
}

/// A file of code as it was read.
pub(super) struct Facts {
    pub(super) unit: Unit,
    pub(super) text_len: u32,
    pub(super) encoding: Encoding,
    pub(super) digest: Digest,
}

/// The forms in which text stands in files whose facts are kept.
#[derive(Clone, Copy, Serialize, Deserialize)]
enum Form {
    Utf8(u32),
    Utf16(u32),
}

#[derive(Serialize, Deserialize)]
struct Body<U> {
    text_len: u32,
    form: Form,
    unit: U,
}

impl<'r> Kept<'r> {
    /// What is kept of `root`; `None` where nothing can be, or there is no memory for it.
    pub(super) fn open(root: &'r Root, cache: Option<&'r Arc<Cache>>, budget: &Arc<Budget>) -> Option<Self> {
        let store = cache.filter(|_| matches!(root.tree, FileTree::Folder))?.open(&root.path);
        let mut lease = Lease::of(budget);
        lease.more(store.held()).ok()?;
        Some(Self { root, store, names: Vec::new(), added: Vec::new(), _lease: lease })
    }

    /// Whether what is made of a file is made of its own bytes.
    fn may_keep(&self, path: &str) -> bool {
        !self.root.replacements.means(path) && self.root.stand_in_for(path).is_none()
    }

    /// Tells which classes there are now.
    pub(super) fn meet(&mut self, names: &Names) {
        self.names = names.hashes();
        let (before, _) = self.store.meta().as_chunks::<8>();
        let before: HashSet<u64> = before.iter().map(|it| u64::from_le_bytes(*it)).collect();
        self.added = self.names.iter().filter(|name| !before.contains(name)).map(|name| short(*name)).collect();
    }

    /// What is known of a file; `None` where nothing may be kept of it.
    pub(super) fn known(&self, found: &FoundCode) -> Option<Known<'_>> {
        if !self.may_keep(&found.path) {
            return None;
        }
        let stamp = Stamp::of(&fs::metadata(&found.disk).ok()?);
        let record = self.store.get(&found.path).filter(|record| record.head.first() == Some(&tag(found.code)));
        Some(Known { stamp, record, digest: OnceCell::new() })
    }

    /// What was seen in a file that is unchanged; `None` where it must be looked through.
    pub(super) fn glance(&self, known: &Known<'_>, names: &Names) -> Option<Glance> {
        let record = known.unchanged()?;
        match record.head.split_first_chunk()? {
            ([_, NOTHING], []) => Some(Glance::Nothing),
            ([_, FACTS], []) => Some(Glance::Facts),
            ([_, SEEN], seen) => {
                let may_mention = || {
                    let Some((outline, _)) = self.store.tail(record).map(<[u8]>::as_chunks::<4>) else { return true };
                    self.added
                        .iter()
                        .any(|name| outline.binary_search_by_key(name, |it| u32::from_le_bytes(*it)).is_ok())
                };
                if !self.added.is_empty() && may_mention() {
                    return None;
                }
                Seen::from_bytes(seen, names).map(Glance::Seen)
            }
            _ => None,
        }
    }

    /// The facts of a file that is unchanged, or holds these bytes.
    pub(super) fn facts(&self, known: &Known<'_>, bytes: Option<&[u8]>) -> Option<Facts> {
        let record = match bytes {
            Some(bytes) => known.record.filter(|record| record.digest == known.digest(bytes))?,
            None => known.unchanged()?,
        };
        let body: Body<Unit> = postcard::from_bytes(self.store.body(record)?).ok()?;
        let encoding = match body.form {
            Form::Utf8(bom) => Encoding::Utf8 { bom },
            Form::Utf16(bom) => Encoding::Utf16 { bom },
        };
        Some(Facts { unit: body.unit, text_len: body.text_len, encoding, digest: record.digest })
    }

    /// Keeps what was seen in the bytes of a file, and its facts where it was read.
    pub(super) fn put(&self, found: &FoundCode, known: &Known<'_>, look: &Looked<'_>) {
        let Looked { bytes, seen, facts } = *look;
        let digest = known.digest(bytes);
        let before = known.record.filter(|record| record.digest == digest);
        let facts = facts.filter(|_| before.is_none_or(|before| self.store.body(before).is_none()));
        let (head, tail) = match seen {
            None => (None, None),
            Some((glance, names)) => {
                let mut head = vec![tag(found.code)];
                let mut tail = None;
                match glance {
                    Glance::Nothing => head.push(NOTHING),
                    Glance::Facts => head.push(FACTS),
                    Glance::Seen(seen) => {
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
            let is_stale = before.stamp != known.stamp || !before.is_settled && self.store.is_settled(&known.stamp);
            is_stale || body.is_some() || head.as_ref().is_some_and(|head| *head != before.head)
        });
        if is_news {
            self.store.put(&found.path, Fresh { stamp: known.stamp, digest, head, body, tail });
        }
    }

    /// The source and the tree of a large file of metadata that is unchanged, with what a person should know of it.
    pub(super) fn tree(&self, found: &Found) -> Option<(Source, Document)> {
        let record = self.store.get(&found.path).filter(|record| record.head == [TREE] && record.is_settled)?;
        if !self.may_keep(&found.path) || Stamp::of(&fs::metadata(&found.disk).ok()?) != record.stamp {
            return None;
        }
        let Large { text_len, mark, line_counts, tree } = postcard::from_bytes(self.store.body(record)?).ok()?;
        let encoding = Encoding::Utf8 { bom: mark };
        let source = Source::unread_large(found.path.clone(), found.disk.clone(), text_len, encoding, line_counts);
        Some((source, tree))
    }

    /// Keeps the tree of a large file of metadata, of which only some elements are, so that it is small. It has no digest: a
    /// file with another stamp is read about as fast as its bytes are.
    pub(super) fn put_tree(&self, found: &Found, length: usize, source: &Source, tree: &Document) {
        let (Some(line_counts), Encoding::Utf8 { bom }) = (source.line_counts(), source.encoding) else { return };
        if !self.may_keep(&found.path) || tree.size() > length / 4 || holds_secret(tree) {
            return;
        }
        // A change since it was read shows: it is no older than this run.
        let Ok(metadata) = fs::metadata(&found.disk) else { return };
        let large = Large { text_len: source.text_len, mark: bom, line_counts, tree };
        let stamp = Stamp::of(&metadata);
        // One that is young is read again in any case.
        if self.store.is_settled(&stamp) {
            let (head, body) = (Some(vec![TREE]), postcard::to_allocvec(&large).ok());
            self.store.put(&found.path, Fresh { stamp, digest: Digest::default(), head, body, tail: None });
        }
    }

    /// Writes what is new, given all files that were looked at and whether code like one was. What a person should know.
    pub(super) fn save<'f>(
        self,
        met: impl Iterator<Item = &'f str>,
        were_looked_at: impl Fn(Code) -> bool,
    ) -> Option<String> {
        let met: HashSet<&str> = met.collect();
        let apex_was = were_looked_at(Code::Class);
        let meta: Vec<u8> = if apex_was {
            self.names.iter().flat_map(|name| name.to_le_bytes()).collect()
        } else {
            self.store.meta().to_vec()
        };
        self.store.save(&meta, |record| {
            let code = record.head.first().and_then(|tag| code(*tag));
            code.is_none_or(&were_looked_at) && !met.contains(record.path.as_str())
        })
    }
}

impl<'k> Known<'k> {
    fn unchanged(&self) -> Option<&'k Record> {
        self.record.filter(|record| record.is_settled && record.stamp == self.stamp)
    }

    /// The digest of the file's bytes, made once.
    fn digest(&self, bytes: &[u8]) -> Digest {
        *self.digest.get_or_init(|| Sha256::digest(bytes).into())
    }
}

/// The bytes of a file, and what came of them.
pub(super) struct Looked<'l> {
    pub(super) bytes: &'l [u8],
    /// What was seen, with the names that could be; nothing where only its facts were asked for.
    pub(super) seen: Option<(&'l Glance, &'l Names)>,
    /// Nothing where its facts were not asked for, or are kept already.
    pub(super) facts: Option<(&'l Unit, u32, Encoding)>,
}

fn body((unit, text_len, encoding): (&Unit, u32, Encoding)) -> Option<Vec<u8>> {
    let form = match encoding {
        Encoding::Utf8 { bom } => Form::Utf8(bom),
        Encoding::Utf16 { bom } => Form::Utf16(bom),
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
struct Large<C, T> {
    text_len: u32,
    /// Bytes of byte order mark.
    mark: u32,
    line_counts: C,
    tree: T,
}

/// Whether the text of an element is a secret, or may be.
fn holds_secret(tree: &Document) -> bool {
    tree.nodes().any(|node| {
        let text = tree.text(node);
        // Letters alone are shaped like no secret, and most texts are names of permissions.
        let is_wordy = || text.bytes().all(|byte| byte.is_ascii_alphabetic() || byte == b'_');
        !text.is_empty()
            && (secrets::is_secret_element(tree.name(node))
                || !is_wordy() && matches!(secrets::mask(text), Cow::Owned(_)))
    })
}

/// What the head of a record of metadata is.
const TREE: u8 = 200;

const NOTHING: u8 = 0;
const FACTS: u8 = 1;
const SEEN: u8 = 2;

/// Every sort of code, by its place in the list.
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

        // What is kept of B is said to be said by A.
        let store = cache.open(project.path());
        let (a, b) = (store.get("A.cls").unwrap(), store.get("B.cls").unwrap());
        let body = Some(store.body(b).unwrap().to_vec());
        store.put("A.cls", Fresh { stamp: a.stamp, digest: a.digest, head: None, body, tail: None });
        let meta = store.meta().to_vec();
        assert_eq!(store.save(&meta, |_| false), None);
        assert_eq!(sessions(project.path(), &cache), [1, 1]);

        // Another class changes nothing about them, and a change of the file all.
        class("D", "A.f();");
        assert_eq!(sessions(project.path(), &cache)[..2], [1, 1]);
        class("A", "String s = UserInfo.getSessionId(); g(UserInfo.getSessionId()); // more");
        assert_eq!(sessions(project.path(), &cache)[..2], [3, 1]);
    }

    #[test]
    fn facts_that_hold_a_secret_are_not_kept() {
        let mut unit = Unit::read(Code::Class, "A", "// sessionlint: allow x: why\nclass A {}");
        assert!(body((&unit, 1, Encoding::Utf8 { bom: 0 })).is_some());
        let says = "allow x: 00D000000000001!AQ4AQFwYNTk2u8UVLkbVTbPQ9xZ".to_owned();
        unit.allowances[0].says = sessionlint_apex::AllowanceForm::Comment(says);
        assert!(body((&unit, 1, Encoding::Utf8 { bom: 0 })).is_none());
    }
}
