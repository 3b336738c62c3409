//! The cache of what was read of files, in a folder of the user, for the next run.
//!
//! Each root has one file in it, a pack. A pack is written in one step, so that concurrent runs always find a complete
//! one; the last run wins. A pack that is damaged, truncated or of another version is ignored. The least recently used
//! packs are removed when all together are too large. May assume that only the user writes to the folder. Refuses to
//! know what the entries mean; each comes with the digest of the file it was made from.

mod pack;
mod stamp;

use std::collections::HashMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, SystemTime};

use sha2::{Digest as _, Sha256};

use pack::Builder;
pub(crate) use pack::{Digest, Pack, Record};
pub(crate) use stamp::Stamp;

/// The version of all code that determines the facts of a file.
const READER: &str = env!("SESSIONLINT_READER");

/// The maximum size of all packs together, in bytes.
const LIMIT: u64 = 256 << 20;

/// The maximum number of packs.
const MAX_PACKS: usize = 500;

/// The suffix of packs.
const PACK: &str = ".pack";

/// The prefix of packs that are being written.
const UNFINISHED: &str = ".sessionlint-";

/// Marks the folder as a cache, which backups may skip.
const TAG: &str = "CACHEDIR.TAG";
const TAG_TEXT: &str = "Signature: 8a477f597d28d172789f06886806bc55\n\
    # sessionlint keeps here what it read of files. `sessionlint cache clean` removes it.\n";

/// The age after which an unfinished pack is removed.
const ABANDONED: Duration = Duration::from_secs(60 * 60);

fn reader() -> u64 {
    u64::from_str_radix(READER, 16).unwrap_or_default()
}

/// The cache folder.
#[derive(Debug)]
pub struct Cache {
    folder: PathBuf,
    /// The start of the run.
    now: SystemTime,
    limit: u64,
    reader: u64,
    /// Whether the user was warned that the folder cannot be written.
    has_warned: AtomicBool,
}

/// Information on a pack.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PackInfo {
    /// Its root; `None` if another version wrote it.
    pub root: Option<String>,
    /// The number of files in it.
    pub files: usize,
    /// Its size in bytes.
    pub bytes: u64,
    /// When it was last used, within an hour.
    pub used: SystemTime,
}

impl Cache {
    /// The cache in `folder`, for a run that starts at `now`.
    pub fn new(folder: PathBuf, now: SystemTime) -> Self {
        Self { folder, now, limit: LIMIT, reader: reader(), has_warned: AtomicBool::new(false) }
    }

    /// The folder.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// The maximum size of all packs together, in bytes.
    pub fn limit(&self) -> u64 {
        self.limit
    }

