//! The happenings that are still to come, in their order.

use std::collections::BTreeMap;
use std::time::Duration;

use stormglass_spec::Time;

use crate::case::Key;

/// The longest time that an occurrence waits for others. A race is settled by then; a longer wait
/// is a matter of time, not of order.
const HOLD_MAX: Duration = Duration::from_secs(2);

/// An occurrence that is still to come.
#[derive(Debug)]
pub(super) struct Entry<T> {
    /// The time at which it happens.
    pub(super) at: Time,
    /// The number of the event that led to it.
    pub(super) cause: Option<u32>,
    /// The number of other happenings that it waits for once its time has come.
    pub(super) hold: u16,
    /// The deviation that the first event of the occurrence shows.
    pub(super) deviation: Option<Key>,
    pub(super) occurrence: T,
}

#[derive(Debug)]
struct HeldEntry<T> {
    entry: Entry<T>,
    waits_for: u16,
    until: Time,
}

/// The happenings that are still to come.
#[derive(Debug)]
pub(super) struct Queue<T> {
    foreground: BTreeMap<(Time, u64), Entry<T>>,
    /// The happenings that come if the run lasts so long. They do not keep it going.
    background: BTreeMap<(Time, u64), Entry<T>>,
    /// The entries whose time has come and that wait for others.
    held: Vec<HeldEntry<T>>,
    /// The number of the last entry. It orders entries of the same time: first come, first served.
    last: u64,
}

impl<T> Default for Queue<T> {
    fn default() -> Queue<T> {
        let (foreground, background) = (BTreeMap::new(), BTreeMap::new());
        Queue { foreground, background, held: Vec::new(), last: 0 }
    }
}

impl<T> Queue<T> {
    /// Adds an occurrence at a time, to wait then for the next `hold` others.
    pub(super) fn push(&mut self, at: Time, hold: u16, cause: Option<u32>, occurrence: T) {
        self.push_entry(Entry { at, cause, hold, deviation: None, occurrence });
    }

    /// Adds an entry.
    pub(super) fn push_entry(&mut self, entry: Entry<T>) {
        self.last += 1;
        self.foreground.insert((entry.at, self.last), entry);
    }

    /// Adds an occurrence at a time, if the run goes on for so long.
    pub(super) fn push_background(&mut self, at: Time, occurrence: T) {
        self.last += 1;
        let entry = Entry { at, cause: None, hold: 0, deviation: None, occurrence };
        self.background.insert((at, self.last), entry);
    }

    /// The time of the next occurrence; `None` once nothing is in flight. An occurrence that is not
    /// `alive` any more never happens and holds up no other.
    pub(super) fn next_at(&mut self, alive: impl Fn(&T) -> bool) -> Option<Time> {
        loop {
            self.drop_dead(&alive);
            // Zero stands for the present: the world never moves its clock back.
            if self.held.iter().any(|held| held.waits_for == 0) {
                return Some(Time::ZERO);
            }
            let until = self.held.iter().map(|held| held.until).min();
            let due = self.first_due();
            match (due, until) {
                // Nothing is in flight that the held entries could wait for, so one of them happens
                // now.
                (None, until) => return until.map(|_| Time::ZERO),
                (Some(due), Some(until)) if until <= due => return Some(until),
                (Some(due), _) => {
                    // The first entry may have to wait for others, in which case the loop looks
                    // again.
                    if !self.hold_first(due) {
                        return Some(due);
                    }
                }
            }
        }
    }

    /// The happenings that have not come to their time, in order: the time, the number of others to
    /// wait for then, and the occurrence.
    pub(super) fn planned(&self) -> impl Iterator<Item = (Time, u16, &T)> {
        self.foreground.iter().map(|((at, _), entry)| (*at, entry.hold, &entry.occurrence))
    }

    /// The happenings that wait for others: the number of others, the latest time, and the
    /// occurrence.
    pub(super) fn waiting(&self) -> impl Iterator<Item = (u16, Time, &T)> {
        self.held.iter().map(|held| (held.waits_for, held.until, &held.entry.occurrence))
    }

    /// The happenings of the background, with their times.
    pub(super) fn in_the_background(&self) -> impl Iterator<Item = (Time, &T)> {
        self.background.iter().map(|((at, _), entry)| (*at, &entry.occurrence))
    }

    /// Takes the next occurrence out. Call [`Queue::next_at`] first.
    pub(super) fn pop(&mut self) -> Option<Entry<T>> {
        if let Some(index) = self.held.iter().position(|held| held.waits_for == 0) {
            return Some(self.release(index));
        }
        let due = self.first_due();
        let overdue = (0..self.held.len()).min_by_key(|index| self.held[*index].until);
        if let Some(index) = overdue
            && due.is_none_or(|due| self.held[index].until <= due)
        {
            return Some(self.release(index));
        }
        let first = self.foreground.first_key_value().map(|(key, _)| *key);
        let entry = match self.background.first_key_value() {
            Some((key, _)) if first.is_none_or(|first| *key < first) => self.background.pop_first(),
            _ => self.foreground.pop_first(),
        };
        // Every occurrence counts for those that wait, even one of the background.
        self.count_down();
        entry.map(|(_, entry)| entry)
    }

