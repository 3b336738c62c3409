//! Files as the addresses that protocols write: `file:///home/ann/a%20b`.
//!
//! Refuses to know whether there is such a file, and who may read it.

use std::path::{Path, PathBuf};

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};

/// What stands for itself in the path of an address.
const PLAIN: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'-').remove(b'.').remove(b'_').remove(b'~');

/// The address of a file.
pub(super) fn uri_of(path: &Path) -> String {
    let path = path.to_string_lossy().replace('\\', "/");
    let slash = if path.starts_with('/') { "" } else { "/" };
    format!("file://{slash}{}", utf8_percent_encode(&path, PLAIN))
}

/// The file that an address means; `None` where it means none on this machine's disks.
pub(in crate::cli) fn path_of(uri: &str) -> Option<PathBuf> {
    let rest = uri.strip_prefix("file://")?;
    let (host, path) = rest.split_at(rest.find('/')?);
    if !host.is_empty() && host != "localhost" {
        return None;
    }
    let path = path.split(['?', '#']).next()?;
    let path = percent_decode_str(path).decode_utf8().ok()?;
    if path.contains('\0') {
        return None;
    }
    // `/c:/x` is `c:/x` on Windows.
    let is_drive = cfg!(windows) && path.as_bytes().get(2) == Some(&b':');
    let path = if is_drive { &path[1..] } else { &path };
    Some(path_clean::clean(path))
}

#[cfg(test)]
#[allow(clippy::unwrap_used, reason = "a test that panics is a test that fails")]
mod tests {
    use super::*;

    #[test]
    fn addresses_and_paths() {
        let path = Path::new("/a b/\u{e9}%#?.cls");
        assert_eq!(path_of(&uri_of(path)).unwrap(), path);
        assert_eq!(uri_of(Path::new("/a b")), "file:///a%20b");
        assert_eq!(path_of("file:///a/../b/./c").unwrap(), Path::new("/b/c"));
        for other in ["untitled:x", "http://x/y", "file://host/x", "file://", "file:///%00", "file:///%ff", ""] {
            assert_eq!(path_of(other), None, "{other}");
        }
    }
}
