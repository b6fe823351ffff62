//! The output of a process, line by line, in the log of the server.

use std::sync::{Arc, Mutex, PoisonError};

use stormglass_aws::gateway::RequestId;
use tokio::io::{AsyncRead, AsyncReadExt};
use tracing::info;

use crate::record::Recorder;

/// The most bytes of a line. A longer one is logged in parts, as CloudWatch does.
const LINE_BYTES_MAX: usize = 256 << 10;

/// The most bytes that are read at once.
const READ_BYTES: usize = 8 << 10;

/// The event that a process has. Clones are of the same process.
#[derive(Clone, Debug, Default)]
pub(super) struct CurrentEvent {
    event: Arc<Mutex<Option<ProcessEvent>>>,
}

/// An event that a process has.
#[derive(Clone, Debug)]
struct ProcessEvent {
    request: String,
    context: LogContext,
}

/// The gateway's request behind an event, and the recorder of its log.
#[derive(Clone, Debug)]
pub(crate) struct LogContext {
    /// The id of the gateway's request.
    pub(crate) request: RequestId,
    /// The recorder of its log.
    pub(crate) recorder: Recorder,
}

impl CurrentEvent {
    pub(super) fn set(&self, request: &str, context: LogContext) {
        let event = ProcessEvent { request: request.to_owned(), context };
        *self.event.lock().unwrap_or_else(PoisonError::into_inner) = Some(event);
    }

    fn event(&self) -> Option<ProcessEvent> {
        self.event.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

/// Logs lines until there are no more.
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
        Some(ProcessEvent { request, context }) => {
            info!("{function} {request}: {line}");
            context.recorder.log(&context.request, line);
        }
    }
}
