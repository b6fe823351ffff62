//! Provisioned throughput, and its changes.

use stormglass_spec::{EPOCH_MS, Time};

use super::{ChangeSpan, Viewpoint, date};
use crate::answer::Answer;
use crate::json::Object;
use crate::members::Members;

const UNITS_MAX: u64 = 1_000_000_000_000;
const DAY_MS: u64 = 24 * 60 * 60 * 1_000;

/// Capacity units per second.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Throughput {
    pub(crate) read: u64,
    pub(crate) write: u64,
}

/// The throughput of a table or an index, and its changes. On-demand tables have none.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Provision {
    now: Throughput,
    /// The throughput that a description shows until the last change is done.
    before: Option<(ChangeSpan, Throughput)>,
    increase: Option<ChangeSpan>,
    decrease: Option<ChangeSpan>,
    /// The decreases on the day of the last one.
    decreases: Vec<ChangeSpan>,
}

impl Throughput {
    /// Reads the member `ProvisionedThroughput`.
    pub(crate) fn read(members: &mut Members<'_>) -> Result<Option<Throughput>, Answer> {
        members.structure("ProvisionedThroughput", "ProvisionedThroughput", |inner| {
            let write = units(inner, "WriteCapacityUnits")?;
            let read = units(inner, "ReadCapacityUnits")?;
            Ok(Throughput { read, write })
        })
    }

    /// True if both numbers are in the range that AWS accepts.
    pub(crate) fn is_in_bounds(self) -> bool {
        self.read <= UNITS_MAX && self.write <= UNITS_MAX
    }

    /// Refuses numbers beyond that range.
    pub(crate) fn check_bounds(self) -> Result<(), Answer> {
        let (name, value) = if self.read > UNITS_MAX {
            ("ReadCapacityUnits", self.read)
        } else if self.write > UNITS_MAX {
            ("WriteCapacityUnits", self.write)
        } else {
            return Ok(());
        };
        Err(Answer::validation(&format!("Given value {value} for {name} is out of bounds")))
    }
}

impl Provision {
    pub(crate) fn new(now: Throughput) -> Provision {
        Provision { now, ..Provision::default() }
    }

    /// The throughput after the last change, pending or done.
    pub(crate) fn throughput(&self) -> Throughput {
        self.now
    }

    /// Changes the throughput.
    ///
    /// Descriptions show the change once it is done; at once if there was no throughput before.
    pub(crate) fn change(&mut self, to: Throughput, span: ChangeSpan) {
        let from = self.now;
        self.change_at_once(to, span);
        if from != Throughput::default() {
            self.before = Some((span, from));
        }
    }

    /// Changes the throughput, and shows it at once, as AWS does when the billing changes.
    pub(crate) fn change_at_once(&mut self, to: Throughput, span: ChangeSpan) {
        self.before = None;
        let from = std::mem::replace(&mut self.now, to);
        if to.read > from.read || to.write > from.write {
            self.increase = Some(span);
        }
        if to.read < from.read || to.write < from.write {
            self.decrease = Some(span);
            self.decreases.retain(|earlier| day(earlier.done_at) == day(span.done_at));
            self.decreases.push(span);
        }
    }

    /// The JSON of a `ProvisionedThroughputDescription`.
    pub(crate) fn describe(&self, view: Viewpoint) -> String {
        let shown = match self.before {
            Some((span, before)) if view.is_pending(span) => before,
            _ => self.now,
        };
        let date_of = |span: Option<ChangeSpan>| span.map(|span| date(view.moment_of(span)));
        let done_today =
            |span: &&ChangeSpan| !view.is_pending(**span) && day(span.done_at) == day(view.now());
        let decreases = self.decreases.iter().filter(done_today).count();
        Object::new()
            .json_if("LastIncreaseDateTime", date_of(self.increase))
            .json_if("LastDecreaseDateTime", date_of(self.decrease))
            .json("NumberOfDecreasesToday", &decreases.to_string())
            .number("ReadCapacityUnits", shown.read)
            .number("WriteCapacityUnits", shown.write)
            .finish()
    }
}

fn units(members: &mut Members<'_>, name: &str) -> Result<u64, Answer> {
    let units = members.long(name, 1)?;
    if units.is_none() {
        members.missing(name);
    }
    Ok(units.unwrap_or_default())
}

fn day(time: Time) -> u64 {
    (EPOCH_MS + time.millis()) / DAY_MS
}
