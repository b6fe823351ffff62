//! Who decides where the world goes at each point of choice.
//!
//! A strategy is one small type in one file: [`Random`] and [`Pct`] explore, [`Replay`] follows a
//! schedule.

mod dice;
mod pct;
mod random;
mod replay;

pub(crate) use dice::DELAYS;
pub use pct::{Dull, Pct};
pub use random::{Families, Random};
pub use replay::Replay;

use crate::case::{Choice, Key, Menu};

/// Decides where the world goes at each point of choice.
pub trait Strategy {
    /// What happens at `key`; `None` is the dull way. What is chosen must be on the menu.
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice>;
}
