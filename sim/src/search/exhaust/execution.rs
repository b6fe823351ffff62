//! One run of the search, and its child schedules.

use stormglass_spec::Property;

use super::{ScheduleFind, Work};
use crate::app::App;
use crate::case::{Case, Choice, Key, Menu, Plan, Schedule};
use crate::faults::Family;
use crate::outcome::HarnessError;
use crate::run::run;
use crate::strategy::{DELAYS, Exhaustive, Families, KnownStates, Point, State};

/// The numbers of events that an event may wait for. Longer waits are delays in time.
const WAITS: [u16; 3] = [1, 2, 4];

/// A schedule that the search has still to run.
#[derive(Clone, Debug, Default)]
pub(super) struct Candidate {
    pub(super) schedule: Schedule,
    /// The last deviation: the index of its point of choice in the run, and its key.
    last: Option<(usize, Key)>,
}

/// The result of running one schedule.
#[derive(Debug)]
pub(super) struct Execution {
    pub(super) find: Option<ScheduleFind>,
    /// The number of points of choice up to the last deviation, inclusive.
    passed: usize,
    /// The points of choice after the last deviation.
    ahead: Vec<Point>,
    /// The states after the last deviation, each with the number of points before it.
    states: Vec<(State, usize)>,
    pub(super) work: Work,
}

/// A schedule that was run and has room for another deviation.
#[derive(Debug)]
pub(super) struct Parent {
    schedule: Schedule,
    passed: usize,
    ahead: Vec<Point>,
}

impl Candidate {
    /// Runs the schedule, up to a state whose rest is `known`.
    pub(super) fn execute(
        &self,
        app: &dyn App,
        plan: &Plan,
        properties: &[Property],
        left: usize,
        known: Option<&KnownStates>,
    ) -> Result<Execution, HarnessError> {
        let passed = self.last.as_ref().map_or(0, |(place, _)| place + 1);
        let mut strategy = Exhaustive::new(self.schedule.clone(), passed, left, known);
        let run = run(app, plan, &mut strategy, properties)?;
        let (mut points, states) = strategy.into_notes();
        if let Some((place, key)) = &self.last {
            let is_met = points.get(*place).is_some_and(|point| point.key == *key);
            if !is_met || run.case.schedule != self.schedule {
                let case = Case { plan: plan.clone(), schedule: self.schedule.clone() };
                let (case, key) = (case.to_string(), key.to_string());
                return Err(HarnessError::Strayed { case, key });
            }
        }
        let ahead = points.split_off(passed);
        let work = Work::of(&run);
        let find = run.violation.clone().map(|violation| ScheduleFind { run, violation });
        Ok(Execution { find, passed, ahead, states, work })
    }
}

impl Execution {
    /// Cuts off the part that `known` covers, and adds the remaining states to it. Returns true if
    /// anything was cut off.
    ///
    /// The run itself may have known less than `known` holds now. The decision falls here, in the
    /// order of the schedules, so the result does not depend on the timing of the threads.
    pub(super) fn prune(&mut self, left: usize, known: &KnownStates) -> bool {
        let end = self.states.iter().position(|(state, _)| known.covers(*state, left));
        if let Some(end) = end {
            let (_, points) = self.states[end];
            self.ahead.truncate(points - self.passed);
            self.states.truncate(end);
            self.find = None;
        }
        known.add(self.states.drain(..).map(|(state, _)| state), left);
        end.is_some()
    }

    /// Returns the number of points of choice that the run came to.
    pub(super) fn points_met(&self) -> usize {
        self.passed + self.ahead.len()
    }

    pub(super) fn into_parent(self, schedule: Schedule) -> Parent {
        Parent { schedule, passed: self.passed, ahead: self.ahead }
    }
}

impl Parent {
    /// Returns every schedule that adds one deviation after the last one, in the order of the
    /// points.
    pub(super) fn children(&self, families: Families) -> Vec<Candidate> {
        let places = (self.passed..).zip(&self.ahead);
        let children = places.flat_map(|(place, point)| {
            options(&point.menu, families).map(move |choice| self.child(place, &point.key, choice))
        });
        children.collect()
    }

    fn child(&self, place: usize, key: &Key, choice: Choice) -> Candidate {
        let mut schedule = self.schedule.clone();
        schedule.deviations.insert(key.clone(), choice);
        Candidate { schedule, last: Some((place, key.clone())) }
    }
}

/// Returns every deviation that the search tries at a point with this menu.
fn options(menu: &Menu, families: Families) -> impl Iterator<Item = Choice> {
    let may_wait = menu.legs && families.contains(Family::Order);
    let may_be_late = menu.legs && families.contains(Family::Time);
    let waits = WAITS.into_iter().filter(move |_| may_wait).map(Choice::After);
    let delays = DELAYS.into_iter().filter(move |_| may_be_late).map(Choice::Late);
    let faults = menu.faults().filter(move |fault| families.contains(fault.family()));
    waits.chain(delays).chain(faults.map(Choice::Fault))
}
