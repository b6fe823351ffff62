//! Queues in a run: messages on their way to a function, their returns, and their ends.

use std::collections::BTreeSet;
use std::time::Duration;

use stormglass_sim::search::explore::run_seed;
use stormglass_sim::stack::{Queue, QueueMapping};
use stormglass_sim::strategy::Families;
use stormglass_sim::{Case, HarnessError, Run, replay};
use stormglass_spec::history::EventKind;
use stormglass_tests::office::{DEAD, Office};
use stormglass_tests::seen::{before_the_end, early, texts_at_bob};

fn run_of(office: &Office, case: &str) -> Run {
    let case: Case = case.parse().expect("a case");
    let run = replay(office, &case, &[]).expect("it runs");
    assert!(run.unmet(&case).is_empty(), "{:?}", run.unmet(&case));
    run
}

fn run(case: &str) -> Run {
    run_of(&Office::default(), case)
}

/// The invocations of `work`, with the messages of each.
fn batches(run: &Run) -> Vec<(String, Vec<String>)> {
    early(run, |what| match what {
        EventKind::InvocationStarted { invocation, route, messages, .. } if **route == *"work" => {
            let messages = messages.iter().map(ToString::to_string).collect();
            Some((invocation.to_string(), messages))
        }
        _ => None,
    })
}

fn names(run: &Run) -> Vec<String> {
    batches(run).into_iter().map(|(name, _)| name).collect()
}

/// What became of messages, in words.
fn fates(run: &Run) -> Vec<String> {
    early(run, |what| match what {
        EventKind::MessageStored { message, place, .. } => Some(format!("{place} + {message}")),
        EventKind::MessageRemoved { message, place } => Some(format!("{place} - {message}")),
        EventKind::MessageDropped { message, place, reason } => {
            Some(format!("{place} x {message}: {reason}"))
        }
        _ => None,
    })
}

const ORDER: &str = r#"v1 bob:c,m{"action":"order","text":"tea"}"#;
const BAD: &str = r#"v1 bob:c,m{"action":"order","text":"bad"}"#;

#[test]
fn a_message_of_one_function_reaches_another_one() {
    let run = run(ORDER);
    assert_eq!(texts_at_bob(&run), ["sent true", "tea"]);
    assert_eq!(fates(&run), ["jobs + bob.t1>jobs1", "jobs - bob.t1>jobs1"]);
    let messages = vec!["bob.t1>jobs1".to_owned()];
    assert_eq!(batches(&run), [("bob.t1>jobs1".to_owned(), messages)]);
}

