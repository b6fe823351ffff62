//! The last notes, up to a number of notes and of bytes.

use std::collections::VecDeque;

use super::Number;
use super::note::Note;

/// The most memory that the texts of all notes take together, in bytes.
const BYTES_MAX: usize = 16 << 20;

/// The last notes.
#[derive(Debug)]
pub(super) struct Ring {
    notes: VecDeque<Note>,
    notes_max: usize,
    bytes: usize,
    last: Number,
}

impl Ring {
    pub(super) fn new(notes_max: usize) -> Ring {
        Ring { notes: VecDeque::new(), notes_max: notes_max.max(1), bytes: 0, last: 0 }
    }

    /// Adds a note, and returns its number.
    pub(super) fn push(&mut self, note: Note) -> Number {
        self.bytes += note.bytes();
        self.notes.push_back(note);
        self.last += 1;
        while self.notes.len() > self.notes_max || self.bytes > BYTES_MAX {
            let Some(dropped) = self.notes.pop_front() else { break };
            self.bytes -= dropped.bytes();
        }
        self.last
    }

    pub(super) fn last_number(&self) -> Number {
        self.last
    }

    /// Returns the last `count` notes, and the number of the first of them.
    pub(super) fn last(&self, count: usize) -> (Number, Vec<Note>) {
        let kept = self.notes.len().min(count);
        let notes = self.notes.range(self.notes.len() - kept..).cloned().collect();
        (self.last + 1 - Number::try_from(kept).unwrap_or(self.last), notes)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use stormglass_dynamodb::RowKey;
    use stormglass_spec::Time;

    use super::super::note::{LiveEvent, RowChange};
    use super::*;

    fn note(key: &str) -> Note {
        let row = RowKey { table: "".into(), key: key.to_owned() };
        let change = Box::new(RowChange { row, is_written: true, connections: Vec::new() });
        Note { at: Time::ZERO, cause: 0, event: LiveEvent::RowChanged(change) }
    }

    #[test]
    fn numbers_go_on_when_old_notes_are_dropped() {
        let mut ring = Ring::new(3);
        for number in 1..=5 {
            assert_eq!(ring.push(note("a")), number);
        }
        let (first, notes) = ring.last(10);
        assert_eq!((first, notes.len()), (3, 3));
        let (first, notes) = ring.last(1);
        assert_eq!((first, notes.len()), (5, 1));
    }

    #[test]
    fn large_notes_leave_room_for_fewer_of_them() {
        let mut ring = Ring::new(1_000);
        let large = "x".repeat(1 << 20);
        for _ in 0..100 {
            ring.push(note(&large));
        }
        assert_eq!(ring.last(1_000).1.len(), 16);
        assert!(ring.bytes <= BYTES_MAX, "{}", ring.bytes);
    }

    #[test]
    fn a_note_that_is_too_large_by_itself_is_not_kept() {
        let mut ring = Ring::new(3);
        ring.push(note(&"x".repeat(BYTES_MAX + 1)));
        assert_eq!(ring.last(10).1.len(), 0);
        assert_eq!(ring.push(note("a")), 2);
        assert_eq!(ring.last(10).0, 2);
    }

    #[test]
    fn a_note_is_small() {
        assert!(size_of::<Note>() <= 96, "{}", size_of::<Note>());
        assert_eq!(size_of::<Arc<str>>(), 16);
    }
}