    /// Opens the pack of `root`.
    pub(crate) fn open(&self, root: &Path) -> Store<'_> {
        let digest = Sha256::digest(root.as_os_str().as_encoded_bytes());
        let key = digest.iter().take(8).fold(0, |key: u64, byte| key << 8 | u64::from(*byte));
        let path = self.folder.join(format!("{key:016x}-{:016x}{PACK}", self.reader));
        let root = root.display().to_string();
        let pack = Pack::open(&path, self.reader, self.limit).filter(|pack| pack.root == root);
        if let Some(pack) = &pack {
            pack.touch(self.now);
        }
        Store { cache: self, path, root, pack, fresh: Mutex::default() }
    }

    /// All packs, the last used first.
    pub fn list(&self) -> io::Result<Vec<PackInfo>> {
        let mut all: Vec<PackInfo> = self
            .packs()?
            .into_iter()
            .map(|(path, bytes, used)| {
                let pack = Pack::open(&path, self.reader, self.limit);
                let files = pack.as_ref().map_or(0, |pack| pack.records.len());
                PackInfo { root: pack.map(|pack| pack.root), files, bytes, used }
            })
            .collect();
        all.sort_by(|left, right| right.used.cmp(&left.used).then_with(|| left.root.cmp(&right.root)));
        Ok(all)
    }

    /// Removes all files of the cache, and the folder if it is empty then. Returns the number of packs removed, and
    /// their bytes.
    pub fn clean(&self) -> io::Result<(usize, u64)> {
        let packs = self.packs()?;
        let mut bytes = 0;
        for (path, length, _) in &packs {
            ignore_missing(fs::remove_file(path))?;
            bytes += length;
        }
        for (path, _) in self.unfinished()? {
            ignore_missing(fs::remove_file(path))?;
        }
        let tag = self.folder.join(TAG);
        if fs::read(&tag).is_ok_and(|text| text == TAG_TEXT.as_bytes()) {
            ignore_missing(fs::remove_file(tag))?;
        }
        // Fails if other files are in the folder, which stays then.
        let _ = fs::remove_dir(&self.folder);
        Ok((packs.len(), bytes))
    }

    /// Files whose names `is_ours` accepts, with their metadata.
    fn files(&self, is_ours: impl Fn(&str) -> bool) -> io::Result<Vec<(PathBuf, fs::Metadata)>> {
        let entries = match fs::read_dir(&self.folder) {
            Ok(entries) => entries,
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(Vec::new()),
            Err(error) => return Err(error),
        };
        let mut found = Vec::new();
        for entry in entries {
            let entry = entry?;
            if entry.file_name().to_str().is_some_and(&is_ours)
                && let Ok(metadata) = entry.metadata()
                && metadata.is_file()
            {
                found.push((entry.path(), metadata));
            }
        }
        Ok(found)
    }

    fn packs(&self) -> io::Result<Vec<(PathBuf, u64, SystemTime)>> {
        let is_number = |text: &str| text.len() == 16 && text.bytes().all(|byte| byte.is_ascii_hexdigit());
        let is_pack = |name: &str| {
            let numbers = name.strip_suffix(PACK).and_then(|name| name.split_once('-'));
            numbers.is_some_and(|(root, reader)| is_number(root) && is_number(reader))
        };
        let found = self.files(is_pack)?.into_iter();
        Ok(found.map(|(path, it)| (path, it.len(), it.modified().unwrap_or(SystemTime::UNIX_EPOCH))).collect())
    }

    fn unfinished(&self) -> io::Result<Vec<(PathBuf, SystemTime)>> {
        let found = self.files(|name| name.starts_with(UNFINISHED) && name.ends_with(PACK))?.into_iter();
        Ok(found.map(|(path, it)| (path, it.modified().unwrap_or(SystemTime::UNIX_EPOCH))).collect())
    }

    /// Removes the least recently used packs until the rest is within the limits. `last` is removed last.
    fn trim(&self, last: &Path) -> io::Result<()> {
        let mut packs = self.packs()?;
        packs.sort_by_key(|(path, _, used)| (path == last, *used));
        let (mut all, mut count) = (packs.iter().map(|(_, bytes, _)| bytes).sum::<u64>(), packs.len());
        for (path, bytes, _) in packs {
            if all <= self.limit && count <= MAX_PACKS {
                break;
            }
            ignore_missing(fs::remove_file(path))?;
            (all, count) = (all - bytes, count - 1);
        }
        for (path, at) in self.unfinished()? {
            if at + ABANDONED < self.now {
                ignore_missing(fs::remove_file(path))?;
            }
        }
        Ok(())
    }

    fn create(&self) -> io::Result<()> {
        if self.folder.is_dir() {
            return Ok(());
        }
        let mut builder = fs::DirBuilder::new();
        builder.recursive(true);
        #[cfg(unix)]
        std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
        builder.create(&self.folder)?;
        fs::write(self.folder.join(TAG), TAG_TEXT)
    }
}

/// Ignores that a file is already gone: a concurrent run may have removed it.
fn ignore_missing(removed: io::Result<()>) -> io::Result<()> {
    match removed {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => Ok(()),
    }
}

/// A new record of a file. Parts that are `None` keep their stored value if the digest is the same.
#[derive(Debug)]
pub(crate) struct NewRecord {
    /// Its stamp from before it was read.
    pub(crate) stamp: Stamp,
    /// The digest of its bytes.
    pub(crate) digest: Digest,
    /// See [`Record::head`].
    pub(crate) head: Option<Vec<u8>>,
    /// Read together with the index.
    pub(crate) body: Option<Vec<u8>>,
    /// Read only on request.
    pub(crate) tail: Option<Vec<u8>>,
}

/// The cache of one root.
#[derive(Debug)]
pub(crate) struct Store<'c> {
    cache: &'c Cache,
    path: PathBuf,
    root: String,
    pack: Option<Pack>,
    fresh: Mutex<HashMap<String, NewRecord>>,
}

