//! Failures of DynamoDB, and gaps of this model: errors that are no fault of the request.
//!
//! A driver injects a 500 or a 503. Such an answer does not tell if the request was applied
//! (FACTS 6.13), so the driver decides that too.

use crate::answer::Answer;

impl Answer {
    /// Refuses a batch of which no part found capacity (FACTS 6.11).
    pub(super) fn all_unprocessed() -> Answer {
        Answer::error(
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for one or more global secondary \
             indexes or for the table was exceeded. Consider increasing your provisioning level \
             with the UpdateTable API.",
        )
    }

    /// Refuses a request to a stream that has too many readers (FACTS 13.5, 13.16).
    pub(super) fn stream_throttled() -> Answer {
        let message = "Rate exceeded for the shard of the stream";
        Answer::error(400, "LimitExceededException", message)
    }

    /// A 500, after which a write may be applied or not (FACTS 6.2, 6.13).
    pub fn internal_server_error() -> Answer {
        Answer::error(500, "InternalServerError", "Internal server error")
    }

    /// A 503 with an empty body, to which clients cannot give a type (FACTS 6.2).
    pub fn service_unavailable() -> Answer {
        Answer::plain(503, None, String::new())
    }

    /// Refuses an operation that AWS has and the model lacks.
    ///
    /// Sets [`Answer::is_unsupported`]. Clients do not retry the request.
    pub(super) fn unsupported_operation(operation: &str) -> Answer {
        let message = format!("The simulated DynamoDB does not support {operation}");
        let answer = Answer::error(400, "UnknownOperationException", &message);
        Answer { is_unsupported: true, ..answer }
    }

    /// Refuses a member that AWS has and the model lacks.
    pub(super) fn unsupported(what: &str) -> Answer {
        let answer = Answer::validation(&format!("The simulated DynamoDB does not support {what}"));
        Answer { is_unsupported: true, ..answer }
    }
}
