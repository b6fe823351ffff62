//! Tests of Lambda from its driver's side: inputs and times go in, answers and effects come out.

mod lineage;
mod placement;
mod traces;

use std::collections::BTreeSet;

use stormglass_spec::{Sketch, Time};

use super::*;

fn at(seconds: u64) -> Time {
    Time::from_millis(seconds * 1_000)
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
