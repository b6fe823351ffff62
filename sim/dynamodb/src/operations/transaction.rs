//! The actions of a transaction, and its cancellation.

use std::sync::Arc;

use super::Outcome;
use crate::answer::Answer;
use crate::item::Item;
use crate::json;
use crate::members::{ListBounds, Members};

/// The largest number of actions of one transaction.
pub(super) const ACTIONS_MAX: usize = 100;

/// The message of AWS about a row that a transaction in progress has.
pub(crate) const CONFLICT: &str = "Transaction is ongoing for the item";

/// The reason that one action gives for the cancellation of its transaction.
#[derive(Clone, Debug)]
pub(crate) enum CancellationReason {
    /// No reason.
    None,
    /// A transaction in progress has the row (FACTS 6.14).
    Conflict,
    /// The action found no capacity.
    Throttled { code: &'static str, message: &'static str },
    /// The condition was false. `item` is the item in the table, if the action asks for it.
    ConditionFailed { item: Option<Arc<Item>> },
    /// The action has a fault.
    Invalid { message: String },
}

/// Reads the actions of a request; `class` is the class of one on AWS.
pub(super) fn actions<'a, T>(
    members: &mut Members<'a>,
    class: &str,
    mut read: impl FnMut(&mut Members<'a>) -> Outcome<T>,
) -> Outcome<Vec<T>> {
    members.require("TransactItems");
    let bounds = ListBounds { least: 1, most: ACTIONS_MAX };
    let show = |(_, shown): &(T, String)| shown.clone();
    let actions = members.structures("TransactItems", class, bounds, show, |members| {
        Ok((read(members)?, members.show()))
    })?;
    members.check()?;
    Ok(actions.unwrap_or_default().into_iter().map(|(action, _)| action).collect())
}

/// Refuses a transaction for these reasons, one of each action.
pub(crate) fn cancelled(reasons: &[CancellationReason]) -> Answer {
    let codes: Vec<_> = reasons.iter().map(CancellationReason::code).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let mut more = ",\"CancellationReasons\":".to_owned();
    json::write_list(&mut more, ['[', ']'], reasons, |out, reason| reason.write(out));
    Answer::error_with(400, "TransactionCanceledException", Some(("Message", &message)), &more)
}

/// Refuses a write of a row that a transaction in progress has (FACTS 6.14).
pub(super) fn conflict() -> Answer {
    Answer::error(400, "TransactionConflictException", CONFLICT)
}

/// Refuses two actions on one row.
pub(super) fn same_item_twice() -> Answer {
    Answer::validation("Transaction request cannot include multiple operations on one item")
}

impl CancellationReason {
    fn code(&self) -> &'static str {
        match self {
            CancellationReason::None => "None",
            CancellationReason::Conflict => "TransactionConflict",
            CancellationReason::Throttled { code, .. } => code,
            CancellationReason::ConditionFailed { .. } => "ConditionalCheckFailed",
            CancellationReason::Invalid { .. } => "ValidationError",
        }
    }

    fn write(&self, out: &mut String) {
        out.push_str("{\"Code\":");
        json::write_string(out, self.code());
        let (item, message) = match self {
            CancellationReason::None => (None, None),
            CancellationReason::Conflict => (None, Some(CONFLICT)),
            CancellationReason::Throttled { message, .. } => (None, Some(*message)),
            CancellationReason::ConditionFailed { item } => {
                (item.as_deref(), Some("The conditional request failed"))
            }
            CancellationReason::Invalid { message } => (None, Some(message.as_str())),
        };
        if let Some(item) = item {
            out.push_str(",\"Item\":");
            out.push_str(item.json());
        }
        if let Some(message) = message {
            out.push_str(",\"Message\":");
            json::write_string(out, message);
        }
        out.push('}');
    }
}
