//! What a process prints, line by line, in the log of the server.

use std::sync::{Arc, Mutex, PoisonError};

use stormglass_aws::gateway::RequestId;
use tokio::io::{AsyncRead, AsyncReadExt};
use tracing::info;

use crate::record::Recorder;

/// A longer line is written in parts, as CloudWatch does.
const LINE_BYTES_MAX: usize = 256 << 10;

/// How much is read at once, in bytes.
const READ_BYTES: usize = 8 << 10;

/// Which event a process has, for whoever writes about it. Clones are of the same one.
#[derive(Clone, Debug, Default)]
pub(super) struct CurrentEvent {
    event: Arc<Mutex<Option<ProcessEvent>>>,
}

/// An event that a process has.
#[derive(Clone, Debug)]
struct ProcessEvent {
    request: String,
    asked: LogContext,
}

/// What the gateway calls an event, and who keeps what is said of it.
#[derive(Clone, Debug)]
pub(crate) struct LogContext {
    /// The gateway's request.
    pub(crate) request: RequestId,
    /// Who keeps the log of it.
    pub(crate) recorder: Recorder,
}

impl CurrentEvent {
    pub(super) fn set(&self, request: &str, asked: LogContext) {
        let event = ProcessEvent { request: request.to_owned(), asked };
        *self.event.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
    }

    fn event(&self) -> Option<ProcessEvent> {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Writes lines to the log until there are no more.
pub(super) async fn copy(from: impl AsyncRead + Unpin, function: &str, current: &CurrentEvent) {
    let mut from = from;
    let mut line = Vec::new();
    let mut part = [0; READ_BYTES];
    while let Ok(length @ 1..) = from.read(&mut part).await {
        for byte in &part[..length] {
            if *byte == b'\n' || line.len() == LINE_BYTES_MAX {
                write(&line, function, current);
                line.clear();
            }
            if *byte != b'\n' {
                line.push(*byte);
            }
        }
    }
    if !line.is_empty() {
        write(&line, function, current);
    }
}

fn write(line: &[u8], function: &str, current: &CurrentEvent) {
    let line = String::from_utf8_lossy(line);
    let line = line.trim_end();
    match current.event() {
        None => info!("{function}: {line}"),
        Some(ProcessEvent { request, asked }) => {
            info!("{function} {request}: {line}");
            asked.recorder.log(&asked.request, line);
        }
    }
}
