//! `sessionlint cache`: shows and removes the cache, and finds its folder for every command.
//!
//! Refuses to know the content of the cache, except projects, their number of files and their sizes.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::SystemTime;

use clap::{Args, Subcommand};

use super::args::Common;
use super::{Environment, Exit, Failure};
use sessionlint_project::cache::Cache;
use sessionlint_report::count;

#[derive(Debug, Args)]
pub(super) struct CacheArguments {
    #[command(subcommand)]
    pub(super) command: CacheCommand,
}

#[derive(Debug, Subcommand)]
pub(super) enum CacheCommand {
    /// List the cached projects and their sizes
    Show {
        /// The folder, instead of the user's
        #[arg(long, value_name = "DIR")]
        cache_dir: Option<PathBuf>,
    },
    /// Remove the cache
    Clean {
        /// The folder, instead of the user's
        #[arg(long, value_name = "DIR")]
        cache_dir: Option<PathBuf>,
    },
}

/// The cache of a command with these arguments, in a run that began at `began`: in the typed folder, else in the
/// user's. `None` if the cache is off or there is no such folder.
pub(super) fn of(common: &Common, current: &Path, default: Option<&Path>, began: SystemTime) -> Option<Arc<Cache>> {
    if common.no_cache {
        return None;
    }
    let folder = folder(common.cache_dir.as_deref(), current, default)?;
    Some(Arc::new(Cache::new(folder, began)))
}

/// The cache in a folder, for a process that began at `began`.
pub(super) fn in_folder(folder: &Path, began: SystemTime) -> Arc<Cache> {
    Arc::new(Cache::new(folder.to_owned(), began))
}

fn folder(typed: Option<&Path>, current: &Path, default: Option<&Path>) -> Option<PathBuf> {
    typed.or(default).map(|folder| path_clean::clean(current.join(folder)))
}

pub(super) fn run(arguments: &CacheArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let (CacheCommand::Show { cache_dir } | CacheCommand::Clean { cache_dir }) = &arguments.command;
    let Some(folder) = folder(cache_dir.as_deref(), &environment.current, environment.cache_dir.as_deref()) else {
        let text = "there is no cache folder: set one with --cache-dir or SESSIONLINT_CACHE_DIR";
        return Err(Failure::Usage(text.to_owned()));
    };
    let cache = Cache::new(folder, environment.began);
    let unreadable = |error: io::Error| Failure::Unreadable(format!("{}: {error}", cache.folder().display()));
    match arguments.command {
        CacheCommand::Show { .. } => {
            let packs = cache.list().map_err(unreadable)?;
            let all: u64 = packs.iter().map(|it| it.bytes).sum();
            writeln!(
                environment.out,
                "{}: {}, {} of at most {}",
                cache.folder().display(),
                count(packs.len(), "project"),
                size(all),
                size(cache.limit())
            )?;
            for it in packs {
                let files = count(it.files, "file");
                match it.root {
                    Some(root) => writeln!(environment.out, "{:>10}  {root} ({files})", size(it.bytes))?,
                    None => writeln!(environment.out, "{:>10}  (of another version)", size(it.bytes))?,
                }
            }
        }
        CacheCommand::Clean { .. } => {
            let (removed, bytes) = cache.clean().map_err(unreadable)?;
            writeln!(
                environment.out,
                "{}: removed what was kept of {}, {}",
                cache.folder().display(),
                count(removed, "project"),
                size(bytes)
            )?;
        }
    }
    Ok(Exit::Clean)
}

fn size(bytes: u64) -> String {
    match bytes {
        0..1024 => format!("{bytes} B"),
        1024..1_048_576 => format!("{} KiB", bytes.div_ceil(1024)),
        _ => format!("{}.{} MiB", bytes >> 20, ((bytes >> 10) % 1024) * 10 / 1024),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn sizes_have_few_digits() {
        let sizes: Vec<String> = [0, 1023, 1024, 1025, 1 << 20, (3 << 20) + (1 << 19)].map(size).into();
        assert_eq!(sizes, ["0 B", "1023 B", "1 KiB", "2 KiB", "1.0 MiB", "3.5 MiB"]);
    }
}
