//! Sketches of the pollers.

use std::collections::BTreeSet;

use stormglass_spec::Sketch;

use super::*;

fn sketch(deployment: &Deployment) -> u128 {
    let mut sketch = Sketch::default();
    deployment.pollers.sketch(&mut sketch);
    sketch.finish()
}

#[test]
fn everything_that_happens_to_a_batch_tells_the_pollers_apart() {
    let mut deployment = deployed(mapping().window(seconds(1)));
    let mut sketches = vec![sketch(&deployment)];
    deployment.send(at(0), "hi");
    assert_eq!(deployment.poll(at(0)), None);
    sketches.push(sketch(&deployment));
    let batch = deployment.poll(at(1)).unwrap();
    sketches.push(sketch(&deployment));
    deployment.end(at(2), &batch, &QueueBatchOutcome::Failed);
    sketches.push(sketch(&deployment));
    let distinct: BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}
