//! Failures that come from DynamoDB rather than from a request, for a schedule to inject.
//!
//! None of them says whether the request was applied: that is the driver's choice. Those with
//! status 400 mean on AWS that it was not, a 500 leaves it open (FACTS 6.13).

use super::answer::Answer;
use super::request::Request;
use crate::REGION;

impl Answer {
    /// `ThrottlingException` of an on-demand table that is past the throughput of one key range
    /// (FACTS 6.2, 6.8, 6.9). The answer names the table, as on AWS: handlers must not repeat it.
    pub fn throttled(request: &Request) -> Answer {
        let access = if request.operation().writes() { "Write" } else { "Read" };
        let more = format!(
            ",\"throttlingReasons\":[{{\"reason\":\"Table{access}KeyRangeThroughputExceeded\",\
             \"resource\":\"arn:aws:dynamodb:{REGION}:123456789012:table/{}\"}}]",
            request.table().unwrap_or_default()
        );
        let message = "Throughput exceeds the current capacity of your table or index. DynamoDB is \
                       automatically scaling your table or index so please try again shortly. If \
                       exceptions persist, check if you have a hot key: \
                       https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/\
                       bp-partition-key-design.html";
        Answer::error_with(400, "ThrottlingException", Some(("message", message)), &more)
    }

    /// A provisioned table is out of capacity (FACTS 6.2).
    pub fn provisioned_throughput_exceeded() -> Answer {
        Answer::error(
            400,
            "ProvisionedThroughputExceededException",
            "The level of configured provisioned throughput for the table was exceeded. Consider \
             increasing your provisioning level with the UpdateTable API.",
        )
    }

    /// The account is past its quota (FACTS 6.2).
    pub fn request_limit_exceeded() -> Answer {
        Answer::error(
            400,
            "RequestLimitExceeded",
            "Throughput exceeds the current throughput limit for your account. Please contact AWS \
             Support at https://aws.amazon.com/support request a limit increase.",
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
