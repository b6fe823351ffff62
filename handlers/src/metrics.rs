//! Metrics of an invocation, as CloudWatch reads them from a function's log.

use serde::Serialize;

use crate::invocation::{Finished, Outcome};

/// The target of the lines that are metrics, and not for people.
pub(crate) const TARGET: &str = "stormglass::metrics";

const NAMESPACE: &str = "Stormglass";

/// Writes the metrics of an invocation as one line in CloudWatch's embedded metric format.
///
/// Each function has its own metrics: the function's name is their only dimension. Without one,
/// outside of Lambda, the route stands for it, because a dimension must not be empty.
pub(crate) fn emit(finished: &Finished<'_>) {
    if tracing::enabled!(target: TARGET, tracing::Level::INFO) {
        let line = serde_json::to_string(&Line::of(finished));
        let line = line.expect("texts and numbers can always be written as JSON");
        tracing::info!(target: TARGET, line = line.as_str());
    }
}

/// What a line holds. Everything but the definitions can also be searched for.
#[derive(Serialize)]
struct Line<'a> {
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

impl<'a> Line<'a> {
    fn of(finished: &'a Finished<'a>) -> Line<'a> {
        let function = &finished.event.context.env_config.function_name;
        let metrics = if finished.answer.ack.is_some() { &METRICS[..] } else { &METRICS[..3] };
        Line {
            definitions: Definitions {
                timestamp: millis(finished.at),
                cloud_watch_metrics: [Directive {
                    namespace: NAMESPACE,
                    dimensions: [["FunctionName"]],
                    metrics,
                }],
            },
            function: if function.is_empty() { finished.route } else { function },
            route: finished.route,
            outcome: finished.outcome,
            request_id: finished.event.payload.request_context.request_id.as_deref(),
            values: Values::of(finished),
        }
    }
}

/// What tells CloudWatch which values are metrics.
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

/// The first three belong to every route, the others to a broadcast that was carried out.
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

/// Zeros are written as well, so that an average is the share of all invocations.
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
    fn of(finished: &Finished<'_>) -> Values {
        let is = |outcome| u64::from(finished.outcome == outcome);
        Values {
            duration: millis(finished.duration),
            errors: is(Outcome::Failed),
            refused: is(Outcome::Refused),
            broadcast: finished.answer.ack.map(|ack| BroadcastValues {
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
