use super::*;
use stormglass_spec::Sketch;

fn sketch(sns: &Sns) -> u128 {
    let mut sketch = Sketch::default();
    sns.sketch(&mut sketch);
    sketch.finish()
}

/// FACTS 15.5.
#[test]
fn a_message_that_was_accepted_is_delivered() {
    let mut sns = sns(&[lambda()]);
    let empty = sketch(&sns);
    let id = delivery_of(&only(publish(&mut sns, "Message=x")));
    assert_ne!(sketch(&sns), empty);
    assert_eq!(sns.settle(at(800), &id, SnsDeliveryOutcome::Accepted), []);
    assert_eq!((sns.next_due(), sketch(&sns)), (None, empty));
    assert_eq!(sns.settle(at(900), &id, SnsDeliveryOutcome::ClientError), []);
}

/// FACTS 15.6.
#[test]
fn errors_of_the_server_are_tried_again() {
    let mut sns = sns(&[lambda()]);
    let first = only(publish(&mut sns, "Message=x"));
    let id = delivery_of(&first);
    let mut now = at(796);
    for delay_ms in [0, 0, 0, 1_000, 1_000, 1_000, 1_395, 1_946] {
        assert_eq!(sns.settle(now, &id, SnsDeliveryOutcome::ServerError), []);
        let due = sns.next_due().expect("a retry waits");
        assert_eq!(due.millis() - now.millis(), delay_ms);
        if delay_ms > 0 {
            assert_eq!(sns.deliver_due(now), [], "the retry is not due yet");
        }
        now = due;
        assert_eq!(only(sns.deliver_due(now)), first, "the retry has the first message");
        assert_eq!(sns.next_due(), None);
    }
    assert_eq!(sns.settle(now, &id, SnsDeliveryOutcome::Accepted), []);
    assert_eq!(sns.next_due(), None);
}

/// The second outcome of an attempt that a driver carried out twice.
#[test]
fn only_the_first_outcome_of_an_attempt_counts() {
    let mut sns = sns(&[queue()]);
    let id = delivery_of(&only(publish(&mut sns, "Message=x")));
    sns.settle(at(800), &id, SnsDeliveryOutcome::ServerError);
    let waiting = sketch(&sns);
    assert_eq!(sns.settle(at(900), &id, SnsDeliveryOutcome::ClientError), []);
    assert_eq!(sketch(&sns), waiting);
}

/// FACTS 15.6, 15.8.
#[test]
fn an_error_of_the_client_is_final() {
    let mut lossy = sns(&[queue()]);
    let id = delivery_of(&only(publish(&mut lossy, "Message=x")));
    let lost = SnsEffect::Lost { delivery: id.clone() };
    assert_eq!(lossy.settle(at(800), &id, SnsDeliveryOutcome::ClientError), [lost]);
    assert_eq!(lossy.next_due(), None);

    let subscription = Subscription { dead_letter_arn: Some(DEAD.to_owned()), ..queue() };
    let mut kept = sns(&[subscription]);
    let SnsEffect::Send { delivery, message, .. } = only(publish(&mut kept, "Message=x")) else {
        panic!("expected a message");
    };
    let id = delivery.clone();
    let dead = SnsEffect::DeadLetter { delivery, queue_arn: DEAD.to_owned(), message };
    assert_eq!(kept.settle(at(800), &id, SnsDeliveryOutcome::ClientError), [dead]);
}

/// FACTS 15.6.
#[test]
fn the_last_retry_is_final() {
    let mut sns = sns(&[lambda()]);
    let id = delivery_of(&only(publish(&mut sns, "Message=x")));
    let mut now = at(796);
    for _ in 0..RETRIES_MAX {
        assert_eq!(sns.settle(now, &id, SnsDeliveryOutcome::ServerError), []);
        now = sns.next_due().expect("a retry waits");
        assert_eq!(sns.deliver_due(now).len(), 1);
    }
    let lost = SnsEffect::Lost { delivery: id.clone() };
    assert_eq!(sns.settle(now, &id, SnsDeliveryOutcome::ServerError), [lost]);
}

#[test]
fn retries_come_in_the_order_of_their_times() {
    let mut sns = sns(&[lambda(), queue()]);
    let effects = publish(&mut sns, "Message=x");
    let [function, queue] = [delivery_of(&effects[0]), delivery_of(&effects[1])];
    sns.settle(at(900), &queue, SnsDeliveryOutcome::ServerError);
    sns.settle(at(901), &function, SnsDeliveryOutcome::ServerError);
    assert_eq!(sns.next_due(), Some(at(900)));
    let again: Vec<SnsDeliveryId> = sns.deliver_due(at(901)).iter().map(delivery_of).collect();
    assert_eq!(again, [queue, function]);
}

#[test]
#[should_panic(expected = "the same key")]
fn two_requests_have_different_keys() {
    let mut sns = sns(&[lambda()]);
    publish(&mut sns, "Message=x");
    publish(&mut sns, "Message=y");
}
