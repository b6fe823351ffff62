//! The specification as a document for people.

use std::fmt::Write;

use crate::quotas::{
    BURST_MAX, CONNECTION_DURATION_MAX, IDLE_TIMEOUT, INTEGRATION_TIMEOUT, MESSAGE_BYTES_MAX,
    REQUESTS_PER_SECOND_MAX,
};
use crate::{Property, properties, ready, witnesses};

/// The text of `spec/SPEC.md`: the promises, the witnesses, and the limits that no handler can
/// change.
pub fn markdown() -> String {
    let mut text = INTRODUCTION.to_owned();
    line(&mut text, ON_SOURCES);
    properties::ALL.iter().for_each(|property| write_promise(&mut text, property));
    line(&mut text, READY);
    ready::samples().iter().for_each(|property| write_promise(&mut text, property));
    text.push_str(WITNESSES);
    for witness in &witnesses::ALL {
        writeln!(text, "- **{}**: {}", witness.id, witness.sentence).expect("text takes any text");
    }
    text.push_str(&limits());
    text
}

fn write_promise(text: &mut String, property: &Property) {
    let Property { id, kind, promise, reason, .. } = property;
    line(text, &format!("**{id}** ({kind}). {promise}"));
    line(text, &format!("Why: {reason}"));
    line(text, &sources(property.sources));
}

fn line(text: &mut String, paragraph: &str) {
    text.push_str(paragraph);
    text.push_str("\n\n");
}

fn sources(sources: &[&str]) -> String {
    let items: Vec<String> = sources.iter().map(|source| format!("- {source}")).collect();
    format!("Sources:\n{}", items.join("\n"))
}

const INTRODUCTION: &str = "\
# What a serverless WebSocket service promises

Made by `cargo sim spec --markdown` from the code that checks every promise.

";

/// The note that tells a reader where the sources of the promises are.
pub const ON_SOURCES: &str = "\
FACTS n.m is a row of the project's collected facts about AWS (see spec/FACTS.md). The guides are \
on docs.aws.amazon.com; behind the name of each stands its page.";

const READY: &str = "\
## Ready-made promises

An application that makes one of these adds it to its own, from `stormglass_spec::ready`. The last \
three have parameters.";

const WITNESSES: &str = "\
## What a search must have met

Silence means something only if the search was where promises break. It is not asleep if sometimes

";

/// The section on the limits of AWS, which no handler can change.
fn limits() -> String {
    let within = INTEGRATION_TIMEOUT.as_secs();
    let most = u64::from(BURST_MAX) + u64::from(REQUESTS_PER_SECOND_MAX) * within;
    format!(
        "
## What one broadcast can reach

The gateway waits {within} s for an invocation, and an account may send {rate} requests per \
second and {burst} at once, messages and posts together, unless its quota has been raised \
(FACTS 3.1). So one invocation reaches at most {burst} + {within} x {rate} = {most} connections, \
and none more than its own concurrency allows: time x posts in flight / latency of a post. What \
it does not reach is acknowledged as `complete: false`, so nobody is told of a delivery that did \
not happen.

A message has at most {bytes} bytes, a connection lasts {hours} h at most and {idle} min without \
a message (FACTS 3.1, 3.2).
",
        rate = REQUESTS_PER_SECOND_MAX,
        burst = BURST_MAX,
        bytes = MESSAGE_BYTES_MAX,
        hours = CONNECTION_DURATION_MAX.as_secs() / 3_600,
        idle = IDLE_TIMEOUT.as_secs() / 60,
    )
}
