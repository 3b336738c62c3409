//! Writes an invented org into a folder: `cargo run --release --example generate -- DIR --files 50000 --seed 1`.
//!
//! The same options give the same bytes. Refuses to know what the org contains: `tests/support/org.rs` makes it.

#![allow(
    clippy::print_stdout,
    clippy::unwrap_used,
    reason = "a program for people at a terminal, that fails by panicking"
)]

#[path = "../tests/support/apex.rs"]
#[allow(dead_code, reason = "shared with the tests")]
mod apex;
#[path = "../tests/support/org.rs"]
mod org;

use std::fs;
use std::io;
use std::path::PathBuf;

use clap::Parser;

use org::Shape;

/// Writes an invented org into a folder, to measure with.
#[derive(Debug, Parser)]
struct Options {
    /// The folder; it must not hold anything yet
    folder: PathBuf,
    /// The large org of docs/performance.md: 49,962 files, 961 of them session metadata; else a mixture of everything
    #[arg(long)]
    large: bool,
    /// With --large: with everything in it twice
    #[arg(long, requires = "large")]
    twice: bool,
    /// Number of files of a mixed org
    #[arg(long, default_value_t = 50_000, value_parser = clap::value_parser!(u32).range(10..=200_000))]
    files: u32,
    /// Number of Apex classes, instead of what belongs to the shape
    #[arg(long)]
    classes: Option<usize>,
    /// Give the classes the sizes and calls of real ones
    #[arg(long)]
    real_apex: bool,
    /// Bytes of a profile of a mixed org on the average; the largest have 2.5 times as many
    #[arg(long, default_value_t = 400_000, value_parser = clap::value_parser!(u32).range(1_000..=1_600_000))]
    profile_bytes: u32,
    /// What makes one org differ from another of the same shape
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// Instead of an org: one profile of 4 MB that holds this many findings
    #[arg(long, value_name = "COUNT")]
    findings: Option<usize>,
}

fn main() -> io::Result<()> {
    let options = Options::parse();
    if fs::read_dir(&options.folder).is_ok_and(|mut entries| entries.next().is_some()) {
        return Err(io::Error::new(io::ErrorKind::AlreadyExists, "the folder is not empty"));
    }
    if let Some(findings) = options.findings {
        let profiles = options.folder.join("profiles");
        fs::create_dir_all(&profiles)?;
        return fs::write(profiles.join("Many.profile"), org::profile_of_findings(findings, 4_000_000));
    }
    let mut shape = if options.large {
        Shape::large(options.seed)
    } else {
        Shape::mixed(options.files as usize, options.profile_bytes as usize, options.seed)
    };
    shape.classes = options.classes.unwrap_or(shape.classes);
    shape.is_real_apex = options.real_apex;
    if options.twice {
        shape = shape.doubled();
    }
    let written = org::write(&shape, &options.folder)?;
    println!("{} files, {} of them session metadata, {} bytes", written.files, written.relevant, written.bytes);
    Ok(())
}
