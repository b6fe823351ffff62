//! The rate of calls of a FIFO queue (FACTS 12.16).

use std::collections::BTreeMap;

use stormglass_spec::Time;

use super::Call;
use super::error::SqsError;
use super::request::{Command, SqsRequest};
use super::state::QueueState;

/// The calls of each operation in the current second.
#[derive(Clone, Debug, Default, Hash)]
pub(super) struct Throughput(BTreeMap<&'static str, Calls>);

#[derive(Clone, Copy, Debug, Default, Hash)]
struct Calls {
    second: u64,
    count: u32,
}

impl QueueState {
    /// Counts a call on the messages of a FIFO queue, and refuses it if there are too many.
    pub(super) fn count_call(
        &mut self,
        call: &Call<'_>,
        request: &SqsRequest,
    ) -> Result<(), SqsError> {
        let is_limited = match request.command {
            Command::Send(_)
            | Command::SendBatch(_)
            | Command::Receive(_)
            | Command::Delete(_)
            | Command::DeleteBatch(_)
            | Command::ChangeVisibility(_)
            | Command::ChangeVisibilityBatch(_) => self.queue.is_fifo,
            _ => false,
        };
        let calls_max = call.settings.fifo_calls_per_second_max;
        if is_limited && !self.throughput.take(call.now, request.operation(), calls_max) {
            return Err(SqsError::throttled());
        }
        Ok(())
    }
}

impl Throughput {
    /// Counts a call. Returns `false` if there were too many in this second.
    fn take(&mut self, now: Time, operation: &'static str, calls_max: u32) -> bool {
        let second = now.millis() / 1_000;
        let calls = self.0.entry(operation).or_default();
        if calls.second != second {
            *calls = Calls { second, count: 0 };
        }
        calls.count += 1;
        calls.count <= calls_max
    }
}
