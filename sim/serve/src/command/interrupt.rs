//! Ctrl-C, and the signals that end a program.

use std::io;

/// Returns a future that completes on Ctrl-C, SIGTERM or SIGHUP: the processes of functions must
/// not outlive a server that a supervisor ends, or whose terminal closes.
#[cfg(unix)]
pub(super) fn interrupted() -> io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut interrupts = signal(SignalKind::interrupt())?;
    let mut terminations = signal(SignalKind::terminate())?;
    let mut hangups = signal(SignalKind::hangup())?;
    Ok(async move {
        tokio::select! {
            _ = interrupts.recv() => {}
            _ = terminations.recv() => {}
            _ = hangups.recv() => {}
        }
    })
}

/// Returns a future that completes on Ctrl-C.
#[cfg(not(unix))]
pub(super) fn interrupted() -> io::Result<impl Future<Output = ()>> {
    Ok(async {
        // Without a handler, Ctrl-C ends the process at once.
        if tokio::signal::ctrl_c().await.is_err() {
            std::future::pending().await
        }
    })
}
