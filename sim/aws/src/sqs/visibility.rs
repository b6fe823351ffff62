//! `ChangeMessageVisibility` and its batch (FACTS 12.9).

use std::time::Duration;

use serde::Deserialize;

use super::batch::{self, BatchAnswer, EmptyResult};
use super::effect::{MessageChange, SqsEffect};
use super::error::SqsError;
use super::queue::VISIBILITY_TIMEOUT_MAX;
use super::state::QueueState;
use super::{Call, Effects};

/// A change as a request has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct VisibilityEntry {
    id: Option<String>,
    receipt_handle: Option<String>,
    visibility_timeout: Option<i64>,
}

impl QueueState {
    /// Hides the message of a receipt for another time from now on, or shows it at once.
    pub(super) fn change_visibility(
        &mut self,
        call: &Call<'_>,
        index: usize,
        entry: &VisibilityEntry,
        effects: Effects<'_>,
    ) -> Result<(), SqsError> {
        let seconds = entry.visibility_timeout;
        let seconds = seconds.ok_or_else(|| SqsError::missing("VisibilityTimeout"))?;
        let timeout = timeout(seconds)?;
        let (handle, receipt) = self.receipt(call, entry.receipt_handle.as_deref())?;
        let Some((ordinal, message)) = self.of_receipt(&receipt) else {
            let reason =
                "Message does not exist or is not available for visibility timeout change.";
            return Err(SqsError::invalid_value(&handle, "ReceiptHandle", reason));
        };
        if receipt.receives != message.receives || !message.is_in_flight(call.now) {
            return Err(SqsError::not_in_flight());
        }
        let visible_at = call.now + timeout;
        if visible_at > receipt.received_at + VISIBILITY_TIMEOUT_MAX {
            let reason = "Total VisibilityTimeout for the message is beyond the limit \
                          [43200 seconds]";
            let value = seconds.to_string();
            return Err(SqsError::invalid_value(&value, "VisibilityTimeout", reason));
        }
        self.reschedule(ordinal, visible_at);
        let (queue, message) = (self.queue.name.clone(), receipt.message);
        let change = MessageChange::Rescheduled { index, visible_at };
        effects.push(SqsEffect { queue, message, change });
        Ok(())
    }

    /// Changes the visibility of several messages.
    pub(super) fn change_visibility_batch(
        &mut self,
        call: &Call<'_>,
        entries: &[VisibilityEntry],
        effects: Effects<'_>,
    ) -> Result<BatchAnswer<EmptyResult>, SqsError> {
        let ids = entries.iter().map(|entry| entry.id.as_deref());
        batch::check("ChangeMessageVisibilityBatch", ids)?;
        let id = |entry: &VisibilityEntry| entry.id.clone();
        Ok(batch::carry_out(call, entries, id, |index, entry| {
            self.change_visibility(call, index, entry, effects)?;
            Ok(EmptyResult {})
        }))
    }
}

/// Checks a visibility timeout in seconds.
pub(super) fn timeout(seconds: i64) -> Result<Duration, SqsError> {
    let timeout = u64::try_from(seconds).ok().map(Duration::from_secs);
    timeout.filter(|timeout| *timeout <= VISIBILITY_TIMEOUT_MAX).ok_or_else(|| {
        let reason = "VisibilityTimeout must be an integer between 0 and 43200";
        SqsError::invalid_value(&seconds.to_string(), "VisibilityTimeout", reason)
    })
}
