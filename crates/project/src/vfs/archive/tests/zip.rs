//! Writes zips. The tests of the program use this file too.

#![allow(dead_code, reason = "unit tests and the tests of the program use different parts")]

use std::io::Write as _;

use flate2::Compression;
use flate2::write::DeflateEncoder;
use rawzip::path::EntryPath;
use rawzip::{CompressionMethod, ZipArchiveWriter};

/// A zip of these files.
pub(crate) fn zip<P: AsRef<str>, B: AsRef<[u8]>>(files: &[(P, B)]) -> Vec<u8> {
    zip_of(files, CompressionMethod::DEFLATE, 0o644)
}

/// A zip of entries with this method and Unix mode. With a method other than deflate, their bytes are written as they
/// are. Paths are written as they are too.
pub(crate) fn zip_of<P: AsRef<str>, B: AsRef<[u8]>>(files: &[(P, B)], method: CompressionMethod, mode: u32) -> Vec<u8> {
    let mut writer = ZipArchiveWriter::new(Vec::new());
    for (path, bytes) in files {
        let path = EntryPath::verbatim(path.as_ref().as_bytes());
        let entry = writer.new_file(path).compression_method(method).unix_permissions(mode);
        let (mut packed, config) = entry.start().unwrap();
        let written = if method == CompressionMethod::DEFLATE {
            let mut content = config.wrap(DeflateEncoder::new(&mut packed, Compression::fast()));
            content.write_all(bytes.as_ref()).unwrap();
            let (encoder, written) = content.finish().unwrap();
            encoder.finish().unwrap();
            written
        } else {
            let mut content = config.wrap(&mut packed);
            content.write_all(bytes.as_ref()).unwrap();
            content.finish().unwrap().1
        };
        packed.finish(written).unwrap();
    }
    writer.finish().unwrap()
}
