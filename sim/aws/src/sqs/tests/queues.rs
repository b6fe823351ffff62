//! The settings of queues, checked before anything runs.

use super::*;

fn refused(queues: Vec<Queue>) -> String {
    Sqs::new(queues).unwrap_err().to_string()
}

#[test]
fn the_name_of_a_queue_says_if_it_is_a_fifo_queue() {
    let long = "x".repeat(81);
    let names = [
        Queue::new("a.fifo"),
        Queue::fifo("a"),
        Queue::fifo(".fifo"),
        Queue::new(""),
        Queue::new("a b"),
        Queue::new(&long),
    ];
    for queue in names {
        let name = queue.name.clone();
        assert_eq!(Sqs::new(vec![queue]).unwrap_err(), QueueError::Name(name));
    }
    let fifo = format!("{}.fifo", "x".repeat(75));
    assert!(Sqs::new(vec![Queue::fifo(&fifo), Queue::new("a-B_9")]).is_ok());
}

#[test]
fn settings_have_ranges() {
    let hours = |hours: u64| seconds(hours * 3_600);
    for (queue, text) in [
        (
            letters().visibility_timeout(hours(13)),
            "the visibility timeout must be at most 12 hours",
        ),
        (letters().delay(seconds(901)), "the delay must be at most 900 s"),
        (letters().retention(seconds(59)), "the retention must be 60 s to 14 days"),
        (letters().retention(hours(24 * 15)), "the retention must be 60 s to 14 days"),
        (letters().receive_wait(seconds(21)), "the wait of a receive must be at most 20 s"),
        (
            letters().message_bytes_max(1_048_577),
            "the largest size of a message must be 1,024 to 1,048,576 bytes",
        ),
        (
            letters().dead_letters_after("dead", 0),
            "the number of receives before the dead-letter queue must be 1 to 1,000",
        ),
    ] {
        assert_eq!(refused(vec![queue]), format!("queue \"letters\": {text}"));
    }
}

#[test]
fn only_a_fifo_queue_deduplicates() {
    assert_eq!(
        refused(vec![letters().deduplicating_by_content()]),
        "queue \"letters\": only a FIFO queue has deduplication by content"
    );
    assert_eq!(
        refused(vec![letters().deduplicating_in_groups()]),
        "queue \"letters\": only a FIFO queue has deduplication in groups"
    );
}

/// FACTS 12.18: the dead-letter queue has the same type.
#[test]
fn the_dead_letter_queue_exists_and_is_of_the_same_type() {
    assert_eq!(
        refused(vec![letters().dead_letters("dead")]),
        "queue \"letters\": its dead-letter queue \"dead\" does not exist"
    );
    assert_eq!(
        refused(vec![letters().dead_letters("dead.fifo"), Queue::fifo("dead.fifo")]),
        "queue \"letters\": its dead-letter queue \"dead.fifo\" is of another type"
    );
}

#[test]
fn two_queues_have_different_names() {
    assert_eq!(refused(vec![letters(), letters()]), "queue \"letters\" is there twice");
}