    fn release(&mut self, index: usize) -> Entry<T> {
        let held = self.held.remove(index);
        self.count_down();
        held.entry
    }

    fn count_down(&mut self) {
        for held in &mut self.held {
            held.waits_for = held.waits_for.saturating_sub(1);
        }
    }

    /// The time of the first entry that is not held. Background entries alone are not in flight.
    fn first_due(&self) -> Option<Time> {
        let foreground = self.foreground.first_key_value().map(|((at, _), _)| *at);
        if foreground.is_none() && self.held.is_empty() {
            return None;
        }
        let background = self.background.first_key_value().map(|((at, _), _)| *at);
        match (foreground, background) {
            (Some(foreground), Some(background)) => Some(foreground.min(background)),
            (foreground, _) => foreground,
        }
    }

    /// Sets the first entry aside if it has to wait for others.
    fn hold_first(&mut self, due: Time) -> bool {
        let Some(first) = self.foreground.first_entry() else { return false };
        if first.key().0 > due || first.get().hold == 0 {
            return false;
        }
        let mut entry = first.remove();
        let waits_for = std::mem::take(&mut entry.hold);
        self.held.push(HeldEntry { waits_for, until: entry.at + HOLD_MAX, entry });
        true
    }

    fn drop_dead(&mut self, alive: impl Fn(&T) -> bool) {
        self.held.retain(|held| alive(&held.entry.occurrence));
        while let Some(first) = self.foreground.first_entry() {
            if alive(&first.get().occurrence) {
                break;
            }
            first.remove();
        }
        while let Some(first) = self.background.first_entry() {
            if alive(&first.get().occurrence) {
                break;
            }
            first.remove();
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn order(entries: &[(u64, u16, char)]) -> String {
        let mut queue = Queue::default();
        for (millis, hold, name) in entries {
            queue.push(Time::from_millis(*millis), *hold, None, *name);
        }
        let mut order = String::new();
        while queue.next_at(|_| true).is_some() {
            order.extend(queue.pop().map(|entry| entry.occurrence));
        }
        order
    }

    #[test]
    fn entries_happen_in_the_order_of_their_times() {
        assert_eq!(order(&[(2, 0, 'b'), (1, 0, 'a'), (2, 0, 'c')]), "abc");
    }

    #[test]
    fn an_entry_waits_for_as_many_as_it_is_told_to() {
        assert_eq!(order(&[(1, 1, 'a'), (2, 0, 'b'), (3, 0, 'c')]), "bac");
        assert_eq!(order(&[(1, 2, 'a'), (2, 0, 'b'), (3, 0, 'c')]), "bca");
        assert_eq!(order(&[(1, 9, 'a'), (2, 0, 'b'), (3, 0, 'c')]), "bca");
    }

    #[test]
    fn an_entry_waits_no_longer_than_the_limit() {
        assert_eq!(order(&[(1, 1, 'a'), (2_500, 0, 'b')]), "ab");
    }

    #[test]
    fn two_entries_that_wait_for_each_other_both_happen() {
        assert_eq!(order(&[(1, 1, 'a'), (2, 1, 'b')]), "ab");
        assert_eq!(order(&[(1, 2, 'a'), (2, 1, 'b'), (3, 0, 'c')]), "cba");
    }

    #[test]
    fn what_is_dead_never_happens() {
        let mut queue = Queue::default();
        queue.push(Time::from_millis(1), 0, None, 'a');
        queue.push(Time::from_millis(2), 0, None, 'b');
        assert_eq!(queue.next_at(|name| *name != 'a'), Some(Time::from_millis(2)));
    }

    #[test]
    fn what_dies_while_it_waits_never_happens_and_counts_for_nothing() {
        let mut queue = Queue::default();
        queue.push(Time::from_millis(1), 1, None, 'a');
        queue.push(Time::from_millis(2), 1, None, 'b');
        queue.push(Time::from_millis(3), 0, None, 'c');
        queue.push(Time::from_millis(4), 0, None, 'd');
        let mut order = String::new();
        while queue.next_at(|name| *name != 'a' || order.is_empty()).is_some() {
            order.extend(queue.pop().map(|entry| entry.occurrence));
        }
        assert_eq!(order, "cbd");
    }

    #[test]
    fn the_background_alone_keeps_nothing_going() {
        let mut queue = Queue::default();
        queue.push_background(Time::from_millis(1), 'a');
        assert_eq!(queue.next_at(|_| true), None);
        queue.push(Time::from_millis(2), 0, None, 'b');
        assert_eq!(queue.next_at(|_| true), Some(Time::from_millis(1)));
    }
}