impl Store<'_> {
    /// Its size in bytes.
    pub(crate) fn size(&self) -> u64 {
        self.pack.as_ref().map_or(0, Pack::size)
    }

    /// The data of all files together.
    pub(crate) fn meta(&self) -> &[u8] {
        self.pack.as_ref().map_or(&[], |pack| &pack.meta)
    }

    /// The record of the file at `path`, changed or not.
    pub(crate) fn get(&self, path: &str) -> Option<&Record> {
        self.pack.as_ref()?.get(path)
    }

    /// Whether an equal stamp in a later run proves that a file is unchanged.
    pub(crate) fn is_settled(&self, stamp: &Stamp) -> bool {
        stamp.is_settled(self.cache.now)
    }

    /// The body of a record, if it is intact.
    pub(crate) fn body(&self, record: &Record) -> Option<&[u8]> {
        self.pack.as_ref()?.body(record)
    }

    /// The tail of a record, if it is intact.
    pub(crate) fn tail(&self, record: &Record) -> Option<&[u8]> {
        self.pack.as_ref()?.tail(record)
    }

    /// Adds a record for the next run.
    pub(crate) fn put(&self, path: &str, fresh: NewRecord) {
        let mut all = self.fresh.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(before) = all.insert(path.to_owned(), fresh).filter(|before| all[path].digest == before.digest) else {
            return;
        };
        if let Some(now) = all.get_mut(path) {
            now.head = now.head.take().or(before.head);
            now.body = now.body.take().or(before.body);
            now.tail = now.tail.take().or(before.tail);
        }
    }

    /// Writes the pack, if anything is new: `meta` for all files, and all records except those that `is_gone`. Returns
    /// a warning if it cannot be written.
    pub(crate) fn save(self, meta: &[u8], is_gone: impl Fn(&Record) -> bool) -> Option<String> {
        let Self { cache, path, root, pack, fresh } = self;
        let fresh = fresh.into_inner().unwrap_or_else(PoisonError::into_inner);
        let stored = pack.as_ref().map_or(&[][..], |pack| &pack.meta);
        if fresh.is_empty() && (pack.is_none() || meta == stored) {
            return None;
        }
        let mut builder = Builder::new();
        let unchanged = pack.iter().flat_map(|pack| &pack.records).filter(|record| !fresh.contains_key(&record.path));
        let mut paths: Vec<(&str, Option<&NewRecord>)> = unchanged
            .filter(|record| !is_gone(record))
            .map(|record| (record.path.as_str(), None))
            .chain(fresh.iter().map(|(path, fresh)| (path.as_str(), Some(fresh))))
            .collect();
        paths.sort_unstable_by_key(|(path, _)| *path);
        for (path, fresh) in paths {
            let before = pack.as_ref().and_then(|pack| Some((pack, pack.get(path)?)));
            let before = before.filter(|(_, before)| fresh.is_none_or(|fresh| fresh.digest == before.digest));
            let Some(head) = fresh.and_then(|it| it.head.clone()).or_else(|| Some(before?.1.head.clone())) else {
                continue;
            };
            let body = fresh.and_then(|it| it.body.as_deref());
            let body = body.or_else(|| before.and_then(|(pack, before)| pack.body(before)));
            let tail = fresh.and_then(|it| it.tail.as_deref());
            let tail = tail.or_else(|| before.and_then(|(pack, before)| pack.tail(before)));
            let (stamp, is_settled, digest) = match (fresh, before) {
                (Some(fresh), _) => (fresh.stamp, fresh.stamp.is_settled(cache.now), fresh.digest),
                (None, Some((_, before))) => (before.stamp, before.is_settled, before.digest),
                (None, None) => continue,
            };
            let nothing = pack::Piece::default();
            let path = path.to_owned();
            builder.add(Record { path, stamp, is_settled, digest, head, body: nothing, tail: nothing }, body, tail);
        }
        let written = write(cache, &path, &root, meta, &builder);
        let error = written.err()?;
        let is_first = !cache.has_warned.swap(true, Ordering::Relaxed);
        is_first.then(|| {
            format!(
                "nothing is kept for the next run: {} cannot be written ({error}); --cache-dir names another folder, \
                 --no-cache asks for none",
                cache.folder.display()
            )
        })
    }
}

