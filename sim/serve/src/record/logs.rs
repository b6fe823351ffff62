//! The logs of functions. A line belongs to the invocation in whose task it is logged.

use std::cell::RefCell;
use std::fmt::{self, Debug, Write};
use std::sync::Arc;

use stormglass_aws::gateway::RequestId;
use tracing::field::{Field, Visit};
use tracing::{Event, Subscriber};
use tracing_subscriber::layer::{Context, Layer};

use super::Recorder;
use super::subject::Subject;

/// A layer of a `tracing` subscriber that keeps the logs of functions in the recorders of their
/// servers.
///
/// Install it in a process that serves an application.
#[derive(Clone, Copy, Debug, Default)]
pub struct LogLayer;

/// The invocation of a task.
#[derive(Clone, Debug)]
pub(super) struct CurrentInvocation {
    pub(super) recorder: Recorder,
    pub(super) request: RequestId,
    pub(super) subject: Option<Arc<Subject>>,
}

tokio::task_local! {
    static CURRENT: CurrentInvocation;
}

/// Returns the invocation of this task, if it has one.
pub(super) fn current() -> Option<CurrentInvocation> {
    CURRENT.try_with(Clone::clone).ok()
}

impl Recorder {
    /// Runs a function. Its calls and its log until it is done belong to this request.
    pub(crate) async fn around<Running: Future>(
        &self,
        request: &RequestId,
        running: Running,
    ) -> Running::Output {
        let Some(record) = &self.record else { return running.await };
        let subject = record.state().running.get(request).cloned();
        let current =
            CurrentInvocation { recorder: self.clone(), request: request.clone(), subject };
        CURRENT.scope(current, running).await
    }

    /// Keeps a line of the log of an invocation.
    pub fn log(&self, request: &str, line: &str) {
        if let Some(record) = &self.record {
            record.state().invocations.log(request, line);
        }
    }
}

impl<S: Subscriber> Layer<S> for LogLayer {
    fn on_event(&self, event: &Event<'_>, _: Context<'_, S>) {
        // A thread that is about to end has no task any more.
        let _ = CURRENT.try_with(|current| {
            LINE.with_borrow_mut(|line| {
                line.clear();
                // Writing to a string cannot fail.
                let _ = write!(line, "{:>5} ", event.metadata().level());
                event.record(&mut LineWriter(line));
                current.recorder.log(&current.request, line);
            });
        });
    }
}

thread_local! {
    static LINE: RefCell<String> = const { RefCell::new(String::new()) };
}

/// Writes the message, and the fields after it.
struct LineWriter<'a>(&'a mut String);

impl LineWriter<'_> {
    fn write(&mut self, field: &Field, value: fmt::Arguments<'_>) {
        // Writing to a string cannot fail.
        let _ = match field.name() {
            "message" => write!(self.0, "{value} "),
            name => write!(self.0, "{name}={value} "),
        };
    }
}

impl Visit for LineWriter<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn Debug) {
        self.write(field, format_args!("{value:?}"));
    }
}
