//! `sessionlint mcp`: the commands that only read, as tools for agents, over the Model Context Protocol on standard input
//! and output.
//!
//! One thread reads messages, the other responds to them one at a time. May assume nothing about its input. Refuses to know
//! what a command finds.

mod answer;
mod roots;
mod server;
mod tools;
mod wire;

use std::io;
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;

use clap::Args;
use sessionlint_source::budget::Size;

use super::{Environment, Exit, Failure};
use roots::Roots;
use server::{Server, ServerOptions};

/// Messages that are queued before reading stops.
const WAITING: usize = 64;

#[derive(Debug, Args)]
pub(super) struct McpArguments {
    /// Read nothing outside this folder, and outside the roots that the client names; can be given several times. The
    /// default is the client's roots, else the current folder
    #[arg(long, value_name = "DIR")]
    pub(super) root: Vec<PathBuf>,
    /// Ignore the sessionlint.toml of projects and their rules: for third-party repositories
    #[arg(long)]
    pub(super) no_project_config: bool,
    /// Limit the memory for reading to about this: 512MiB, 2GiB, or a number of bytes; files that do not fit are left
    /// out and reported
    #[arg(long, value_name = "SIZE", default_value = "1GiB")]
    pub(super) max_memory: Size,
}

pub(super) fn run(arguments: &McpArguments, environment: &mut Environment<'_>) -> Result<Exit, Failure> {
    let roots = Roots::of(&arguments.root, &environment.current).map_err(Failure::Usage)?;
    let choice = ServerOptions { no_project_config: arguments.no_project_config, max_memory: arguments.max_memory };
    let (incoming, messages) = sync_channel(WAITING);
    let reader = move || {
        let mut from = io::BufReader::new(io::stdin());
        while let Some(next) = wire::read(&mut from).transpose() {
            let is_over = next.is_err();
            if incoming.send(next).is_err() || is_over {
                return;
            }
        }
    };
    let failed = |error: io::Error| Failure::Unreadable(format!("a thread cannot be started ({error})"));
    std::thread::Builder::new().spawn(reader).map_err(failed)?;
    Server::new(choice, roots, environment, &messages).serve()
}
