//! The faults of the tutorial and of AWS's sample, each on its own.
//!
//! Both applications have many, and several break the same promise. So each fault is hunted with
//! its application held to one promise, and what counts is a run in which that fault shows and not
//! another one. The numbers are those of the lists in `tutorial` and `aws_sample`.

use stormglass_sim::faults::Fault;
use stormglass_sim::{App, Run};
use stormglass_spec::properties::{DELIVERED, DISCREET, IN_TIME, ISOLATED, NO_GHOSTS, REGISTERED};
use stormglass_spec::{Property, Violation};

use crate::two_way::TwoWay;
use crate::{AwsSample, Bad, Tutorial};

const TUTORIAL: &str = "sim/known-bad/src/tutorial.rs";
const AWS_SAMPLE: &str = "sim/known-bad/src/aws_sample.rs";

/// Their replies go nowhere, so a stack in one shows only where routes are two-way.
static TWO_WAY_TUTORIAL: TwoWay<'static> = TwoWay(&Tutorial);
static TWO_WAY_AWS_SAMPLE: TwoWay<'static> = TwoWay(&AwsSample);

/// Every fault of both applications.
#[rustfmt::skip]
pub(crate) static ALL: [Bad; 17] = [
    tutorial("tutorial-1", NO_GHOSTS, "a failed handshake leaves a row", a_refused_ghost),
    tutorial("tutorial-2", DELIVERED, "one page is read", a_page_was_missed),
    tutorial("tutorial-3", DELIVERED, "the read may be stale", a_read_was_stale),
    tutorial("tutorial-4", NO_GHOSTS, "cleaning up throws a ReferenceError", a_closed_ghost),
    tutorial("tutorial-5", ISOLATED, "Promise.all rejects at the first failure", always),
    tutorial("tutorial-6", IN_TIME, "no call has a timeout", always),
    Bad { app: &TWO_WAY_TUTORIAL, ..tutorial("tutorial-7", DISCREET, "stacks in bodies", always) },
    tutorial("tutorial-8", REGISTERED, "$disconnect takes any event", always),
    aws_sample("aws-sample-1", NO_GHOSTS, "a 410 is never recognised", a_closed_ghost),
    Bad {
        hidden_by: Some("aws-sample-1"),
        ..aws_sample("aws-sample-2", REGISTERED, "the row deleted would be the sender's", always)
    },
    aws_sample("aws-sample-3", ISOLATED, "Promise.all rejects at the first failure", always),
    aws_sample("aws-sample-4-page", DELIVERED, "one page is read", a_page_was_missed),
    aws_sample("aws-sample-4-stale", DELIVERED, "the read may be stale", a_read_was_stale),
    aws_sample("aws-sample-5", NO_GHOSTS, "a failed handshake leaves a row", a_refused_ghost),
    aws_sample("aws-sample-hang", IN_TIME, "no call has a timeout", always),
    Bad {
        app: &TWO_WAY_AWS_SAMPLE,
        ..aws_sample("aws-sample-stack", DISCREET, "stacks in bodies", always)
    },
    aws_sample("aws-sample-event", REGISTERED, "$disconnect takes any event", always),
];

type Shows = fn(&Run, &Violation) -> bool;

const fn tutorial(
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    shows: Shows,
) -> Bad {
    fault(&Tutorial, TUTORIAL, name, promise, mistake, shows)
}

const fn aws_sample(
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    shows: Shows,
) -> Bad {
    fault(&AwsSample, AWS_SAMPLE, name, promise, mistake, shows)
}

const fn fault(
    app: &'static dyn App,
    file: &'static str,
    name: &'static str,
    promise: Property,
    mistake: &'static str,
    shows: Shows,
) -> Bad {
    Bad { name, app, promise, mistake, file, hidden_by: None, is_one_of_many: true, shows }
}

pub(crate) fn always(_: &Run, _: &Violation) -> bool {
    true
}

/// Somebody stood on another page, and nothing was stale.
fn a_page_was_missed(run: &Run, _: &Violation) -> bool {
    run.case.plan.deployment.page_rows_max.is_some() && !has_stale_read(run)
}

/// A read was stale, and there was one page.
fn a_read_was_stale(run: &Run, _: &Violation) -> bool {
    run.case.plan.deployment.page_rows_max.is_none() && has_stale_read(run)
}

fn has_stale_read(run: &Run) -> bool {
    let mut choices = run.case.schedule.deviations.values();
    choices.any(|choice| choice.fault() == Some(Fault::Stale))
}

/// A row was left by a connection that never opened.
fn a_refused_ghost(_: &Run, violation: &Violation) -> bool {
    ["was refused", "never opened"].iter().any(|words| violation.because.contains(words))
}

/// A row was left by a connection that had been open.
fn a_closed_ghost(_: &Run, violation: &Violation) -> bool {
    violation.because.contains("was closed")
}
