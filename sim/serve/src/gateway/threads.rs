//! The threads on which sandboxes of built-in handlers run.
//!
//! A handler that blocks its thread delays the others on it, which does not happen on AWS.

use std::io;
use std::num::NonZero;
use std::thread;

use tokio::runtime;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::task::{JoinSet, LocalSet};

use super::sandbox::HandlerSandbox;

/// The threads. Dropping this ends them, and all sandboxes on them.
///
/// Handlers cannot move between threads, so each sandbox stays where it was started.
#[derive(Debug)]
pub(super) struct Threads {
    threads: Vec<UnboundedSender<HandlerSandbox>>,
    started: usize,
}

impl Threads {
    pub(super) fn start() -> io::Result<Threads> {
        let count = thread::available_parallelism().map_or(1, NonZero::get);
        let threads = (0..count).map(|_| start_thread()).collect::<io::Result<_>>()?;
        Ok(Threads { threads, started: 0 })
    }

    /// Runs a sandbox on one of the threads.
    pub(super) fn run(&mut self, sandbox: HandlerSandbox) {
        let thread = self.started % self.threads.len();
        self.started += 1;
        let sent = self.threads[thread].send(sandbox);
        assert!(sent.is_ok(), "a thread lives as long as its sender");
    }
}

/// Starts a thread for sandboxes, which ends when its sender is gone.
fn start_thread() -> io::Result<UnboundedSender<HandlerSandbox>> {
    let (sender, sandboxes) = unbounded_channel();
    let runtime = runtime::Builder::new_current_thread().enable_all().build()?;
    thread::Builder::new()
        .name("functions".to_owned())
        .spawn(move || LocalSet::new().block_on(&runtime, run_all(sandboxes)))?;
    Ok(sender)
}

async fn run_all(mut sandboxes: UnboundedReceiver<HandlerSandbox>) {
    let mut running = JoinSet::new();
    while let Some(sandbox) = sandboxes.recv().await {
        running.spawn_local(sandbox.run());
        while running.try_join_next().is_some() {}
    }
}
