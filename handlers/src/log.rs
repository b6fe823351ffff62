//! The format of the log: one JSON object in each line.
//!
//! Each invocation leaves two lines. One names the request and its outcome, without the data that
//! the client sent. The other one has the metrics, in the format that CloudWatch extracts from a
//! log.

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

/// Returns a subscriber that writes the lines of the log to `writer`.
///
/// `level` is the lowest level that is written, such as `info`, or a level for each of several
/// targets, such as `warn,stormglass_handlers=debug`. Metrics are always written.
///
/// # Errors
///
/// `level` is not a level, nor a list of targets with levels.
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
        .event_format(LineFormat { json: json.with_target(false).with_timer(timer) });
    Ok(tracing_subscriber::registry().with(targets).with(lines))
}

/// The format of a line: metrics are JSON already, and all other events become `json`.
struct LineFormat<T> {
    json: Format<Json, T>,
}

impl<S, N, T> FormatEvent<S, N> for LineFormat<T>
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
        let mut line = MetricsText(String::new());
        event.record(&mut line);
        writeln!(writer, "{}", line.0)
    }
}

/// The text of an event with metrics, which is its only field.
struct MetricsText(String);

impl Visit for MetricsText {
    fn record_str(&mut self, _: &Field, line: &str) {
        line.clone_into(&mut self.0);
    }

    fn record_debug(&mut self, _: &Field, _: &dyn fmt::Debug) {}
}
