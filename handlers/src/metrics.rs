//! The metrics of an invocation, as CloudWatch reads them from the log of a function.

use serde::Serialize;

use crate::outcome::{InvocationRecord, Outcome};

/// The target of the lines with metrics, which no person reads.
pub(crate) const TARGET: &str = "stormglass::metrics";

const NAMESPACE: &str = "Stormglass";

/// Writes the metrics of an invocation as one line in CloudWatch's embedded metric format.
///
/// Their only dimension is the name of the function, so each function has its own metrics. The
/// route replaces the name outside of Lambda, because a dimension must not be empty.
pub(crate) fn emit(record: &InvocationRecord<'_>) {
    if tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        let line = serde_json::to_string(&MetricsLine::new(record));
        let line = line.expect("texts and numbers can always be written as JSON");
        tracing::info!(target: TARGET, line = line.as_str());
    }
}

/// The content of a line. All fields but the definitions can also be searched for.
#[derive(Serialize)]
struct MetricsLine<'a> {
    #[serde(rename = "_aws")]
    definitions: Definitions,
    #[serde(rename = "FunctionName")]
    function: &'a str,
    route: &'a str,
    outcome: Outcome,
    request_id: Option<&'a str>,
    #[serde(flatten)]
    values: Values,
}

impl<'a> MetricsLine<'a> {
    fn new(record: &'a InvocationRecord<'a>) -> MetricsLine<'a> {
        let function = &record.event.context.env_config.function_name;
        let metrics = if record.answer.ack.is_some() { &METRICS[..] } else { &METRICS[..3] };
        MetricsLine {
            definitions: Definitions {
                timestamp: millis(record.ended_at),
                cloud_watch_metrics: [Directive {
                    namespace: NAMESPACE,
                    dimensions: [["FunctionName"]],
                    metrics,
                }],
            },
            function: if function.is_empty() { record.route } else { function },
            route: record.route,
            outcome: record.outcome,
            request_id: record.event.payload.request_context.request_id.as_deref(),
            values: Values::new(record),
        }
    }
}

/// The definitions that tell CloudWatch which of the values are metrics.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Definitions {
    timestamp: u64,
    cloud_watch_metrics: [Directive; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Directive {
    namespace: &'static str,
    dimensions: [[&'static str; 1]; 1],
    metrics: &'static [Metric],
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Metric {
    name: &'static str,
    unit: &'static str,
}

/// All metrics. The first three belong to every route, the others to an acknowledged broadcast.
const METRICS: [Metric; 8] = [
    Metric { name: "Duration", unit: "Milliseconds" },
    Metric { name: "Errors", unit: "Count" },
    Metric { name: "Refused", unit: "Count" },
    Metric { name: "Delivered", unit: "Count" },
    Metric { name: "Gone", unit: "Count" },
    Metric { name: "Pending", unit: "Count" },
    Metric { name: "Failed", unit: "Count" },
    Metric { name: "Incomplete", unit: "Count" },
];

/// The values of the metrics. They include zeros, so that an average is the share of all
/// invocations.
#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct Values {
    duration: u64,
    errors: u64,
    refused: u64,
    #[serde(flatten)]
    broadcast: Option<BroadcastValues>,
}

#[derive(Serialize)]
#[serde(rename_all = "PascalCase")]
struct BroadcastValues {
    delivered: u64,
    gone: u64,
    pending: u64,
    failed: u64,
    incomplete: u64,
}

impl Values {
    fn new(record: &InvocationRecord<'_>) -> Values {
        let is = |outcome| u64::from(record.outcome == outcome);
        Values {
            duration: millis(record.duration),
            errors: is(Outcome::Failed),
            refused: is(Outcome::Refused),
            broadcast: record.answer.ack.map(|ack| BroadcastValues {
                delivered: ack.delivered,
                gone: ack.gone,
                pending: ack.pending,
                failed: ack.failed,
                incomplete: is(Outcome::Incomplete),
            }),
        }
    }
}

fn millis(duration: std::time::Duration) -> u64 {
    u64::try_from(duration.as_millis()).unwrap_or(u64::MAX)
}
