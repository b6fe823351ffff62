//! Promises, and the judge that checks a history against them.

use std::collections::BTreeSet;
use std::fmt;
use std::sync::Arc;

use crate::history::Event;
use crate::ledger::Ledger;
use crate::name::Name;
use crate::need::Need;
use crate::pending::pending;
use crate::sketch::Sketch;

/// A promise that a service makes.
///
/// Any crate can define one: a [`Monitor`] watches the history and returns a [`Violation`] when the
/// history breaks the promise.
///
/// ```
/// use stormglass_spec::history::{Event, EventKind};
/// use stormglass_spec::{Ledger, Monitor, MonitorMaker, Property, PropertyKind, Violation};
///
/// const POLITE: Property = Property {
///     id: "polite",
///     kind: PropertyKind::Always,
///     promise: "Nobody leaves without a word.",
///     reason: "The gateway does not know of it, and keeps the connection for ten minutes.",
///     sources: &["RFC 6455, section 7.1.1: a peer that is gone may never say so"],
///     needs: &[],
///     monitor: MonitorMaker::plain(|| Box::new(Polite::default())),
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
#[derive(Clone, Debug)]
pub struct Property {
    /// The name of the promise. It never changes.
    pub id: &'static str,
    /// The kind: the promise must hold at all times, or come true in the end.
    pub kind: PropertyKind,
    /// The promise in one sentence.
    pub promise: &'static str,
    /// The reason why the promise matters to users of a service.
    pub reason: &'static str,
    /// The sources, one line each: a fact by its number, and a public document. They show why the
    /// promise is hard to keep or worth keeping.
    pub sources: &'static [&'static str],
    /// The things that a history must hold for the promise to be tested. Without them it has no
    /// subject: it does not apply, which is less than that it holds.
    pub needs: &'static [Need],
    /// The maker of the monitor that watches a history for this promise.
    pub monitor: MonitorMaker,
}

/// The maker of the monitors of one promise: each run has a monitor of its own.
#[derive(Clone)]
pub struct MonitorMaker(Maker);

#[derive(Clone)]
enum Maker {
    Plain(fn() -> Box<dyn Monitor>),
    Closure(Arc<dyn Fn() -> Box<dyn Monitor> + Send + Sync>),
}

impl MonitorMaker {
    /// The maker for a promise without parameters. It can stand in a constant.
    pub const fn plain(make: fn() -> Box<dyn Monitor>) -> MonitorMaker {
        MonitorMaker(Maker::Plain(make))
    }

    /// The maker for a promise with parameters, which the closure holds.
    pub fn closure(make: impl Fn() -> Box<dyn Monitor> + Send + Sync + 'static) -> MonitorMaker {
        MonitorMaker(Maker::Closure(Arc::new(make)))
    }

    /// Makes a monitor that has seen nothing yet.
    pub fn make(&self) -> Box<dyn Monitor> {
        match &self.0 {
            Maker::Plain(make) => make(),
            Maker::Closure(make) => make(),
        }
    }
}

impl fmt::Debug for MonitorMaker {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("MonitorMaker")
    }
}

/// The time at which a promise is due.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PropertyKind {
    /// The promise holds after every event (safety).
    Always,
    /// The promise holds once faults have stopped and everything in flight has landed (liveness).
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
    /// Checks the next event. The ledger already contains it.
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation>;

    /// Checks the end of the history, when nothing is in flight any more.
    fn finish(&mut self, _ledger: &Ledger) -> Result<(), Violation> {
        Ok(())
    }

    /// The number of times that the history has put the promise to the test so far.
    fn times(&self) -> u64;

    /// Adds the state of the monitor to the sketch of an exhaustive search, which visits no state
    /// twice. Returns false if the monitor cannot do so: the search must then visit everything.
    ///
    /// A monitor that returns `true` depends on the state added here and on the past that
    /// [`Ledger::sketch`] adds, and on nothing else. It ignores the causes of events, and it uses
    /// the number of an event only to tell which event came first. State that only serves to
    /// explain a violation need not be added.
    fn sketch(&self, _sketch: &mut Sketch) -> bool {
        false
    }
}

/// A broken promise.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The name of the broken promise.
    pub property: &'static str,
    /// The promise in one sentence.
    pub promise: &'static str,
    /// The kind of the promise.
    pub kind: PropertyKind,
    /// The number of the event that showed the violation.
    pub event: u32,
    /// The contradiction in plain words; it refers to events by number.
    pub because: String,
    /// The connections, rows and invocations that take part in the contradiction.
    pub involved: Vec<Name>,
    /// The service's own words, if the contradiction is about them; else empty.
    pub words: String,
    /// True if the contradiction is about rows: those in `involved`, or those of the connections
    /// there.
    pub is_about_rows: bool,
    /// The names of the other promises that broke in the same step, or at the same end.
    pub also: Vec<&'static str>,
    /// The things that are still pending at the end of the history, one line each (see
    /// [`pending`]). Only [`Judge::finish`] fills it in.
    pub pending: Vec<String>,
}

