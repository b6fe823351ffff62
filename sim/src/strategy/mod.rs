//! Strategies, which decide how the world goes on at each point of choice.
//!
//! A strategy is one small type in one file: [`Random`] and [`Pct`] explore, [`Replay`] follows a
//! schedule, and [`Exhaustive`] follows one of all possible schedules. Three more strategies wrap
//! another one: [`Recording`] records every point of choice, [`Comparison`] notices the point at
//! which a second run leaves the first, and [`Metrics`] counts deviations.

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

/// A strategy, which decides how the world goes on at each point of choice.
///
/// ```
/// use stormglass_sim::case::{Choice, Key, Menu};
/// use stormglass_sim::faults::Fault;
/// use stormglass_sim::strategy::Strategy;
///
/// /// Loses every answer that the functions of one client wait for.
/// struct LosesAnswers;
///
/// impl Strategy for LosesAnswers {
///     fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
///         let lost = Choice::Fault(Fault::ReplyLost);
///         (key.as_str().starts_with("ana.") && menu.offers(lost)).then_some(lost)
///     }
/// }
/// ```
pub trait Strategy {
    /// Chooses a deviation at `key`; `None` is the dull way.
    ///
    /// The choice must be on the menu.
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice>;

    /// Returns the interest of the strategy in the states that the world comes to.
    ///
    /// The world asks before the run, and again before each state, because computing a state takes
    /// time.
    fn interest(&self) -> Interest {
        Interest::Never
    }

    /// Takes a state that the world has come to, and returns whether the run goes on or ends.
    ///
    /// The world comes to a state between two events. Two runs of one plan that come to the same
    /// state go on alike as long as nothing deviates.
    fn arrive(&mut self, state: State) -> Flow {
        let State(_) = state;
        Flow::Continue(())
    }
}

/// The interest of a strategy in the states that the world comes to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Interest {
    /// The strategy needs no state of the run.
    Never,
    /// The strategy needs some later states, but not the next one.
    Later,
    /// The strategy needs the next state.
    Now,
}

/// The decision of a strategy to go on with a run or to end it.
pub type Flow = ControlFlow<()>;

/// A state of the world: a hash of everything that can still change the rest of a run.
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