#[test]
fn a_message_comes_from_outside_as_well() {
    let run = run(r#"v1 world:e"jobs"{"text":"tea"},e"jobs""{\"text\":\"bad\"}""#);
    let stored: Vec<String> = fates(&run).into_iter().filter(|it| it.contains('+')).collect();
    assert_eq!(stored, ["jobs + world.e1", "jobs + world.e2", "dead + world.e2"]);
    let case: Case = r#"v1 world:e"cake"{}"#.parse().expect("a case");
    let error = replay(&Office::default(), &case, &[]).expect_err("no such target");
    assert!(matches!(error, HarnessError::NoTarget { .. }), "{error}");
}

/// FACTS 12.18, 12.25: a failed batch returns when the visibility timeout ends, and its messages
/// move to the dead letters after three receives.
#[test]
fn a_message_that_a_function_fails_on_returns_and_ends_among_the_dead_letters() {
    let run = run(BAD);
    let again = ["bob.t1>jobs1", "bob.t1>jobs1+2", "bob.t1>jobs1+3"];
    assert_eq!(names(&run), again);
    assert_eq!(fates(&run), ["jobs + bob.t1>jobs1", "dead + bob.t1>jobs1"]);
    let starts: Vec<u64> = before_the_end(&run)
        .filter(|event| {
            matches!(&event.kind, EventKind::InvocationStarted { route, .. } if **route == *"work")
        })
        .map(|event| event.at.millis())
        .collect();
    for pair in starts.windows(2) {
        // The timeout counts from the receive, which comes before the start of the function.
        assert!((29_500..30_500).contains(&(pair[1] - pair[0])), "{starts:?}");
    }
}

#[test]
fn a_dead_letter_can_be_read_with_a_long_poll() {
    // The message moves after 90 s, and wakes the receive that waits for it.
    let case = format!(r#"{BAD},i85s,m{{"action":"collect"}}"#);
    let run = run(&case);
    let texts = texts_at_bob(&run);
    assert!(texts[1].contains("\"text\":\"bad\""), "{texts:?}");
    assert_eq!(fates(&run).last().expect("a fate"), "dead - bob.t1>jobs1");
    let nothing = run_of(&Office::default(), r#"v1 bob:c,m{"action":"collect"}"#);
    assert_eq!(texts_at_bob(&nothing), ["nothing"]);
    let waited = before_the_end(&nothing).filter_map(|event| match &event.kind {
        EventKind::CallApplied { .. } => Some(event.at.millis()),
        _ => None,
    });
    assert!(waited.max().expect("a call") >= 20_000);
}

/// FACTS 12.26: the receive counts, although the function did not run.
#[test]
fn a_function_without_capacity_fills_the_dead_letters_without_ever_running() {
    let work = Office::default().work.reserved_concurrency(0);
    let run = run_of(&Office { work, ..Office::default() }, ORDER);
    assert!(batches(&run).is_empty());
    assert_eq!(fates(&run), ["jobs + bob.t1>jobs1", "dead + bob.t1>jobs1"]);
}

#[test]
fn a_throttled_batch_is_tried_again() {
    let run = run(&format!("{ORDER} | bob.t1>jobs1.start=throttled"));
    assert_eq!(names(&run), ["bob.t1>jobs1+2"]);
    assert_eq!(texts_at_bob(&run), ["sent true", "tea"]);
}

/// FACTS 12.7, 12.20, 12.29.
#[test]
fn a_message_arrives_twice_in_three_ways() {
    for (fault, teas) in [
        ("bob.t1>jobs1.seen=duplicate", 2),
        ("bob.t1>jobs1.start=duplicate", 2),
        ("bob.t1>jobs1.removal=error", 2),
        ("bob.t1>jobs1.answer=reply-lost", 2),
        ("bob.t1.send-message-jobs-1=reply-lost", 2),
        ("bob.t1>jobs1.start=cold", 1),
    ] {
        let run = run(&format!("{ORDER} | {fault}"));
        let got = texts_at_bob(&run).into_iter().filter(|text| *text == "tea").count();
        assert_eq!(got, teas, "{fault}");
    }
}

#[test]
fn a_message_that_is_late_is_overtaken() {
    let case =
        r#"v1 bob:c,m{"action":"order","text":"tea"},i500ms,m{"action":"order","text":"jam"}"#;
    let order = |case: &str| {
        let run = run(case);
        let texts = texts_at_bob(&run).into_iter().filter(|text| !text.starts_with("sent"));
        texts.map(str::to_owned).collect::<Vec<_>>()
    };
    assert_eq!(order(case), ["tea", "jam"]);
    assert_eq!(order(&format!("{case} | bob.t1>jobs1.seen=late5s")), ["jam", "tea"]);
}

/// FACTS 12.27: only the message that the function names returns.
#[test]
fn a_function_says_which_messages_it_failed_on() {
    let case = r#"v1 bob:c,m{"action":"orders","texts":["tea","bad","jam"]}"#;
    let texts = |office: &Office| {
        let run = run_of(office, case);
        let mut texts: Vec<String> = texts_at_bob(&run).into_iter().map(Into::into).collect();
        texts.sort();
        texts
    };
    let window = |office: Office| Office {
        mapping: office.mapping.clone().window(Duration::from_secs(1)),
        queue: office.queue.clone().visibility_timeout(Duration::from_secs(30)),
        ..office
    };
    assert_eq!(texts(&window(Office::reporting())), ["jam", "sent 3, failed 0", "tea"]);
    // Without the report all three return, and what came before the bad one is done again.
    let all = texts(&window(Office::default()));
    assert!(all.iter().filter(|text| *text == "tea").count() > 1, "{all:?}");
}

/// FACTS 12.4: the call succeeds, and one of its entries does not.
#[test]
fn an_entry_of_a_batch_fails_inside_of_a_success() {
    let case = r#"v1 bob:c,m{"action":"orders","texts":["tea","jam"]}"#;
    let run = run(&format!("{case} | bob.t1.send-message-batch-jobs-1.entries=partial"));
    assert_eq!(texts_at_bob(&run)[0], "sent 1, failed 1");
    assert_eq!(fates(&run).len(), 2);
}

/// FACTS 12.28: the message that failed holds up those of its group, and no other group.
#[test]
fn a_group_of_a_fifo_queue_waits_for_its_first_message() {
    let queue = Queue::fifo("jobs.fifo").dead_letters_after("dead.fifo", 2);
    let mapping = QueueMapping::new("jobs.fifo", "work").batch_size(1);
    let office = Office { queue, mapping, ..Office::default() };
    let order = |group: &str, text: &str| {
        format!(r#"m{{"action":"order","group":"{group}","text":"{text}"}}"#)
    };
    let steps = [order("a", "bad"), order("a", "tea"), order("b", "jam")].join(",i500ms,");
    let run = run_of(&office, &format!("v1 bob:c,{steps}"));
    let texts = texts_at_bob(&run);
    assert_eq!(texts.iter().filter(|text| text.starts_with("sent")).count(), 3);
    let jobs: Vec<&&str> = texts.iter().filter(|text| !text.starts_with("sent")).collect();
    assert_eq!(jobs, [&"jam", &"tea"]);
}

/// In generated plans, too, every message ends in one place: a function has handled it, or it is
/// among the dead letters.
#[test]
fn every_message_of_a_generated_plan_comes_to_an_end() {
    let mut removed = 0;
    for seed in 0..60 {
        let run = run_seed(&Office::default(), seed, Families::ALL).expect("it runs");
        let mut waiting = BTreeSet::new();
        for event in &run.history.events {
            match &event.kind {
                EventKind::MessageStored { message, place, .. } if **place == *DEAD => {
                    waiting.remove(message);
                }
                EventKind::MessageStored { message, .. } => {
                    waiting.insert(message.clone());
                }
                EventKind::MessageRemoved { message, .. }
                | EventKind::MessageDropped { message, .. } => {
                    removed += 1;
                    waiting.remove(message);
                }
                _ => {}
            }
        }
        assert!(waiting.is_empty(), "seed {seed}: {waiting:?}");
    }
    assert!(removed > 100, "{removed}");
}

#[test]
fn a_plan_has_events_from_outside_and_runs_the_same_way_again() {
    let mut emitted = 0;
    for seed in 0..20 {
        let first = run_seed(&Office::default(), seed, Families::ALL).expect("it runs");
        emitted += first.case.to_string().matches(" world:").count();
        let again: Case = first.case.to_string().parse().expect("its own text");
        let again = replay(&Office::default(), &again, &[]).expect("it runs");
        assert_eq!(first.trace_hash, again.trace_hash, "seed {seed}");
    }
    assert_eq!(emitted, 20);
}