fn write(cache: &Cache, path: &Path, root: &str, meta: &[u8], builder: &Builder<'_>) -> io::Result<()> {
    cache.create()?;
    let mut file = tempfile::Builder::new().prefix(UNFINISHED).suffix(PACK).tempfile_in(&cache.folder)?;
    if !builder.write(file.as_file_mut(), root, meta, cache.reader, cache.limit)? {
        // The pack would exceed the limit.
        return Ok(());
    }
    file.persist(path).map_err(|error| error.error)?;
    cache.trim(path)
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(2_000_000_000 + seconds)
    }

    fn fresh(folder: &Path, body: usize) -> NewRecord {
        let stamp = Stamp::of(&fs::metadata(folder).unwrap());
        NewRecord { stamp, digest: [7; 32], head: Some(vec![1]), body: Some(vec![2; body]), tail: Some(vec![3]) }
    }

    /// Writes a pack with one record of this size.
    fn keep(folder: &Path, limit: u64, root: &str, seconds: u64, body: usize) {
        let cache = Cache { limit, ..Cache::new(folder.to_owned(), at(seconds)) };
        let store = cache.open(Path::new(root));
        store.put("a", fresh(folder, body));
        assert_eq!(store.save(b"meta", |_| false), None);
        let used = fs::File::options().write(true).open(cache.open(Path::new(root)).path);
        if let Ok(used) = used {
            used.set_modified(at(seconds)).unwrap();
        }
    }

    fn roots(folder: &Path) -> Vec<String> {
        let all = Cache::new(folder.to_owned(), at(0)).list().unwrap();
        all.into_iter().filter_map(|pack| pack.root).collect()
    }

    #[test]
    fn what_was_kept_is_found() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), LIMIT, "/a", 0, 10);
        let cache = Cache::new(folder.path().to_owned(), at(0));
        let store = cache.open(Path::new("/a"));
        let record = store.get("a").unwrap();
        assert_eq!((store.meta(), &record.head[..], store.body(record)), (&b"meta"[..], &[1][..], Some(&[2; 10][..])));
        assert_eq!(store.tail(record), Some(&[3][..]));
        assert!(store.get("b").is_none() && cache.open(Path::new("/b")).get("a").is_none());

        // Parts that are `None` keep their stored value for the same digest only.
        for (digest, body) in [([7; 32], Some(&[2; 10][..])), ([8; 32], None)] {
            let store = cache.open(Path::new("/a"));
            store.put("a", NewRecord { digest, body: None, ..fresh(folder.path(), 0) });
            assert_eq!(store.save(b"meta", |_| false), None);
            let store = cache.open(Path::new("/a"));
            assert_eq!(store.body(store.get("a").unwrap()), body);
        }
    }

    #[test]
    fn another_version_finds_nothing() {
        let folder = tempfile::tempdir().unwrap();
        keep(folder.path(), LIMIT, "/a", 0, 10);
        let other = Cache { reader: 1, ..Cache::new(folder.path().to_owned(), at(0)) };
        assert!(other.open(Path::new("/a")).get("a").is_none());
        // Even if the file has the right name.
        let (own, name) =
            (Cache::new(folder.path().to_owned(), at(0)).open(Path::new("/a")).path, other.open(Path::new("/a")).path);
        fs::copy(own, name).unwrap();
        assert!(other.open(Path::new("/a")).get("a").is_none());
        let roots: Vec<Option<String>> = other.list().unwrap().into_iter().map(|it| it.root).collect();
        assert_eq!(roots, [None, None]);
    }

    #[test]
    fn what_was_not_used_for_long_goes() {
        let folder = tempfile::tempdir().unwrap();
        for (number, root) in ["/a", "/b", "/c"].into_iter().enumerate() {
            keep(folder.path(), 4000, root, number as u64 * 10_000, 1000);
        }
        assert_eq!(roots(folder.path()), ["/c", "/b", "/a"]);
        // A pack that is read counts as used.
        assert!(Cache::new(folder.path().to_owned(), at(40_000)).open(Path::new("/a")).get("a").is_some());
        keep(folder.path(), 4000, "/d", 50_000, 1000);
        assert_eq!(roots(folder.path()), ["/d", "/a", "/c"]);
        // A pack over the limit is not written.
        keep(folder.path(), 4000, "/e", 60_000, 5000);
        assert_eq!(roots(folder.path()), ["/d", "/a", "/c"]);
    }

    #[test]
    fn what_a_killed_run_left_behind_goes() {
        let folder = tempfile::tempdir().unwrap();
        let left = folder.path().join(format!("{UNFINISHED}abc{PACK}"));
        fs::write(&left, "").unwrap();
        let own = fs::metadata(&left).unwrap().modified().unwrap();
        for (later, is_present) in [(60, true), (2 * 60 * 60, false)] {
            let cache = Cache::new(folder.path().to_owned(), own + Duration::from_secs(later));
            let store = cache.open(Path::new("/a"));
            store.put("a", NewRecord { digest: [later as u8; 32], ..fresh(folder.path(), 1) });
            assert_eq!(store.save(b"", |_| false), None);
            assert_eq!(left.exists(), is_present);
        }
    }
}
