//! The log on standard error, and its limit: clients and functions that cause lines without end can
//! neither fill a disk nor hide all other lines.

use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt::{self, Write};
use std::io;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use stormglass_sim::report::numbers;
use tokio::time::sleep;
use tracing::field::{Field, Visit};
use tracing::{Event, Metadata, Subscriber, warn};
use tracing_subscriber::Layer;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::{Context, Filter, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

use crate::record::LogLayer;

/// The most lines of one kind between two reports.
const LINES_MAX: u64 = 1_000;

/// The time between two reports of lines that were left out.
const REPORT_EVERY: Duration = Duration::from_secs(1);

/// The most characters of a line that stands for those that were left out.
const EXAMPLE_CHARS_MAX: usize = 200;

/// Logs lines of the server and of any handlers from this level on, and the warnings of the crates
/// below them. Metrics are for CloudWatch, and not for people. Returns the limit, which has to
/// report.
pub(super) fn start(level: &str) -> LogLimit {
    let below = ["aws", "h2", "hyper", "lambda_runtime", "mio", "rustls", "tokio", "tungstenite"];
    let below: String = below.map(|name| format!("{name}=warn,")).concat();
    let targets = format!("{level},{below}stormglass::metrics=off");
    let targets: Targets = targets.parse().expect("the targets are spelled right");
    let limit = LogLimit::default();
    let lines = tracing_subscriber::fmt::layer().with_writer(io::stderr).with_target(false);
    let lines = lines.with_filter(limit.clone());
    tracing_subscriber::registry().with(targets).with(lines).with(LogLayer).init();
    limit
}

/// The limit of a log: a number of lines of each kind between two reports. Lines are of one kind if
/// one place in the source writes them. Clones share the limit.
#[derive(Clone, Debug, Default)]
pub(super) struct LogLimit {
    kinds: Arc<Mutex<BTreeMap<&'static str, LineKind>>>,
}

/// The lines of one kind since the last report.
#[derive(Debug, Default)]
struct LineKind {
    lines: u64,
    /// The first line that was left out.
    example: String,
}

impl LogLimit {
    /// Reports the lines that are left out, again and again.
    pub(super) async fn report_forever(&self) -> Infallible {
        loop {
            sleep(REPORT_EVERY).await;
            self.report();
        }
    }

    /// Writes a line for each kind of which lines were left out since the last report.
    pub(super) fn report(&self) {
        let kinds = std::mem::take(&mut *self.lock());
        for LineKind { lines, example } in kinds.into_values() {
            if let Some(left_out @ 1..) = lines.checked_sub(LINES_MAX) {
                warn!("left out {} like this: {example}", numbers::count(left_out, "line"));
            }
        }
    }

    /// Counts a line. Returns true if it is to be written.
    fn admits(&self, event: &Event<'_>) -> bool {
        let mut kinds = self.lock();
        // The name of an event is the place in the source that it comes from.
        let kind = kinds.entry(event.metadata().name()).or_default();
        kind.lines += 1;
        if kind.lines == LINES_MAX + 1 {
            event.record(&mut ExampleWriter(&mut kind.example));
        }
        kind.lines <= LINES_MAX
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<&'static str, LineKind>> {
        self.kinds.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<S: Subscriber> Filter<S> for LogLimit {
    fn enabled(&self, _: &Metadata<'_>, _: &Context<'_, S>) -> bool {
        true
    }

    fn event_enabled(&self, event: &Event<'_>, _: &Context<'_, S>) -> bool {
        self.admits(event)
    }
}

/// Writes the beginning of the message of an event.
struct ExampleWriter<'a>(&'a mut String);

impl Visit for ExampleWriter<'_> {
    fn record_debug(&mut self, field: &Field, value: &dyn fmt::Debug) {
        if field.name() != "message" {
            return;
        }
        // Writing to a string cannot fail.
        let _ = write!(self.0, "{value:?}");
        if let Some((end, _)) = self.0.char_indices().nth(EXAMPLE_CHARS_MAX) {
            self.0.truncate(end);
            self.0.push_str("...");
        }
    }
}

#[cfg(test)]
mod tests {
    use tracing::info;
    use tracing::subscriber::with_default;

    use super::*;

    /// A log that is read.
    #[derive(Clone, Debug, Default)]
    struct Written(Arc<Mutex<Vec<u8>>>);

    impl io::Write for Written {
        fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
            self.0.lock().expect("a log").write(bytes)
        }

        fn flush(&mut self) -> io::Result<()> {
            Ok(())
        }
    }

    fn written(work: impl FnOnce(&LogLimit)) -> Vec<String> {
        let (limit, written) = (LogLimit::default(), Written::default());
        let writer = written.clone();
        let lines = tracing_subscriber::fmt::layer().without_time().with_ansi(false);
        let lines = lines.with_target(false).with_writer(move || writer.clone());
        let lines = lines.with_filter(limit.clone());
        with_default(tracing_subscriber::registry().with(lines), || work(&limit));
        let text = written.0.lock().expect("a log").clone();
        String::from_utf8(text).expect("text").lines().map(str::to_owned).collect()
    }

    #[test]
    fn lines_of_one_kind_have_a_limit_and_the_log_says_how_many_are_left_out() {
        let lines = written(|limit| {
            for number in 0..LINES_MAX + 1_204 {
                info!("flood {number}");
            }
            info!("another line");
            limit.report();
            limit.report();
            info!("after it");
        });
        let flood = lines.iter().filter(|line| line.contains("INFO flood")).count();
        assert_eq!(flood, 1_000);
        let rest: Vec<&str> = lines[flood..].iter().map(|line| line.trim()).collect();
        assert_eq!(
            rest,
            [
                "INFO another line",
                "WARN left out 1,204 lines like this: flood 1000",
                "INFO after it",
            ]
        );
    }

    #[test]
    fn after_a_report_lines_are_written_again() {
        let lines = written(|limit| {
            for _ in 0..3 {
                for number in 0..LINES_MAX {
                    info!("{number}");
                }
                limit.report();
            }
        });
        assert_eq!(lines.len(), 3_000);
    }

    #[test]
    fn the_line_that_stands_for_others_is_short() {
        let lines = written(|limit| {
            for _ in 0..=LINES_MAX {
                info!("{}", "é".repeat(10_000));
            }
            limit.report();
        });
        let report = lines.last().expect("a report");
        assert!(report.ends_with("éé...") && report.chars().count() < 300, "{report}");
    }
}
