//! Batches: their size, their window, and the lanes of a shard (FACTS 13.8).

use std::collections::BTreeSet;

use stormglass_spec::Sketch;

use super::*;

#[test]
fn a_batch_is_the_event_of_a_function() {
    let mut bench = Bench::new(|_| {});
    let batch = bench.batch(0, &["1", "2"]);
    assert_eq!(batch.event, r#"{"Records":[{"eventID":"1"},{"eventID":"2"}]}"#);
    assert_eq!((batch.shard.as_str(), batch.function.as_str()), (SHARD, "worker"));
    assert_eq!((batch.id.as_str().len(), &batch.id.as_str()[14..15]), (36, "4"));
    assert_eq!(bench.mapping.position(SHARD), Some("2"));
}

#[test]
fn a_shard_has_one_batch_at_a_time() {
    let mut bench = Bench::new(|settings| settings.batch_size = 2);
    let first = bench.batch(0, &["1", "2", "3"]);
    assert_eq!(numbers(&first), ["1", "2"]);
    assert_eq!(bench.poll(1, &["4", "5"]), []);
    assert_eq!(bench.due(), None);
    bench.succeed(2, &first);
    assert_eq!(bench.due(), Some(0), "it has been waiting");
    let second = bench.batch(2, &[]);
    assert_eq!(numbers(&second), ["3", "4"]);
    assert_ne!(second.id, first.id);
    bench.succeed(3, &second);
    let third = bench.batch(3, &[]);
    assert_eq!(numbers(&third), ["5"]);
    bench.succeed(4, &third);
    assert_eq!((bench.due(), bench.poll(4, &[])), (None, vec![]));
}

#[test]
fn a_window_waits_for_a_full_batch() {
    let mut bench = Bench::new(|settings| {
        settings.batch_size = 3;
        settings.window = Duration::from_secs(10);
    });
    assert_eq!(bench.poll(5, &["1"]), []);
    assert_eq!(bench.due(), Some(15));
    assert_eq!(bench.poll(14, &["2"]), []);
    let batch = bench.batch(15, &[]);
    assert_eq!(numbers(&batch), ["1", "2"]);
    bench.succeed(15, &batch);
    assert_eq!(numbers(&bench.batch(16, &["3", "4", "5"])), ["3", "4", "5"]);
}

#[test]
fn an_event_has_six_megabytes_at_most() {
    let mut bench = Bench::new(|settings| settings.window = Duration::from_secs(10));
    let large = |key: &str| {
        let json = format!("\"{}\"", "x".repeat(2 * 1024 * 1024));
        ShardRecord { json, ..record(key, at(0)) }
    };
    let records = vec![large("1"), large("2"), large("3"), large("4")];
    let effects = bench.mapping.poll(at(0), SHARD, records, "k");
    let [StreamEffect::Invoke(batch)] = &effects[..] else { panic!("a full batch does not wait") };
    assert_eq!(numbers(batch), ["1", "2"]);
    assert!(batch.event.len() <= 6 * 1024 * 1024);
}

#[test]
fn lanes_run_side_by_side_and_a_key_stays_in_its_lane() {
    let mut bench = Bench::new(|settings| settings.parallelization_factor = 4);
    let keys: Vec<_> = (0..20).map(|key| key.to_string()).collect();
    let keys: Vec<_> = keys.iter().map(String::as_str).collect();
    let effects = bench.poll(0, &keys);
    let batches: Vec<_> = effects
        .iter()
        .map(|effect| match effect {
            StreamEffect::Invoke(batch) => batch.clone(),
            other => panic!("{other:?}"),
        })
        .collect();
    assert_eq!(batches.len(), 4);
    let all: BTreeSet<_> = batches.iter().flat_map(numbers).collect();
    assert_eq!(all.len(), 20);
    let ids: BTreeSet<_> = batches.iter().map(|batch| &batch.id).collect();
    assert_eq!(ids.len(), 4);
    // All keys again: each waits for the batch that has it.
    assert_eq!(bench.poll(1, &keys), []);
    bench.fail(1, &batches[0]);
    bench.succeed(1, &batches[2]);
    let next = bench.batch(1, &[]);
    assert_eq!(numbers(&next), numbers(&batches[2]));
}

#[test]
fn the_last_batch_can_come_again_beside_the_others() {
    let mut bench = Bench::new(|_| {});
    assert_eq!(bench.mapping.repeat_last(SHARD, "r0"), None);
    let first = bench.batch(0, &["1"]);
    assert_eq!(bench.mapping.repeat_last(SHARD, "r1"), None, "it has not succeeded yet");
    bench.succeed(1, &first);
    let second = bench.batch(2, &["2"]);
    let again = bench.mapping.repeat_last(SHARD, "r2").expect("a batch has succeeded");
    assert_eq!((&again.event, numbers(&again)), (&first.event, vec!["1"]));
    assert_ne!(again.id, first.id);
    bench.fail(3, &again);
    assert_eq!(bench.due(), None, "the outcome changes nothing");
    bench.succeed(3, &second);
    assert_eq!(bench.due(), None);
}

#[test]
fn all_that_happens_tells_mappings_apart() {
    let sketch = |bench: &Bench| {
        let mut sketch = Sketch::default();
        bench.mapping.sketch(&mut sketch);
        sketch.finish()
    };
    let mut bench = Bench::new(|settings| settings.window = Duration::from_secs(10));
    let mut sketches = vec![sketch(&bench)];
    bench.poll(0, &["1", "2"]);
    sketches.push(sketch(&bench));
    let batch = bench.batch(10, &[]);
    sketches.push(sketch(&bench));
    bench.fail(10, &batch);
    sketches.push(sketch(&bench));
    let batch = bench.batch(11, &[]);
    bench.fail(11, &batch);
    sketches.push(sketch(&bench));
    let batch = bench.batch(13, &[]);
    bench.succeed(13, &batch);
    sketches.push(sketch(&bench));
    bench.mapping.repeat_last(SHARD, "r");
    sketches.push(sketch(&bench));
    bench.mapping.end_shard(SHARD);
    sketches.push(sketch(&bench));
    let distinct: BTreeSet<u128> = sketches.iter().copied().collect();
    assert_eq!(distinct.len(), sketches.len());
}