impl Violation {
    /// A violation as a monitor finds it. The judge adds the promise and the event.
    ///
    /// The report shows the events about the names in `involved`: put the connections first. When a
    /// failing case is made shorter, two violations count as the same one if the roles of these
    /// names agree, and the words of the service (see [`Violation::in_words`]); the names
    /// themselves may differ.
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
            words: String::new(),
            is_about_rows: false,
            also: Vec::new(),
            pending: Vec::new(),
        }
    }

    /// The same violation, in the service's own words: the text of an error or of a refusal.
    ///
    /// A failing case is never made so short that the service fails in other words. Words with
    /// digits in them do not count, since ids and numbers change with a case.
    #[must_use]
    pub fn in_words(self, words: impl Into<String>) -> Violation {
        Violation { words: words.into(), ..self }
    }

    /// The same violation, about rows: the report shows all that was done with those in `involved`,
    /// and with those that named a connection there.
    #[must_use]
    pub fn about_rows(self) -> Violation {
        Violation { is_about_rows: true, ..self }
    }
}

/// Returns a violation as the error of a monitor, with names in one array.
pub(crate) fn violated<const N: usize>(
    because: String,
    involved: [Name; N],
) -> Result<(), Violation> {
    Err(Violation::new(because, involved))
}

/// Returns a violation about rows as the error of a monitor, with names in one array.
pub(crate) fn rows_violated<const N: usize>(
    because: String,
    involved: [Name; N],
) -> Result<(), Violation> {
    Err(Violation::new(because, involved).about_rows())
}

/// Checks a history against promises, event by event.
#[derive(Debug)]
pub struct Judge {
    ledger: Ledger,
    monitors: Vec<(Property, Box<dyn Monitor>)>,
    met: BTreeSet<Need>,
    last_event: u32,
}

impl Judge {
    /// Makes a judge for these promises.
    pub fn new(properties: &[Property]) -> Judge {
        let monitors =
            properties.iter().map(|property| (property.clone(), property.monitor.make()));
        Judge {
            ledger: Ledger::default(),
            monitors: monitors.collect(),
            met: BTreeSet::new(),
            last_event: 0,
        }
    }

    /// Checks the next event.
    ///
    /// # Errors
    ///
    /// The first promise that the event breaks, in the order in which the promises were given; it
    /// names the others.
    pub fn observe(&mut self, event: &Event) -> Result<(), Violation> {
        self.take_note(event);
        first_of(self.broken_by(event))
    }

    fn broken_by(&mut self, event: &Event) -> impl Iterator<Item = Violation> {
        let ledger = &self.ledger;
        self.monitors.iter_mut().filter_map(move |(property, monitor)| {
            let found = monitor.observe(event, ledger).err()?;
            Some(complete(found, property, event.number))
        })
    }

    fn broken_at_end(&mut self) -> impl Iterator<Item = Violation> {
        let Judge { ledger, monitors, last_event, .. } = self;
        monitors.iter_mut().filter_map(move |(property, monitor)| {
            let found = monitor.finish(ledger).err()?;
            Some(complete(found, property, *last_event))
        })
    }

    fn take_note(&mut self, event: &Event) {
        self.ledger.observe(event);
        self.met.extend(Need::met_by(&event.kind));
        self.last_event = event.number;
    }

    /// Checks the next event against every promise and returns all violations. It serves a caller
    /// that goes on after a violation.
    pub fn observe_all(&mut self, event: &Event) -> Vec<Violation> {
        self.take_note(event);
        self.broken_by(event).collect()
    }

    /// Checks the end of the history against every promise. Returns one violation for each promise
    /// that did not come true.
    pub fn finish_all(&mut self) -> Vec<Violation> {
        self.broken_at_end().collect()
    }

    /// Checks the end of the history, when nothing is in flight any more.
    ///
    /// # Errors
    ///
    /// The first promise that did not come true; it names the others.
    pub fn finish(&mut self) -> Result<(), Violation> {
        first_of(self.broken_at_end())
            .map_err(|first| Violation { pending: pending(&self.ledger), ..first })
    }

    /// The number of tests of each promise so far, in the order the promises were given. A promise
    /// without any test is vacuous.
    pub fn tested(&self) -> impl Iterator<Item = (&'static str, u64)> {
        self.monitors.iter().map(|(property, monitor)| (property.id, monitor.times()))
    }

    /// The needs that the history has met so far. A promise with another need does not apply.
    pub fn met(&self) -> &BTreeSet<Need> {
        &self.met
    }

    /// Adds everything that can still make a difference to a promise. Returns false if a monitor
    /// cannot be sketched.
    ///
    /// Call it only between happenings, not between an effect and the changes that belong to it.
    pub fn sketch(&self, sketch: &mut Sketch) -> bool {
        self.ledger.sketch(sketch);
        self.monitors.iter().all(|(_, monitor)| monitor.sketch(sketch))
    }

    /// The state of the world after the events so far.
    pub fn ledger(&self) -> &Ledger {
        &self.ledger
    }
}

/// Returns the first of some violations as an error that names the others.
fn first_of(mut broken: impl Iterator<Item = Violation>) -> Result<(), Violation> {
    let Some(first) = broken.next() else { return Ok(()) };
    let also = broken.map(|violation| violation.property).collect();
    Err(Violation { also, ..first })
}

fn complete(found: Violation, property: &Property, event: u32) -> Violation {
    let Property { id, kind, promise, .. } = property;
    Violation { property: id, promise, kind: *kind, event, ..found }
}
