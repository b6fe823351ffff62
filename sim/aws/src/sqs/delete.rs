//! `DeleteMessage` and `DeleteMessageBatch` (FACTS 12.10).

use std::sync::Arc;

use serde::Deserialize;
use stormglass_spec::Time;

use super::batch::{self, BatchAnswer, EmptyResult};
use super::effect::{MessageChange, MessageCopy, SqsEffect};
use super::error::SqsError;
use super::id::Receipt;
use super::queue::VISIBILITY_TIMEOUT_MAX;
use super::state::QueueState;
use super::{Call, Effects, Sqs, SqsFaults};

/// A delete as a request has it.
#[derive(Clone, Debug, Deserialize)]
#[serde(rename_all = "PascalCase")]
pub(super) struct DeleteEntry {
    id: Option<String>,
    pub(super) receipt_handle: Option<String>,
}

impl Sqs {
    /// Deletes a message by a receipt handle. Returns `false` if the message is gone already, or if
    /// the handle is too old.
    pub(crate) fn delete_received(
        &mut self,
        now: Time,
        queue: &str,
        index: usize,
        handle: &str,
        effects: Effects<'_>,
    ) -> bool {
        let settings = Arc::clone(&self.settings);
        let Some(state) = self.queues.get_mut(queue) else { return false };
        let faults = SqsFaults::default();
        let call = Call { now, key: "", faults: &faults, settings: &settings, trace_header: None };
        let before = effects.len();
        let result = state.delete(&call, index, Some(handle), effects);
        result.is_ok() && effects.len() > before
    }
}

impl QueueState {
    /// Deletes the message of a receipt handle.
    ///
    /// A handle whose message is gone is no error. A FIFO queue refuses a handle after the
    /// visibility timeout; a standard queue accepts it, but deletes by the newest handle only,
    /// unless its settings say that old ones do as well.
    pub(super) fn delete(
        &mut self,
        call: &Call<'_>,
        index: usize,
        handle: Option<&str>,
        effects: Effects<'_>,
    ) -> Result<(), SqsError> {
        let (handle, receipt) = self.receipt(call, handle)?;
        let Some((ordinal, message)) = self.of_receipt(&receipt) else { return Ok(()) };
        let is_newest = receipt.receives == message.receives;
        if self.queue.is_fifo && !(is_newest && message.is_in_flight(call.now)) {
            return Err(SqsError::receipt_handle_expired(&handle));
        }
        if !is_newest && !call.settings.old_handles_delete {
            return Ok(());
        }
        let Some(message) = self.remove(ordinal) else { return Ok(()) };
        let (queue, id) = (self.queue.name.clone(), message.content.id.clone());
        let copy = MessageCopy { queue: queue.clone(), message };
        let change = MessageChange::Deleted { index, copy };
        effects.push(SqsEffect { queue, message: id, change });
        Ok(())
    }

    /// Deletes the messages of several receipt handles.
    pub(super) fn delete_batch(
        &mut self,
        call: &Call<'_>,
        entries: &[DeleteEntry],
        effects: Effects<'_>,
    ) -> Result<BatchAnswer<EmptyResult>, SqsError> {
        batch::check("DeleteMessageBatch", entries.iter().map(|entry| entry.id.as_deref()))?;
        let id = |entry: &DeleteEntry| entry.id.clone();
        Ok(batch::carry_out(call, entries, id, |index, entry| {
            self.delete(call, index, entry.receipt_handle.as_deref(), effects)?;
            Ok(EmptyResult {})
        }))
    }

    /// Reads a receipt handle, which must be one of this queue and not too old.
    pub(super) fn receipt(
        &self,
        call: &Call<'_>,
        handle: Option<&str>,
    ) -> Result<(String, Receipt), SqsError> {
        let handle = handle.filter(|handle| !handle.is_empty());
        let handle = handle.ok_or_else(|| SqsError::missing("ReceiptHandle"))?;
        let receipt = Receipt::parse(handle, &self.queue.name)
            .ok_or_else(|| SqsError::no_receipt_handle(handle))?;
        if receipt.is_expired(call.now, VISIBILITY_TIMEOUT_MAX) {
            return Err(SqsError::receipt_handle_expired(handle));
        }
        Ok((handle.to_owned(), receipt))
    }
}
