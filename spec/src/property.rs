//! Promises, and the judge that holds a history to them.

use std::fmt;

use crate::history::{Event, Name};
use crate::ledger::Ledger;
use crate::sketch::Sketch;

/// A promise that a service makes.
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name, stable for ever.
    pub id: &'static str,
    /// Whether it must hold at all times or come true in the end.
    pub kind: Kind,
    /// The promise in one sentence.
    pub promise: &'static str,
    /// Why anybody should care.
    pub reason: &'static str,
    /// Makes the part that watches a history.
    pub monitor: fn() -> Box<dyn Monitor>,
}

/// When a promise is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// It holds after every event (safety).
    Always,
    /// It holds once faults have stopped and everything in flight has landed (liveness).
    Eventually,
}

impl fmt::Display for Kind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Kind::Always => "always",
            Kind::Eventually => "eventually",
        })
    }
}

/// The part of a promise that watches a history.
pub trait Monitor: fmt::Debug + Send {
    /// Looks at the next event. The ledger has taken note of it already.
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation>;

    /// Looks at the end of the history, when nothing is in flight any more.
    fn finish(&mut self, _ledger: &Ledger) -> Result<(), Violation> {
        Ok(())
    }

    /// How many times the promise was put to the test so far.
    fn times(&self) -> u64;

    /// Adds what it has kept in mind, for an exhaustive search that looks at no state twice; false
    /// if it does not know how to, and the search must look at everything.
    ///
    /// Whoever says `true` goes by what was added here, by what [`Ledger::sketch`] has of the
    /// past, and by nothing else: not by the causes of events, nor by a number of an event but to
    /// tell what came first. What only serves to explain a violation need not be added.
    fn sketch(&self, _sketch: &mut Sketch) -> bool {
        false
    }
}

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// Which promise.
    pub property: &'static str,
    /// When it is due.
    pub kind: Kind,
    /// The number of the event at which it showed.
    pub event: u32,
    /// The contradiction in plain words; refers to events by number.
    pub because: String,
    /// The connections and invocations that have part in it.
    pub involved: Vec<Name>,
}

/// What a monitor found, before the judge adds whose monitor it was and when.
pub(crate) fn violated<const N: usize>(
    because: String,
    involved: [&Name; N],
) -> Result<(), Violation> {
    let involved = involved.into_iter().cloned().collect();
    Err(Violation { property: "", kind: Kind::Always, event: 0, because, involved })
}

/// Holds a history to promises, event by event.
#[derive(Debug)]
pub struct Judge {
    ledger: Ledger,
    monitors: Vec<(Property, Box<dyn Monitor>)>,
    last_event: u32,
}

impl Judge {
    /// A judge for these promises.
    pub fn new(properties: &[Property]) -> Judge {
        let monitors = properties.iter().map(|property| (*property, (property.monitor)()));
        Judge { ledger: Ledger::default(), monitors: monitors.collect(), last_event: 0 }
    }

    /// Looks at the next event.
    ///
    /// # Errors
    ///
    /// The first promise that it breaks, in the order in which the promises were given.
    pub fn observe(&mut self, event: &Event) -> Result<(), Violation> {
        self.ledger.observe(event);
        self.last_event = event.number;
        for (property, monitor) in &mut self.monitors {
            monitor
                .observe(event, &self.ledger)
                .map_err(|found| complete(found, property, event.number))?;
        }
        Ok(())
    }

    /// Looks at the end of the history, when nothing is in flight any more.
    ///
    /// # Errors
    ///
    /// The first promise that did not come true.
    pub fn finish(&mut self) -> Result<(), Violation> {
        for (property, monitor) in &mut self.monitors {
            monitor
                .finish(&self.ledger)
                .map_err(|found| complete(found, property, self.last_event))?;
        }
        Ok(())
    }

    /// How many times each promise was put to the test so far, in the order they were given. A
    /// promise that never was is vacuous.
    pub fn tested(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.monitors.iter().map(|(property, monitor)| (property.id, monitor.times()))
    }

    /// Adds all that can still make a difference to a promise; false if one of them does not know
    /// what that is. Only between things that happen: not between an effect and the changes that
    /// belong to it.
    pub fn sketch(&self, sketch: &mut Sketch) -> bool {
        self.ledger.sketch(sketch);
        self.monitors.iter().all(|(_, monitor)| monitor.sketch(sketch))
    }

    /// The state of the world after the events so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

fn complete(found: Violation, property: &Property, event: u32) -> Violation {
    Violation { property: property.id, kind: property.kind, event, ..found }
}
