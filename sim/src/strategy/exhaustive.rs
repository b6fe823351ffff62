//! Follows one of all the schedules that there are, and notes where others branch off.

use std::ops::ControlFlow;
use std::sync::{PoisonError, RwLock};

use indexmap::IndexMap;

use super::{Flow, Interest, Point, Recording, Replay, State, Strategy};
use crate::case::{Choice, Key, Menu, Schedule};

/// How many states are kept in mind, at some 40 bytes each. What comes after these is looked at
/// once more where it comes up again: that takes time, and finds nothing else.
const STATES_MAX: usize = 4_000_000;

/// Follows one of the schedules with at most so many deviations, and ends where the rest of it is
/// known.
///
/// From its last deviation on a run is dull. Where it comes to a state that another run has been
/// in, with as many deviations left or more, it would do nothing that the other one did not do, and
/// whatever could branch off from here has branched off, or will branch off, from there.
#[derive(Debug)]
pub struct Exhaustive<'a> {
    replay: Recording<Replay>,
    /// How many points come up to the last deviation, which is among them.
    passed: usize,
    /// How many more deviations a schedule may have.
    left: usize,
    /// The states of other runs; `None` if nothing is to be left out.
    known: Option<&'a KnownStates>,
    states: Vec<(State, usize)>,
}

impl<'a> Exhaustive<'a> {
    /// Follows a schedule whose last deviation is at the last of the first `passed` points, and
    /// that may have `left` deviations more.
    pub fn new(
        schedule: Schedule,
        passed: usize,
        left: usize,
        known: Option<&'a KnownStates>,
    ) -> Exhaustive<'a> {
        let replay = Recording::new(Replay::new(schedule));
        Exhaustive { replay, passed, left, known, states: Vec::new() }
    }

    /// The points that the run came to, and the states after its last deviation, each with how
    /// many points came before it.
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

/// The states that runs have been in, each with the most deviations that were left there.
#[derive(Debug, Default)]
pub struct KnownStates {
    left: RwLock<IndexMap<State, usize>>,
}

impl KnownStates {
    /// Whether a run was there with as many deviations left or more.
    pub fn covers(&self, state: State, left: usize) -> bool {
        let known = self.left.read().unwrap_or_else(PoisonError::into_inner);
        known.get(&state).is_some_and(|most| *most >= left)
    }

    /// A run was in these states with so many deviations left.
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
