//! Promise `no-skip`: the program of a client shows numbered texts without a gap.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::Arc;

use super::in_order::Number;
use crate::history::{Event, EventKind};
use crate::ledger::Ledger;
use crate::name::MessageName;
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};

/// Returns the promise that a program shows its user one number after the other.
///
/// `number` reads the number of a text; `None` stands for a text without one. The first text that a
/// program shows may have any number; each later one has the next. A program that is started anew
/// begins anew.
pub fn no_skip(number: impl Fn(&str) -> Option<u64> + Send + Sync + 'static) -> Property {
    let number: Number = Arc::new(number);
    Property {
        id: "no-skip",
        kind: PropertyKind::Always,
        promise: "The program of a client shows its user numbered texts in their order, each \
                  once, and none is left out.",
        reason: "Every connection ends after two hours at the latest, so a reader who is not \
                 given what came in between has a hole in the story and does not see it.",
        sources: &[
            "FACTS 3.1: a connection lasts two hours at most (API Gateway quotas)",
            "FACTS 4.3: nothing is said of the order of posts to one connection \
             (repost.aws/questions/QUo2AXrcKYT0arTRwBNjzMdA)",
        ],
        needs: &[],
        monitor: MonitorMaker::closure(move || {
            let number = Arc::clone(&number);
            Box::new(NoSkip { number, times: 0, last: BTreeMap::new() })
        }),
    }
}

struct NoSkip {
    number: Number,
    times: u64,
    /// The last number that each program has shown, and its event.
    last: BTreeMap<MessageName, (u64, u32)>,
}

impl fmt::Debug for NoSkip {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NoSkip").field("last", &self.last).finish_non_exhaustive()
    }
}

impl Monitor for NoSkip {
    fn observe(&mut self, event: &Event, _: &Ledger) -> Result<(), Violation> {
        let EventKind::Presented { program, connection, text } = &event.kind else {
            return Ok(());
        };
        let Some(number) = (self.number)(text) else { return Ok(()) };
        let last = self.last.insert(program.clone(), (number, event.number));
        let Some((last, shown)) = last else { return Ok(()) };
        self.times += 1;
        if number == last + 1 {
            return Ok(());
        }
        let because = format!(
            "{} showed number {number} in step {}, and number {last} before it in step {shown}.",
            connection.client(),
            event.number
        );
        violated(because, [connection.into(), program.into()])
    }

    fn times(&self) -> u64 {
        self.times
    }
}
