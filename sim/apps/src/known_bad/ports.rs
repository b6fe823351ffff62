//! The bugs of the tutorial and of AWS's sample, each on its own.
//!
//! Both applications have many bugs, and several break the same promise. So a hunt for one of them
//! makes its promise the only one, and counts only the runs in which that bug shows. The numbers
//! are those of the lists in `tutorial` and `aws_sample`.

use stormglass::known_bad::{AdaptedApp, KnownBug};
use stormglass_sim::faults::Fault;
use stormglass_sim::{App, Run};
use stormglass_spec::history::EventKind;
use stormglass_spec::properties::{DELIVERED, DISCREET, IN_TIME, ISOLATED, NO_GHOSTS, REGISTERED};
use stormglass_spec::{Name, Property, Violation};

use crate::{AwsSample, Tutorial};

const TUTORIAL: &str = "sim/apps/src/tutorial.rs";
const AWS_SAMPLE: &str = "sim/apps/src/aws_sample.rs";

/// The ports with two-way routes: only then does a client see a stack in a reply.
static TWO_WAY_TUTORIAL: AdaptedApp<'static> = AdaptedApp::two_way(&Tutorial);
static TWO_WAY_AWS_SAMPLE: AdaptedApp<'static> = AdaptedApp::two_way(&AwsSample);

/// Returns every bug of both applications.
#[rustfmt::skip]
pub(crate) fn all() -> [KnownBug; 17] {
    [
        tutorial("tutorial-1", NO_GHOSTS, "a failed handshake leaves a row", a_refused_ghost),
        tutorial("tutorial-2", DELIVERED, "one page is read", a_page_was_missed),
        tutorial("tutorial-3", DELIVERED, "the read may be stale", a_read_was_stale),
        tutorial("tutorial-4", NO_GHOSTS, "cleaning up throws a ReferenceError", a_closed_ghost),
        tutorial("tutorial-5", ISOLATED, "Promise.all rejects at the first failure", always),
        tutorial("tutorial-6", IN_TIME, "no call has a timeout", always),
        KnownBug {
            app: &TWO_WAY_TUTORIAL,
            ..tutorial("tutorial-7", DISCREET, "stacks in bodies", always)
        },
        tutorial("tutorial-8", REGISTERED, "$disconnect takes any event", always),
        aws_sample("aws-sample-1", NO_GHOSTS, "a 410 is never recognised", a_closed_ghost),
        KnownBug {
            hidden_by: Some("aws-sample-1"),
            ..aws_sample(
                "aws-sample-2", REGISTERED, "the row deleted would be the sender's", always,
            )
        },
        aws_sample("aws-sample-3", ISOLATED, "Promise.all rejects at the first failure", always),
        aws_sample("aws-sample-4-page", DELIVERED, "one page is read", a_page_was_missed),
        aws_sample("aws-sample-4-stale", DELIVERED, "the read may be stale", a_read_was_stale),
        aws_sample("aws-sample-5", NO_GHOSTS, "a failed handshake leaves a row", a_refused_ghost),
        aws_sample("aws-sample-hang", IN_TIME, "no call has a timeout", always),
        KnownBug {
            app: &TWO_WAY_AWS_SAMPLE,
            ..aws_sample("aws-sample-stack", DISCREET, "stacks in bodies", always)
        },
        aws_sample("aws-sample-event", REGISTERED, "$disconnect takes any event", always),
    ]
}

type CauseCheck = fn(&Run, &Violation) -> bool;

fn tutorial(
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    is_cause: CauseCheck,
) -> KnownBug {
    bug(&Tutorial, TUTORIAL, name, promise, mistake, is_cause)
}

fn aws_sample(
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    is_cause: CauseCheck,
) -> KnownBug {
    bug(&AwsSample, AWS_SAMPLE, name, promise, mistake, is_cause)
}

fn bug(
    app: &'static dyn App,
    file: &'static str,
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    is_cause: CauseCheck,
) -> KnownBug {
    KnownBug { name, app, promise, mistake, file, hidden_by: None, is_one_of_many: true, is_cause }
}

pub(crate) fn always(_: &Run, _: &Violation) -> bool {
    true
}

/// Reports whether a row was missed because it was on a later page, not because of a stale read.
fn a_page_was_missed(run: &Run, _: &Violation) -> bool {
    run.case.plan.deployment.page_rows_max.is_some() && !has_stale_read(run)
}

/// Reports whether a read was stale, and there was only one page.
fn a_read_was_stale(run: &Run, _: &Violation) -> bool {
    run.case.plan.deployment.page_rows_max.is_none() && has_stale_read(run)
}

fn has_stale_read(run: &Run) -> bool {
    let mut choices = run.case.schedule.deviations.values();
    choices.any(|choice| choice.fault() == Some(Fault::Stale))
}

/// Reports whether the row of a connection that never opened stayed.
fn a_refused_ghost(run: &Run, violation: &Violation) -> bool {
    ghost(violation).is_some_and(|ghost| !has_opened(run, ghost))
}

/// Reports whether the row of a connection that was open and then closed stayed.
fn a_closed_ghost(run: &Run, violation: &Violation) -> bool {
    ghost(violation).is_some_and(|ghost| has_opened(run, ghost) && has_closed(run, ghost))
}

/// Returns the connection whose row stayed, in a violation of `no-ghosts`.
fn ghost(violation: &Violation) -> Option<&str> {
    violation.involved.first().map(Name::as_str)
}

fn has_opened(run: &Run, name: &str) -> bool {
    run.history.events.iter().any(|event| {
        matches!(&event.kind, EventKind::HandshakeOpened { connection }
            if *connection == *name)
    })
}

fn has_closed(run: &Run, name: &str) -> bool {
    run.history.events.iter().any(
        |event| matches!(&event.kind, EventKind::Closed { connection, .. } if *connection == *name),
    )
}
