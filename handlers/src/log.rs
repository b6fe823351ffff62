//! How the log is written: one JSON object per line.
//!
//! Each invocation leaves two lines. One says what was asked of it and what became of that,
//! without what the client sent; the other one has its metrics in the form in which CloudWatch
//! picks them out of a log.

use std::fmt;

use tracing::field::{Field, Visit};
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::{ParseError, Targets};
use tracing_subscriber::fmt::format::{Format, Json, JsonFields, Writer};
use tracing_subscriber::fmt::time::FormatTime;
use tracing_subscriber::fmt::{FmtContext, FormatEvent, FormatFields, MakeWriter};
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::registry::LookupSpan;

use crate::metrics;

/// A subscriber that writes the lines of a log to `writer`.
///
/// `level` is what is written: `info`, or a level for each of several targets, such as
/// `warn,stormglass_handlers=debug`. Metrics are always written.
///
/// # Errors
///
/// The level cannot be understood.
pub fn subscriber<W, T>(
    level: &str,
    writer: W,
    timer: T,
) -> Result<impl Subscriber + Send + Sync, ParseError>
where
    W: for<'a> MakeWriter<'a> + Send + Sync + 'static,
    T: FormatTime + Send + Sync + 'static,
{
    let targets: Targets = level.parse()?;
    let targets = targets.with_target(metrics::TARGET, LevelFilter::INFO);
    let json = Format::default().json().flatten_event(true).with_span_list(false);
    let lines = tracing_subscriber::fmt::layer()
        .with_writer(writer)
        .fmt_fields(JsonFields::new())
        .event_format(Lines { json: json.with_target(false).with_timer(timer) });
    Ok(tracing_subscriber::registry().with(targets).with(lines))
}

/// Writes metrics as they are, and everything else as `json`.
struct Lines<T> {
    json: Format<Json, T>,
}

impl<S, N, T> FormatEvent<S, N> for Lines<T>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    T: FormatTime,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        if event.metadata().target() != metrics::TARGET {
            return self.json.format_event(context, writer, event);
        }
        let mut line = Line(String::new());
        event.record(&mut line);
        writeln!(writer, "{}", line.0)
    }
}

/// The only field of an event that is a line of metrics.
struct Line(String);

impl Visit for Line {
    fn record_str(&mut self, _: &Field, line: &str) {
        line.clone_into(&mut self.0);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
