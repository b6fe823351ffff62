//! Tests of Lambda from its driver's side: inputs and times go in, answers and effects come out.

mod answers;
mod events;
mod failures;
mod lineage;
mod placement;
mod records;
mod references;
mod requests;
mod traces;

use std::collections::BTreeSet;

use stormglass_spec::{Sketch, Time};

use super::*;
use crate::http::{HttpAnswer, HttpRequest};

const ARN: &str = "arn:aws:lambda:eu-central-1:123456789012:function:notify";

fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
}

fn notify() -> FunctionReference {
    FunctionReference::new("notify")
}

/// The answer as it goes over the wire, without the line of the protocol.
fn wire(answer: &HttpAnswer) -> String {
    let headers = answer.headers.iter().map(|(name, value)| format!("{name}: {value}\n"));
    let headers: String = headers.collect();
    let body = String::from_utf8(answer.body.clone()).expect("a text");
    format!("{}\n{headers}\n{body}", answer.status)
}

fn sketch(add: impl FnOnce(&mut Sketch)) -> u128 {
    let mut sketch = Sketch::default();
    add(&mut sketch);
    sketch.finish()
}

fn assert_distinct(sketches: &[u128]) {
    let distinct: BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}
