//! The points of choice of a run: the strategy answers, and the run keeps every deviation.

use std::collections::BTreeMap;

use super::fate::Fate;
use super::tally::Tally;
use crate::case::{Key, Menu, Schedule};
use crate::faults::Counts;
use crate::strategy::Strategy;
use stormglass_spec::{History, Sketch};

/// The points of choice that a run has met, and the strategy that decides at them.
pub(super) struct Choices<'a> {
    strategy: &'a mut dyn Strategy,
    /// True once nothing deviates any more.
    is_calm: bool,
    met: Schedule,
    /// The event that shows each deviation of the run.
    shown_by: BTreeMap<Key, u32>,
    /// The deviation that the next event shows.
    unshown: Option<Key>,
    tally: Tally,
}

/// The choices of a run that has ended.
#[derive(Debug)]
pub(super) struct ChoiceRecord {
    /// The deviations of the run.
    pub(super) schedule: Schedule,
    /// The event that shows each of them.
    pub(super) deviation_events: BTreeMap<Key, u32>,
    /// The faults that were offered, met and mattered.
    pub(super) faults: Counts,
}

impl<'a> Choices<'a> {
    pub(super) fn new(strategy: &'a mut dyn Strategy) -> Choices<'a> {
        Choices {
            strategy,
            is_calm: false,
            met: Schedule::default(),
            shown_by: BTreeMap::new(),
            unshown: None,
            tally: Tally::default(),
        }
    }

    pub(super) fn strategy(&mut self) -> &mut dyn Strategy {
        self.strategy
    }

    /// Asks the strategy for the way on at a point of choice; `event` shows a deviation.
    ///
    /// # Panics
    ///
    /// If the strategy chooses something that the menu does not offer, or if the point came up
    /// before.
    pub(super) fn choose(&mut self, key: &str, menu: Menu, event: u32) -> Fate {
        if self.is_calm {
            return Fate::default();
        }
        let key = Key::new(key);
        self.tally.offer(&menu);
        let Some(choice) = self.strategy.choose(&key, &menu) else { return Fate::default() };
        assert!(menu.offers(choice), "{key} cannot be {choice}");
        if let Some((site, fault)) = menu.site.zip(choice.fault()) {
            self.tally.meet(site, fault, &key);
        }
        self.shown_by.insert(key.clone(), event);
        let earlier = self.met.deviations.insert(key.clone(), choice);
        assert!(earlier.is_none(), "the point of choice {key} came up twice");
        Fate::new(choice)
    }

    /// Lets nothing deviate from now on.
    pub(super) fn calm_down(&mut self) {
        self.is_calm = true;
    }

    pub(super) fn sketch(&self, sketch: &mut Sketch) {
        let Choices {
            is_calm,
            // The strategy knows how many deviations it has left.
            strategy: _,
            met: _,
            // Counts and marks that only reports need.
            shown_by: _,
            unshown: _,
            tally: _,
        } = self;
        sketch.flag(*is_calm);
    }

    /// Makes the next event show a deviation that the strategy has just chosen.
    pub(super) fn show_by_next_event(&mut self, key: Key) {
        assert!(self.met.deviations.contains_key(&key), "{key} does not deviate");
        self.unshown = Some(key);
    }

    /// Makes the first event of an occurrence show the deviation that the occurrence waited for;
    /// without one, the next event shows none.
    pub(super) fn begin_occurrence(&mut self, deviation: Option<Key>) {
        self.unshown = deviation;
    }

    /// Notes an event: it shows the deviation that waits to be shown.
    pub(super) fn note_event(&mut self, event: u32) {
        if let Some(key) = self.unshown.take() {
            self.shown_by.insert(key, event);
        }
    }

    pub(super) fn into_record(self, history: &History) -> ChoiceRecord {
        ChoiceRecord {
            schedule: self.met,
            deviation_events: self.shown_by,
            faults: self.tally.finish(history),
        }
    }
}
