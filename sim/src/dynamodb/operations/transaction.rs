//! Transactions that are cancelled.

use std::sync::Arc;

use super::super::answer::Answer;
use super::super::item::Item;
use super::super::json;

/// The most actions of one transaction.
pub(super) const ACTIONS_MAX: usize = 100;

/// What an action of a cancelled transaction has to do with it.
#[derive(Clone, Debug)]
pub(super) enum Reason {
    /// Nothing.
    None,
    /// Its condition did not hold; the item is what was there, if the action asks for it.
    ConditionFailed { item: Option<Arc<Item>> },
    /// It is not sound.
    Invalid { message: String },
}

/// An action as AWS writes it in its complaints.
pub(super) fn shown<T>((_, shown): &(T, String)) -> String {
    shown.clone()
}

/// The answer to a transaction that these reasons, one for each action, have cancelled.
pub(super) fn answer(reasons: &[Reason]) -> Answer {
    let codes: Vec<_> = reasons.iter().map(Reason::code).collect();
    let message = format!(
        "Transaction cancelled, please refer cancellation reasons for specific reasons [{}]",
        codes.join(", ")
    );
    let mut more = ",\"CancellationReasons\":".to_owned();
    json::write_list(&mut more, ['[', ']'], reasons, |out, reason| reason.write(out));
    Answer::error_with(400, "TransactionCanceledException", Some(("Message", &message)), &more)
}

/// Two actions are on one row.
pub(super) fn same_item_twice() -> Answer {
    Answer::validation("Transaction request cannot include multiple operations on one item")
}

impl Reason {
    fn code(&self) -> &'static str {
        match self {
            Reason::None => "None",
            Reason::ConditionFailed { .. } => "ConditionalCheckFailed",
            Reason::Invalid { .. } => "ValidationError",
        }
    }

    fn write(&self, out: &mut String) {
        out.push_str("{\"Code\":");
        json::write_string(out, self.code());
        let (item, message) = match self {
            Reason::None => (None, None),
            Reason::ConditionFailed { item } => {
                (item.as_deref(), Some("The conditional request failed"))
            }
            Reason::Invalid { message } => (None, Some(message.as_str())),
        };
        if let Some(item) = item {
            out.push_str(",\"Item\":");
            out.push_str(item.wire());
        }
        if let Some(message) = message {
            out.push_str(",\"Message\":");
            json::write_string(out, message);
        }
        out.push('}');
    }
}
