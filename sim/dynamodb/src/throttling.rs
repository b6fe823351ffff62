//! Answers to requests for which there is no capacity (FACTS 6.2).
//!
//! All have status 400. The request was not carried out, except for a part of a batch
//! (FACTS 6.11).

use stormglass_spec::hash;

use crate::answer::Answer;
use crate::json;
use crate::names;
use crate::operations::transaction::{self, CancellationReason};
use crate::request::{Operation, Request};

/// The reason why a request is throttled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Throttling {
    /// An on-demand table reached the throughput of one key range (FACTS 6.8, 6.9).
    KeyRange,
    /// An on-demand table reached the maximum that its owner has set.
    MaxOnDemand,
    /// The account reached its quota, as an on-demand table reports it.
    Account,
    /// A provisioned table reached its throughput.
    Provisioned,
    /// The account reached its quota.
    RequestLimit,
    /// Another transaction is in progress on the row (FACTS 6.14).
    Conflict,
}

const ON_DEMAND: &str = "Throughput exceeds the current capacity of your table or index. DynamoDB \
                         is automatically scaling your table or index so please try again \
                         shortly. If exceptions persist, check if you have a hot key: \
                         https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/\
                         bp-partition-key-design.html";

const PROVISIONED: &str = "The level of configured provisioned throughput for the table was \
                           exceeded. Consider increasing your provisioning level with the \
                           UpdateTable API.";

const REQUEST_LIMIT: &str = "Throughput exceeds the current throughput limit for your account. \
                             Please contact AWS Support at https://aws.amazon.com/support request \
                             a limit increase.";

impl Throttling {
    /// Picks one of the reasons that can apply to a request, by the number `draw`.
    ///
    /// Only transactions conflict here: a write conflicts with a transaction in progress alone.
    pub fn draw(draw: u64, request: &Request) -> Throttling {
        let on_demand = [Throttling::KeyRange, Throttling::MaxOnDemand, Throttling::Account];
        let kinds = if request.operation().is_transaction() { 4 } else { 3 };
        match hash::below(draw, kinds) {
            0 => on_demand[(hash::keyed(draw, "reason") % 3) as usize],
            1 => Throttling::Provisioned,
            2 => Throttling::RequestLimit,
            _ => Throttling::Conflict,
        }
    }

    /// The answer to the request.
    ///
    /// It names the table, as on AWS, so handlers must not pass it on to clients.
    pub fn answer(self, request: &Request) -> Answer {
        if request.operation().is_transaction() && self != Throttling::RequestLimit {
            return self.cancellation(request);
        }
        let reasons = self.reason(request).map(|reason| {
            let resource =
                names::resource_arn(request.table().unwrap_or_default(), request.index());
            let mut out =
                format!(",\"throttlingReasons\":[{{\"reason\":\"{reason}\",\"resource\":");
            json::write_string(&mut out, &resource);
            out.push_str("}]");
            out
        });
        let message = Some(("message", self.message()));
        Answer::error_with(400, self.code(), message, &reasons.unwrap_or_default())
    }

    fn cancellation(self, request: &Request) -> Answer {
        let code = match self {
            Throttling::Provisioned => "ProvisionedThroughputExceeded",
            _ => "ThrottlingError",
        };
        // The first action is the one that finds no capacity.
        let mut reasons = vec![CancellationReason::None; request.rows_count()];
        if let Some(first) = reasons.first_mut() {
            *first = if self == Throttling::Conflict {
                CancellationReason::Conflict
            } else {
                CancellationReason::Throttled { code, message: self.message() }
            };
        }
        transaction::cancelled(&reasons)
    }

    fn code(self) -> &'static str {
        match self {
            Throttling::KeyRange | Throttling::MaxOnDemand | Throttling::Account => {
                "ThrottlingException"
            }
            Throttling::Provisioned => "ProvisionedThroughputExceededException",
            Throttling::RequestLimit => "RequestLimitExceeded",
            Throttling::Conflict => "TransactionConflictException",
        }
    }

    fn message(self) -> &'static str {
        match self {
            Throttling::KeyRange | Throttling::MaxOnDemand | Throttling::Account => ON_DEMAND,
            Throttling::Provisioned => PROVISIONED,
            Throttling::RequestLimit => REQUEST_LIMIT,
            Throttling::Conflict => transaction::CONFLICT,
        }
    }

    /// The reason in the words of AWS, such as `TableReadKeyRangeThroughputExceeded`.
    fn reason(self, request: &Request) -> Option<String> {
        let place = if request.index().is_some() { "Index" } else { "Table" };
        let access = if request.operation().writes() { "Write" } else { "Read" };
        let what = match self {
            Throttling::KeyRange => "KeyRangeThroughputExceeded",
            Throttling::MaxOnDemand => "MaxOnDemandThroughputExceeded",
            Throttling::Account | Throttling::RequestLimit => "AccountLimitExceeded",
            Throttling::Provisioned => "ProvisionedThroughputExceeded",
            Throttling::Conflict => return None,
        };
        Some(format!("{place}{access}{what}"))
    }
}

impl Operation {
    fn is_transaction(self) -> bool {
        matches!(self, Operation::TransactGet | Operation::TransactWrite)
    }
}
