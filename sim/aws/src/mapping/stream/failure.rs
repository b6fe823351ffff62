//! The record that an on-failure destination gets (FACTS 13.10).

use aws_smithy_types::DateTime;
use aws_smithy_types::date_time::Format;
use serde_json::json;
use stormglass_spec::{EPOCH_MS, Time};

use super::effect::{DiscardReason, FailureRecord, StreamEffect};
use super::record::ShardRecord;
use super::settings::StreamSettings;
use crate::lambda::function_arn;

/// The records that are given up, with their history.
#[derive(Clone, Copy, Debug)]
pub(super) struct Discard<'a> {
    pub(super) shard: &'a str,
    /// Not empty.
    pub(super) records: &'a [ShardRecord],
    pub(super) reason: DiscardReason,
    /// The id of the last request that invoked the function; none if no request has.
    pub(super) request: Option<&'a str>,
    pub(super) invocations: u32,
    /// True if the function failed the last time, rather than to report failures.
    pub(super) is_error: bool,
}

impl Discard<'_> {
    pub(super) fn effect(self, now: Time, settings: &StreamSettings) -> StreamEffect {
        let destination = settings.on_failure.clone();
        let failure = destination
            .map(|destination| FailureRecord { destination, body: self.body(now, settings) });
        StreamEffect::Discard {
            shard: self.shard.to_owned(),
            sequences: self.records.iter().map(|record| record.sequence.clone()).collect(),
            reason: self.reason,
            failure,
        }
    }

    fn body(self, now: Time, settings: &StreamSettings) -> String {
        let first = self.records.first().expect("a record is given up");
        let last = self.records.last().expect("a record is given up");
        let mut body = json!({
            "version": "1.0",
            "timestamp": date(now, true),
            "requestContext": {
                "requestId": self.request,
                "functionArn": function_arn(&settings.function),
                "condition": self.reason.condition(),
                "approximateInvokeCount": self.invocations,
            },
            "DDBStreamBatchInfo": {
                "shardId": self.shard,
                "startSequenceNumber": first.sequence,
                "endSequenceNumber": last.sequence,
                "approximateArrivalOfFirstRecord": date(first.created_at, false),
                "approximateArrivalOfLastRecord": date(last.created_at, false),
                "batchSize": self.records.len(),
                "streamArn": settings.stream,
            },
        });
        if self.request.is_some() {
            body["responseContext"] = json!({ "statusCode": 200, "executedVersion": "$LATEST" });
            if self.is_error {
                body["responseContext"]["functionError"] = json!("Unhandled");
            }
        }
        body.to_string()
    }
}

impl DiscardReason {
    /// The word of AWS.
    fn condition(self) -> &'static str {
        match self {
            DiscardReason::RetriesExhausted => "RetryAttemptsExhausted",
            DiscardReason::TooOld => "RecordAgeExceeded",
        }
    }
}

/// Writes a time, such as `2019-11-14T00:13:49.717Z`, with milliseconds or without.
fn date(at: Time, has_millis: bool) -> String {
    let millis = EPOCH_MS + at.millis();
    let second = DateTime::from_secs((millis / 1_000).cast_signed());
    let second = second.fmt(Format::DateTime).expect("the year has four digits");
    if has_millis {
        format!("{}.{:03}Z", second.trim_end_matches('Z'), millis % 1_000)
    } else {
        second
    }
}
