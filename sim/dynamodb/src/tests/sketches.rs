//! What tells two states of the tables apart.

use std::time::Duration;

use stormglass_spec::Sketch;

use super::World;

/// For reads that are behind by 500 ms at most.
fn sketch(world: &World) -> u128 {
    let mut sketch = Sketch::default();
    world.db.sketch(world.now, Duration::from_millis(500), &mut sketch);
    sketch.finish()
}

#[test]
fn rows_count_and_what_is_in_them() {
    let mut world = World::new();
    world.wait(1_000);
    let mut sketches = vec![sketch(&world)];
    for attributes in ["", r#","x":{"S":"1"}"#, r#","x":{"S":"2"}"#] {
        world.put("a", attributes);
        world.wait(1_000);
        sketches.push(sketch(&world));
    }
    world.put("b", "");
    world.wait(1_000);
    sketches.push(sketch(&world));
    let distinct: std::collections::BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}

#[test]
fn the_past_counts_for_as_long_as_a_read_can_see_it() {
    let after = |since_ms| {
        let mut world = World::new();
        world.wait(1_000);
        world.put("a", "");
        world.wait(1_000);
        world.put("a", r#","x":{"S":"2"}"#);
        world.put("b", "");
        world.delete("b");
        world.wait(since_ms);
        let mut fresh = World::new();
        fresh.wait(1_000);
        fresh.put("a", r#","x":{"S":"2"}"#);
        fresh.wait(1_000 + since_ms);
        (sketch(&world), sketch(&fresh))
    };
    let (recent, fresh) = after(499);
    assert_ne!(recent, fresh);
    let (old, fresh) = after(500);
    assert_eq!(old, fresh);
}
