//! The choice of the frames that are kept of those that a client gets; all others are counted.
//!
//! It depends on the messages of the run, and not on the number of frames: other people may talk
//! on the same endpoint without end.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frame::ReceivedFrame;

/// The most copies of one message, or of its answer, that are kept of a connection.
const COPIES_MAX: u32 = 8;

/// The number of frames without a mark that are kept for each message of a connection: an answer,
/// and a second one that is one too many.
///
/// With at least one for each message, no verdict on silence depends on the frames that are not
/// kept: a frame may answer any earlier message, and as many messages as there are frames are
/// answered.
const UNMARKED_FOR_EACH: u32 = 2;

/// The number of frames without a mark that are kept of a connection that sends nothing.
const UNMARKED_SPARE: u32 = 8;

/// The most bytes that are kept of a frame without a mark. API Gateway carries no longer message
/// (FACTS 3.1).
const UNMARKED_BYTES_MAX: usize = 128 * 1024;

/// The numbers of frames that clients got and that were counted only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Surplus {
    /// The frames with a mark of the run: copies of copies.
    pub marked: u64,
    /// The frames without a mark.
    pub unmarked: u64,
}

/// The frames of a connection that are kept so far, by kind.
#[derive(Debug, Default)]
pub(super) struct Retention {
    /// The number of messages that the client sent.
    sent: u32,
    /// The numbers of copies of each broadcast, and of each answer (`true`).
    copies: BTreeMap<(bool, Option<u32>), u32>,
    apparent_answers: u32,
    unmarked: u32,
}

impl Retention {
    /// Takes note of a message that the client sent.
    pub(super) fn send(&mut self) {
        self.sent = self.sent.saturating_add(1);
    }

    /// Returns the text to keep of a frame. If there is none, counts the frame.
    ///
    /// All numbers above `number_max` are one: no broadcast of the run has them.
    pub(super) fn keep(
        &mut self,
        text: &str,
        frame: &ReceivedFrame,
        number_max: u32,
        surplus: &mut Surplus,
    ) -> Option<Arc<str>> {
        let known = |number: Option<u32>| number.filter(|number| *number <= number_max);
        let unmarked_max = UNMARKED_FOR_EACH.saturating_mul(self.sent) + UNMARKED_SPARE;
        let (kept, max, is_marked) = match frame {
            ReceivedFrame::Broadcast { number, .. } => {
                (self.copies.entry((false, known(*number))).or_default(), COPIES_MAX, true)
            }
            ReceivedFrame::Answer { number, .. } => {
                (self.copies.entry((true, known(*number))).or_default(), COPIES_MAX, true)
            }
            ReceivedFrame::ApparentAnswer { .. } => {
                (&mut self.apparent_answers, unmarked_max, false)
            }
            ReceivedFrame::Unmarked => (&mut self.unmarked, unmarked_max, false),
        };
        if *kept < max {
            *kept += 1;
            return Some(if is_marked { text } else { clipped(text) }.into());
        }
        let counted = if is_marked { &mut surplus.marked } else { &mut surplus.unmarked };
        *counted += 1;
        None
    }
}

fn clipped(text: &str) -> &str {
    &text[..text.floor_char_boundary(UNMARKED_BYTES_MAX)]
}
