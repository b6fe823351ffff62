//! Failures that come from DynamoDB, or from the limits of this model, rather than from a request.
//!
//! None of them says whether the request was applied: a 500 leaves that open (FACTS 6.13), so it
//! is the driver's choice.

use crate::answer::Answer;

impl Answer {
    /// The whole of a batch found no capacity (FACTS 6.11).
    pub(super) fn all_unprocessed() -> Answer {
        Answer::error(
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for one or more global secondary \
             indexes or for the table was exceeded. Consider increasing your provisioning level \
             with the UpdateTable API.",
        )
    }

    /// A 500, after which a write may have happened or not (FACTS 6.2, 6.13).
    pub fn internal_server_error() -> Answer {
        Answer::error(500, "InternalServerError", "Internal server error")
    }

    /// A 503 with an empty body, which clients cannot put a type to (FACTS 6.2).
    pub fn service_unavailable() -> Answer {
        Answer::plain(503, None, String::new())
    }

    /// An operation that AWS has and this model does not.
    ///
    /// A run that saw it says nothing about AWS; see [`Answer::is_unsupported`]. Clients do not
    /// retry it.
    pub(super) fn unsupported_operation(operation: &str) -> Answer {
        let message = format!("The simulated DynamoDB does not support {operation}");
        let answer = Answer::error(400, "UnknownOperationException", &message);
        Answer { is_unsupported: true, ..answer }
    }

    /// The same for a member of an operation that this model does have.
    pub(super) fn unsupported(what: &str) -> Answer {
        let answer = Answer::validation(&format!("The simulated DynamoDB does not support {what}"));
        Answer { is_unsupported: true, ..answer }
    }
}
