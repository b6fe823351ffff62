//! Promises, and the judge that holds a history to them.

use std::fmt;

use crate::history::Event;
use crate::ledger::Ledger;
use crate::name::Name;
use crate::pending::pending;
use crate::sketch::Sketch;

/// A promise that a service makes.
///
/// Anybody can make one: a [`Monitor`] watches the history, and says with [`Violation::new`] what
/// is wrong with it.
///
/// ```
/// use stormglass_spec::history::{Event, EventKind};
/// use stormglass_spec::{PropertyKind, Ledger, Monitor, Property, Violation};
///
/// const POLITE: Property = Property {
///     id: "polite",
///     kind: PropertyKind::Always,
///     promise: "Nobody leaves without a word.",
///     reason: "The gateway does not know of it, and keeps the connection for ten minutes.",
///     sources: &["RFC 6455, section 7.1.1: a peer that is gone may never say so"],
///     monitor: || Box::new(Polite::default()),
/// };
///
/// #[derive(Debug, Default)]
/// struct Polite {
///     times: u64,
/// }
///
/// impl Monitor for Polite {
///     fn observe(&mut self, event: &Event, _: &Ledger) -> Result<(), Violation> {
///         let EventKind::Vanished { connection } = &event.kind else { return Ok(()) };
///         self.times += 1;
///         let because = format!("{connection} was gone in step {}.", event.number);
///         Err(Violation::new(because, [connection.clone()]))
///     }
///
///     fn times(&self) -> u64 {
///         self.times
///     }
/// }
/// ```
#[derive(Clone, Copy, Debug)]
pub struct Property {
    /// Its name, stable for ever.
    pub id: &'static str,
    /// Whether it must hold at all times or come true in the end.
    pub kind: PropertyKind,
    /// The promise in one sentence.
    pub promise: &'static str,
    /// Why anybody should care.
    pub reason: &'static str,
    /// What makes it hard to keep or worth keeping, one line each: a fact by its number, and a
    /// document that anybody can read.
    pub sources: &'static [&'static str],
    /// Makes the part that watches a history.
    pub monitor: fn() -> Box<dyn Monitor>,
}

/// When a promise is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// It holds after every event (safety).
    Always,
    /// It holds once faults have stopped and everything in flight has landed (liveness).
    Eventually,
}

impl fmt::Display for PropertyKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            PropertyKind::Always => "always",
            PropertyKind::Eventually => "eventually",
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
    /// The promise in one sentence.
    pub promise: &'static str,
    /// When it is due.
    pub kind: PropertyKind,
    /// The number of the event at which it showed.
    pub event: u32,
    /// The contradiction in plain words; refers to events by number.
    pub because: String,
    /// The connections and invocations that have part in it.
    pub involved: Vec<Name>,
    /// What is still pending where it did not come true in the end, one line each (see
    /// [`pending`]).
    pub pending: Vec<String>,
}

impl Violation {
    /// What a monitor found. The judge adds whose monitor it was, and at which event.
    ///
    /// The report shows the events about those who are `involved`: name the connections first.
    /// What they are, not who, makes two broken promises the same one when a case is made short.
    pub fn new(
        because: impl Into<String>,
        involved: impl IntoIterator<Item = impl Into<Name>>,
    ) -> Violation {
        Violation {
            property: "",
            promise: "",
            kind: PropertyKind::Always,
            event: 0,
            because: because.into(),
            involved: involved.into_iter().map(Into::into).collect(),
            pending: Vec::new(),
        }
    }
}

/// What a monitor found, with names that it keeps.
pub(crate) fn violated<const N: usize>(
    because: String,
    involved: [Name; N],
) -> Result<(), Violation> {
    Err(Violation::new(because, involved))
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

    /// Looks at the next event with every promise, for whoever goes on where one is broken: all
    /// that it breaks.
    pub fn observe_all(&mut self, event: &Event) -> Vec<Violation> {
        self.ledger.observe(event);
        self.last_event = event.number;
        let monitors = self.monitors.iter_mut();
        let found = monitors.filter_map(|(property, monitor)| {
            let found = monitor.observe(event, &self.ledger).err()?;
            Some(complete(found, property, event.number))
        });
        found.collect()
    }

    /// Looks at the end of the history with every promise: one violation of each that did not come
    /// true.
    pub fn finish_all(&mut self) -> Vec<Violation> {
        let monitors = self.monitors.iter_mut();
        let found = monitors.filter_map(|(property, monitor)| {
            let found = monitor.finish(&self.ledger).err()?;
            Some(complete(found, property, self.last_event))
        });
        found.collect()
    }

    /// Looks at the end of the history, when nothing is in flight any more.
    ///
    /// # Errors
    ///
    /// The first promise that did not come true.
    pub fn finish(&mut self) -> Result<(), Violation> {
        for (property, monitor) in &mut self.monitors {
            monitor.finish(&self.ledger).map_err(|found| Violation {
                pending: pending(&self.ledger),
                ..complete(found, property, self.last_event)
            })?;
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
    let Property { id, kind, promise, .. } = *property;
    Violation { property: id, promise, kind, event, ..found }
}
