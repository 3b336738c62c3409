//! `sessionlint lsp`: findings while people type, over the Language Server Protocol on standard input and output.
//!
//! One thread reads messages, one responds to them in order, and the one that owns standard output writes. Findings are
//! computed when no message waits, and before each response, so that a response is always about the newest text. May
//! assume nothing about its input. Refuses to know what a rule finds.

mod actions;
mod complete;
mod findings;
mod knowledge;
mod server;
mod text;
mod wire;

use std::io;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::mpsc::{channel, sync_channel};

use clap::Args;
use sessionlint_source::budget::Size;

use super::args::{RuleChoice, day};
use super::engine::EngineOptions;
use super::{Environment, Exit, Failure, cache};
use server::Server;
use wire::Incoming;

/// Messages that are queued before reading stops.
const WAITING: usize = 256;

#[derive(Debug, Args)]
pub(super) struct LspArguments {
    /// Use standard input and output; the only way, and the default
    #[arg(long)]
    pub(super) stdio: bool,
    #[command(flatten)]
    pub(super) choice: RuleChoice,
    /// Read the configuration from this file instead of the nearest sessionlint.toml at or above the project; or set one
    /// key of it, as in preset=all (can be given several times; a file that exists is a file)
    #[arg(long, value_name = "FILE|KEY=VALUE")]
    pub(super) config: Vec<PathBuf>,
    /// Ignore the project's sessionlint.toml and its rules: for a third-party repository
    #[arg(long)]
    pub(super) no_project_config: bool,
    /// Check dates as of this day (YYYY-MM-DD) instead of today
    #[arg(long, value_name = "DATE", value_parser = day)]
    pub(super) as_of: Option<jiff::civil::Date>,
    /// Limit the memory for reading each project to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit
    /// are left out and reported
    #[arg(long, value_name = "SIZE", default_value = "1GiB")]
    pub(super) max_memory: Size,
    /// Use this cache folder instead of the user's
    #[arg(long, value_name = "DIR")]
    pub(super) cache_dir: Option<PathBuf>,
    /// Neither read nor write the cache
    #[arg(long)]
    pub(super) no_cache: bool,
}

pub(super) fn run(arguments: &LspArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let folder = arguments.cache_dir.as_deref().or(environment.cache_dir.as_deref());
    let folder = folder.filter(|_| !arguments.no_cache);
    let cache = folder.map(|folder| cache::in_folder(&environment.absolute(folder), environment.began));
    let choice = EngineOptions {
        preset: arguments.choice.preset,
        preview: arguments.choice.preview,
        config: arguments.config.clone(),
        no_project_config: arguments.no_project_config,
        rules: arguments.choice.rules.clone(),
        as_of: arguments.as_of,
        max_memory: arguments.max_memory,
        cache,
        current: environment.current.clone(),
        began: environment.began,
    };
    let (incoming, messages) = sync_channel(WAITING);
    // This channel has no limit, so that the server never waits for a client that waits for the server.
    let (sender, outgoing) = channel();
    let reader = move || {
        let mut from = io::BufReader::new(io::stdin());
        loop {
            match wire::read(&mut from) {
                Ok(Some(message)) => {
                    if incoming.send(message).is_err() {
                        return Ok(());
                    }
                }
                Ok(None) => return Ok(()),
                Err(error) => return Err(error),
            }
        }
    };
    let failed = |error: io::Error| Failure::Unreadable(format!("a thread cannot be started ({error})"));
    let reader = std::thread::Builder::new().spawn(reader).map_err(failed)?;
    let worker = move || Server::new(Arc::new(choice), sender).serve(&messages);
    let worker = std::thread::Builder::new().spawn(worker).map_err(failed)?;
    let mut is_gone = false;
    for message in outgoing {
        // The server ends with its input; until then, only messages without a reader are lost.
        is_gone = is_gone || wire::write(&mut environment.out, &message).is_err();
        if is_gone {
            return Ok(Exit::Findings);
        }
    }
    let is_ended_well = worker.join().unwrap_or(false);
    if !is_ended_well
        && reader.is_finished()
        && let Ok(Err(error)) = reader.join()
    {
        return Err(Failure::Unreadable(format!("standard input: {error}")));
    }
    Ok(if is_ended_well { Exit::Clean } else { Exit::Findings })
}

/// The messages of the client.
type Messages = std::sync::mpsc::Receiver<Incoming>;
