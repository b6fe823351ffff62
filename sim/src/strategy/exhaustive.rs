//! Follows one of all possible schedules, and records the points where others branch off.

use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use indexmap::IndexMap;

use super::{Flow, Interest, Point, Recording, Replay, State, Strategy};
use crate::case::{Choice, Key, Menu, Schedule};

/// The most states that are remembered, at about 40 bytes each.
///
/// A search runs on from any other state again each time that it comes up. That takes time, but
/// does not change the result.
const STATES_MAX: usize = 4_000_000;

/// Follows one schedule of a search, and ends the run at a state from which the rest is known.
///
/// After its last deviation a run is dull. If it then comes to a state in which another run has
/// been with the same number of deviations left, or more, the rest of the run would repeat that
/// other run. All schedules that could branch off from here branch off from there.
#[derive(Debug)]
pub struct Exhaustive<'a> {
    replay: Recording<Replay>,
    /// The number of points up to the last deviation, including it.
    passed: usize,
    /// The number of further deviations that a schedule may have.
    left: usize,
    /// The states of other runs; `None` if the run must not end early.
    known: Option<&'a KnownStates>,
    states: Vec<(State, usize)>,
}

impl<'a> Exhaustive<'a> {
    /// Follows a schedule whose last deviation is at point number `passed`, counted from 1.
    ///
    /// `passed` is 0 if the schedule has no deviation. `left` is the number of further deviations
    /// that the search may add to it.
    pub fn new(
        schedule: Schedule,
        passed: usize,
        left: usize,
        known: Option<&'a KnownStates>,
    ) -> Exhaustive<'a> {
        let replay = Recording::new(Replay::new(schedule));
        Exhaustive { replay, passed, left, known, states: Vec::new() }
    }

    /// Returns the points that the run came to, and the states after its last deviation.
    ///
    /// Each state comes with the number of points before it.
    pub fn into_notes(self) -> (Vec<Point>, Vec<(State, usize)>) {
        (self.replay.into_points(), self.states)
    }
}

impl Strategy for Exhaustive<'_> {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        self.replay.choose(key, menu)
    }

    fn interest(&self) -> Interest {
        match self.known {
            None => Interest::Never,
            Some(_) if self.replay.points().len() < self.passed => Interest::Later,
            Some(_) => Interest::Now,
        }
    }

    fn arrive(&mut self, state: State) -> Flow {
        self.states.push((state, self.replay.points().len()));
        match self.known {
            Some(known) if known.covers(state, self.left) => ControlFlow::Break(()),
            _ => ControlFlow::Continue(()),
        }
    }
}

/// The states in which runs have been, each with the most deviations that were left there.
#[derive(Debug, Default)]
pub struct KnownStates {
    left: RwLock<IndexMap<State, usize>>,
}

impl KnownStates {
    /// Returns true if a run was in `state` with `left` or more deviations left.
    pub fn covers(&self, state: State, left: usize) -> bool {
        let known = self.left.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&state).is_some_and(|most| *most >= left)
    }

    /// Adds states in which a run was with `left` deviations left.
    pub fn add(&self, states: impl IntoIterator<Item = State>, left: usize) {
        let mut known = self.left.write().unwrap_or_else(PoisonError::into_inner);
        for state in states {
            let has_room = known.len() < STATES_MAX;
            if let Some(most) = known.get_mut(&state) {
                *most = left.max(*most);
            } else if has_room {
                known.insert(state, left);
            }
        }
    }
}
