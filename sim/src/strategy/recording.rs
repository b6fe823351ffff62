//! Records every point of choice that a run comes to.

use std::fmt;

use super::{Flow, Interest, State, Strategy};
use crate::case::{Choice, Key, Menu};

/// A point of choice that a run came to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Point {
    /// The key of the point.
    pub key: Key,
    /// The deviations that the point offered.
    pub menu: Menu,
    /// The choice of the strategy; `None` is the dull way.
    pub choice: Option<Choice>,
}

impl fmt::Display for Point {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}", self.key)?;
        if let Some(site) = self.menu.site {
            write!(f, " ({site})")?;
        }
        match self.choice {
            Some(choice) => write!(f, ": {choice}"),
            None => f.write_str(": dull"),
        }
    }
}

/// Decides as another strategy does, and records every point of choice, in order.
#[derive(Clone, Debug)]
pub struct Recording<S> {
    inner: S,
    points: Vec<Point>,
}

impl<S: Strategy> Recording<S> {
    /// Wraps a strategy, and starts with no points.
    pub fn new(inner: S) -> Recording<S> {
        Recording { inner, points: Vec::new() }
    }

    /// Returns the points that the run has come to so far.
    pub fn points(&self) -> &[Point] {
        &self.points
    }

    /// Returns all points that the run came to.
    pub fn into_points(self) -> Vec<Point> {
        self.points
    }
}

impl<S: Strategy> Strategy for Recording<S> {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        let choice = self.inner.choose(key, menu);
        self.points.push(Point { key: key.clone(), menu: *menu, choice });
        choice
    }

    fn interest(&self) -> Interest {
        self.inner.interest()
    }

    fn arrive(&mut self, state: State) -> Flow {
        self.inner.arrive(state)
    }
}
