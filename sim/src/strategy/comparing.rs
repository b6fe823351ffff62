//! Compares the points of choice of a run with those of an earlier run.

use super::{Flow, Interest, Point, State, Strategy};
use crate::case::{Choice, Key, Menu};

/// Decides as another strategy does, and notices the point at which the run leaves an earlier one.
///
/// Two runs of a case come to the same points in the same order, and choose the same at each. If
/// they do not, something reached the handlers past the schedule, at the first point that differs
/// or shortly before it.
#[derive(Clone, Debug)]
pub struct Comparison<'a, S> {
    inner: S,
    first: &'a [Point],
    /// The number of points that were the same.
    passed: usize,
    parting: Option<FirstDifference>,
}

/// The first point of choice at which two runs part.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FirstDifference {
    /// The position of the point among the points of choice, from 1.
    pub place: usize,
    /// The point of the first run; `None` if it was over.
    pub first: Option<Point>,
    /// The point of the second run; `None` if it was over.
    pub second: Option<Point>,
}

impl<'a, S: Strategy> Comparison<'a, S> {
    /// Wraps a strategy, and compares the run with the points of a first run.
    pub fn new(inner: S, first: &'a [Point]) -> Comparison<'a, S> {
        Comparison { inner, first, passed: 0, parting: None }
    }

    /// Returns the point at which the finished run parted from the first one, if it did.
    pub fn parting(self) -> Option<FirstDifference> {
        if self.parting.is_some() {
            return self.parting;
        }
        let first = self.first.get(self.passed)?.clone();
        Some(FirstDifference { place: self.passed + 1, first: Some(first), second: None })
    }
}

impl<S: Strategy> Strategy for Comparison<'_, S> {
    fn choose(&mut self, key: &Key, menu: &Menu) -> Option<Choice> {
        let choice = self.inner.choose(key, menu);
        if self.parting.is_some() {
            return choice;
        }
        let first = self.first.get(self.passed);
        let is_same = first.is_some_and(|point| {
            point.key == *key && point.menu == *menu && point.choice == choice
        });
        if is_same {
            self.passed += 1;
        } else {
            let second = Some(Point { key: key.clone(), menu: *menu, choice });
            let place = self.passed + 1;
            self.parting = Some(FirstDifference { place, first: first.cloned(), second });
        }
        choice
    }

    fn interest(&self) -> Interest {
        self.inner.interest()
    }

    fn arrive(&mut self, state: State) -> Flow {
        self.inner.arrive(state)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Schedule;
    use crate::strategy::{Recording, Replay};

    fn points(keys: &[&str]) -> Vec<Point> {
        let mut recording = Recording::new(Replay::dull());
        for key in keys {
            recording.choose(&Key::new(*key), &Menu::LEG);
        }
        recording.into_points()
    }

    fn parting(first: &[&str], second: &[&str]) -> Option<(usize, Option<String>, Option<String>)> {
        let first = points(first);
        let mut comparing = Comparison::new(Replay::dull(), &first);
        for key in second {
            comparing.choose(&Key::new(*key), &Menu::LEG);
        }
        let parting = comparing.parting()?;
        let key = |point: Option<Point>| point.map(|point| point.key.to_string());
        Some((parting.place, key(parting.first), key(parting.second)))
    }

    #[test]
    fn runs_that_come_to_the_same_points_do_not_part() {
        assert_eq!(parting(&[], &[]), None);
        assert_eq!(parting(&["a", "b"], &["a", "b"]), None);
    }

    #[test]
    fn the_first_point_that_differs_is_where_runs_part() {
        let some = |key: &str| Some(key.to_owned());
        assert_eq!(parting(&["a", "b", "c"], &["a", "x", "y"]), Some((2, some("b"), some("x"))));
        assert_eq!(parting(&["a", "b"], &["a"]), Some((2, some("b"), None)));
        assert_eq!(parting(&["a"], &["a", "b"]), Some((2, None, some("b"))));
    }

    #[test]
    fn runs_that_choose_differently_part() {
        let first = points(&["a"]);
        let late = Choice::After(1);
        let schedule = Schedule { deviations: [(Key::new("a"), late)].into() };
        let mut comparing = Comparison::new(Replay::new(schedule), &first);
        assert_eq!(comparing.choose(&Key::new("a"), &Menu::LEG), Some(late));
        let parting = comparing.parting().expect("another choice");
        assert_eq!(parting.second.and_then(|point| point.choice), Some(late));
    }
}
