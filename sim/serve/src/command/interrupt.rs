//! Ctrl-C, and the signals that end a program or start its functions again.

use std::io;

/// The signals of this process.
#[cfg(unix)]
#[derive(Debug)]
pub(super) struct Signals {
    interrupts: tokio::signal::unix::Signal,
    terminations: tokio::signal::unix::Signal,
    hangups: tokio::signal::unix::Signal,
    had_terminal: bool,
}

#[cfg(unix)]
impl Signals {
    /// Listens for Ctrl-C, SIGTERM and SIGHUP from now on.
    pub(super) fn listen() -> io::Result<Signals> {
        use tokio::signal::unix::{SignalKind, signal};
        Ok(Signals {
            interrupts: signal(SignalKind::interrupt())?,
            terminations: signal(SignalKind::terminate())?,
            hangups: signal(SignalKind::hangup())?,
            had_terminal: has_terminal(),
        })
    }

    /// Waits for the signal that ends this process. SIGHUP calls `restart`, and ends the process if
    /// that returns false, or if the terminal is gone: no process of a function must outlive the
    /// terminal in which its server was started.
    pub(super) async fn end(mut self, restart: impl Fn() -> bool) {
        loop {
            tokio::select! {
                _ = self.interrupts.recv() => return,
                _ = self.terminations.recv() => return,
                _ = self.hangups.recv() => {
                    let lost_terminal = self.had_terminal && !has_terminal();
                    if lost_terminal || !restart() {
                        return;
                    }
                }
            }
        }
    }
}

/// Reports whether this process has a terminal. The system takes it away when the terminal closes.
#[cfg(unix)]
fn has_terminal() -> bool {
    std::fs::File::open("/dev/tty").is_ok()
}

/// The signals of this process: Ctrl-C alone.
#[cfg(not(unix))]
#[derive(Debug)]
pub(super) struct Signals;

#[cfg(not(unix))]
impl Signals {
    pub(super) fn listen() -> io::Result<Signals> {
        Ok(Signals)
    }

    /// Waits for Ctrl-C.
    pub(super) async fn end(self, _: impl Fn() -> bool) {
        // Without a handler, Ctrl-C ends the process at once.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    }
}
