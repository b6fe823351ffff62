//! Who decides where the world goes at each point of choice.
//!
//! A strategy is one small type in one file: [`Random`] and [`Pct`] explore, [`Replay`] follows a
//! schedule, and [`Exhaustive`] follows one of all the schedules that there are. Others go around
//! any of them: [`Recording`] takes note of every point of choice, [`Comparison`] notices where a
//! second run leaves the way of the first, [`Metrics`] counts.

mod comparing;
mod dice;
mod exhaustive;
mod metrics;
mod pct;
mod random;
mod recording;
mod replay;

pub use comparing::{Comparison, FirstDifference};
pub(crate) use dice::DELAYS;
pub use exhaustive::{Exhaustive, KnownStates};
pub use metrics::{FamilyMetrics, Metric, Metrics};
pub use pct::Pct;
pub use random::{Families, Random};
pub use recording::{Point, Recording};
pub use replay::Replay;

use std::ops::ControlFlow;

use crate::case::{Choice, Key, Menu};

/// Decides where the world goes at each point of choice.
pub trait Strategy {
    /// What happens at `key`; `None` is the dull way. What is chosen must be on the menu.
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice>;

    /// Whether it wants to know the states that the world comes to. It is asked before the run,
    /// and again before each state: to work one out takes time.
    fn interest(&self) -> Interest {
        Interest::Never
    }

    /// The world has come to a state: one thing has happened, and the next has yet to. Two runs of
    /// one plan that come to the same state go on alike for as long as nothing deviates. Gives
    /// whether the run is to go on, or to end here.
    fn arrive(&mut self, state: State) -> Flow {
        let State(_) = state;
        Flow::Continue(())
    }
}

/// Whether a strategy wants to know the states that the world comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// In no state of the run.
    Never,
    /// In some that are still to come.
    Later,
    /// In the next one.
    Now,
}

/// Whether a run is to go on.
pub type Flow = ControlFlow<()>;

/// A state of the world: a hash of all that can still make a difference.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct State(pub u128);

impl<S: Strategy + ?Sized> Strategy for &mut S {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        (**self).choose(key, menu)
    }

    fn interest(&self) -> Interest {
        (**self).interest()
    }

    fn arrive(&mut self, state: State) -> Flow {
        (**self).arrive(state)
    }
}
