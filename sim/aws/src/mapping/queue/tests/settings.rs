//! The rules for mappings (FACTS 12.21 to 12.24).

use super::*;

fn check(mapping: &QueueMapping, queue: &Queue) -> Result<(), String> {
    mapping.check(queue, seconds(30)).map_err(|error| error.to_string())
}

#[test]
fn the_batch_size_has_a_range() {
    let letters = Queue::new("letters");
    let windowed = mapping().window(seconds(1));
    for (mapping, error) in [
        (mapping().batch_size(10), None),
        (windowed.clone().batch_size(10_000), None),
        (
            mapping().batch_size(0),
            Some("the batch size of queue \"letters\" must be 1 to 10000, not 0"),
        ),
        (
            windowed.batch_size(10_001),
            Some("the batch size of queue \"letters\" must be 1 to 10000, not 10001"),
        ),
        (
            mapping().batch_size(11).window(Duration::from_millis(999)),
            Some(
                "a batch size above 10 needs a window of at least 1 s, and queue \"letters\" has \
                 less",
            ),
        ),
    ] {
        assert_eq!(check(&mapping, &letters).err().as_deref(), error);
    }
}

#[test]
fn a_fifo_queue_has_small_batches_and_no_window() {
    let moves = Queue::fifo("moves.fifo");
    let mapping = QueueMapping::new("moves.fifo", "move");
    assert_eq!(check(&mapping, &moves), Ok(()));
    assert_eq!(
        check(&mapping.clone().batch_size(11), &moves).unwrap_err(),
        "the batch size of queue \"moves.fifo\" must be 1 to 10, not 11"
    );
    assert_eq!(
        check(&mapping.window(seconds(1)), &moves).unwrap_err(),
        "a FIFO queue cannot have a window: queue \"moves.fifo\""
    );
}

#[test]
fn the_window_and_the_maximum_concurrency_have_ranges() {
    let letters = Queue::new("letters").visibility_timeout(seconds(1_000));
    assert_eq!(check(&mapping().window(seconds(300)), &letters), Ok(()));
    assert_eq!(
        check(&mapping().window(seconds(301)), &letters).unwrap_err(),
        "the window of queue \"letters\" must be at most 300 s"
    );
    for (concurrency, is_allowed) in [(1, false), (2, true), (1_000, true), (1_001, false)] {
        let result = check(&mapping().concurrency_max(concurrency), &letters);
        assert_eq!(result.is_ok(), is_allowed, "{concurrency}");
    }
}

/// FACTS 12.23, in the words of AWS.
#[test]
fn a_visibility_shorter_than_the_function_is_refused() {
    let letters = Queue::new("letters");
    assert_eq!(mapping().check(&letters, seconds(30)), Ok(()));
    let error = mapping().check(&letters, seconds(60)).unwrap_err();
    assert_eq!(
        error.to_string(),
        "Queue visibility timeout: 30 seconds is less than Function timeout: 60 seconds"
    );
    assert_eq!(QueuePollers::new(mapping(), &letters, seconds(60)).unwrap_err(), error);
}

/// FACTS 12.24.
#[test]
fn a_window_can_make_the_effective_visibility_longer() {
    let letters = Queue::new("letters");
    for (window, timeout, expected) in [(0, 30, 30), (10, 20, 30), (10, 21, 61)] {
        let mapping = mapping().window(seconds(window));
        let effective = mapping.effective_visibility(&letters, seconds(timeout));
        assert_eq!(effective, seconds(expected));
    }
}
