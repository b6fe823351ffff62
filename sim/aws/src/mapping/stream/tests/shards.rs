//! Shards: where a mapping starts, and parents before their children (FACTS 13.4, 13.14).

use super::*;

fn readable(mapping: &StreamMapping) -> Vec<&str> {
    mapping.readable_shards().collect()
}

#[test]
fn a_mapping_starts_at_the_oldest_record_or_behind_the_newest() {
    for (starting_position, expected) in
        [(StartingPosition::TrimHorizon, None), (StartingPosition::Latest, Some("9"))]
    {
        let settings = StreamSettings { starting_position, ..settings() };
        let mut mapping = StreamMapping::new(settings).expect("the settings are sound");
        mapping.add_shard("a", None, Some("9"));
        assert_eq!(mapping.position("a"), expected);
        mapping.add_shard("a", None, Some("10"));
        assert_eq!(mapping.position("a"), expected, "it is being read");
    }
}

#[test]
fn a_child_waits_for_its_parent_and_starts_with_its_first_record() {
    let mut bench = Bench::new(|settings| settings.starting_position = StartingPosition::Latest);
    let batch = bench.batch(0, &["1"]);
    bench.mapping.add_shard("child", Some(SHARD), Some("5"));
    assert_eq!(bench.mapping.position("child"), None);
    bench.mapping.end_shard(SHARD);
    assert_eq!(readable(&bench.mapping), [SHARD]);
    let records = || vec![record("2", at(0))];
    assert_eq!(bench.mapping.poll(at(0), "child", records(), "k1"), []);
    assert_eq!(bench.mapping.position("child"), None, "it took nothing");
    bench.fail(0, &batch);
    let batch = bench.batch(1, &[]);
    bench.succeed(1, &batch);
    assert_eq!(readable(&bench.mapping), ["child"]);
    let effects = bench.mapping.poll(at(1), "child", records(), "k2");
    assert!(matches!(&effects[..], [StreamEffect::Invoke(batch)] if batch.sequences == ["2"]));
}

#[test]
fn the_child_of_a_shard_that_was_read_to_its_end_starts_with_its_first_record_too() {
    let mut bench = Bench::new(|settings| settings.starting_position = StartingPosition::Latest);
    bench.mapping.end_shard(SHARD);
    bench.mapping.add_shard("child", Some(SHARD), Some("5"));
    assert_eq!((bench.mapping.position("child"), readable(&bench.mapping)), (None, vec!["child"]));
    bench.mapping.add_shard(SHARD, None, None);
    assert_eq!(readable(&bench.mapping), ["child"], "no shard is read twice");
}

#[test]
fn a_shard_that_the_mapping_does_not_read_takes_no_records() {
    let mut bench = Bench::new(|_| {});
    let records = vec![record("1", at(0))];
    assert_eq!(bench.mapping.poll(at(0), "other", records, "k"), []);
    assert_eq!(bench.mapping.position("other"), None);
}

#[test]
fn settings_out_of_range_are_refused() {
    type Change = fn(&mut StreamSettings);
    let changes: [(Change, &str); 8] = [
        (|settings| settings.batch_size = 0, "BatchSize must be from 1 to 10,000"),
        (|settings| settings.batch_size = 10_001, "BatchSize must be from 1 to 10,000"),
        (
            |settings| settings.window = Duration::from_secs(301),
            "MaximumBatchingWindowInSeconds must be at most 300",
        ),
        (
            |settings| settings.parallelization_factor = 0,
            "ParallelizationFactor must be from 1 to 10",
        ),
        (
            |settings| settings.parallelization_factor = 11,
            "ParallelizationFactor must be from 1 to 10",
        ),
        (
            |settings| settings.maximum_retry_attempts = Some(10_001),
            "MaximumRetryAttempts must be at most 10,000",
        ),
        (
            |settings| settings.maximum_record_age = Some(Duration::from_secs(59)),
            "MaximumRecordAgeInSeconds must be from 60 to 604,800",
        ),
        (
            |settings| settings.maximum_record_age = Some(Duration::from_secs(604_801)),
            "MaximumRecordAgeInSeconds must be from 60 to 604,800",
        ),
    ];
    for (change, expected) in changes {
        let mut settings = settings();
        change(&mut settings);
        assert_eq!(StreamMapping::new(settings).err().as_deref(), Some(expected));
    }
}
