//! The kinds of frames that a client gets, as far as the text of one frame tells.

use stormglass_spec::history::Acknowledgement;

use super::format::{MessageFormat, MessageShape};
use super::payload::{MarkMatch, RunId};

/// A frame that a client got.
///
/// Only a frame with a mark of the run is known to be about a message of the run. Clients of other
/// people know no mark, but they can send any other text, and so the text of an answer as well.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum ReceivedFrame {
    /// A broadcast of the run, with its number if that can be read.
    Broadcast { number: Option<u32>, data: String },
    /// The answer to a broadcast of the run, with its number if that can be read. It is an error
    /// if it acknowledges nothing.
    Answer { number: Option<u32>, acknowledgement: Option<Acknowledgement> },
    /// A frame without a mark that looks like an answer. `has_id` if it answers a message with an
    /// id that is not of the run.
    ApparentAnswer { acknowledgement: Option<Acknowledgement>, has_id: bool },
    /// Any other frame without a mark.
    Unmarked,
}

impl ReceivedFrame {
    /// Returns the kind of the frame with this text.
    pub(super) fn of(text: &str, run: RunId, format: &MessageFormat) -> ReceivedFrame {
        let (id, acknowledgement) = match format.shape(text) {
            MessageShape::Acknowledgement { id, acknowledgement } => (id, Some(acknowledgement)),
            MessageShape::Error { id } => (id, None),
            MessageShape::GatewayError => (None, None),
            MessageShape::Other => return broadcast(text, run, format),
        };
        // An answer without an id may repeat the payload, which has a mark as well.
        match run.find(id.as_deref().unwrap_or(text)) {
            Some(mark) => ReceivedFrame::Answer { number: number(mark), acknowledgement },
            None => ReceivedFrame::ApparentAnswer { acknowledgement, has_id: id.is_some() },
        }
    }
}

fn broadcast(text: &str, run: RunId, format: &MessageFormat) -> ReceivedFrame {
    let Some(data) = format.received(text) else { return ReceivedFrame::Unmarked };
    match run.find(&data) {
        Some(mark) => ReceivedFrame::Broadcast { number: number(mark), data },
        None => ReceivedFrame::Unmarked,
    }
}

fn number(mark: MarkMatch) -> Option<u32> {
    match mark {
        MarkMatch::Broadcast(number) => Some(number),
        MarkMatch::Unreadable => None,
    }
}
