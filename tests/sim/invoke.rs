//! Functions that run asynchronously, and functions that other functions wait for.

use std::time::Duration;

use stormglass_sim::stack::AsyncSettings;
use stormglass_sim::{Case, Run, replay};
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

/// The invocations of `work`, each with its start in milliseconds.
fn starts(run: &Run) -> Vec<(String, u64)> {
    let events = before_the_end(run);
    let starts = events.filter_map(|event| match &event.kind {
        EventKind::InvocationStarted { invocation, route, .. } if **route == *"work" => {
            Some((invocation.to_string(), event.at.millis()))
        }
        _ => None,
    });
    starts.collect()
}

fn names(run: &Run) -> Vec<String> {
    starts(run).into_iter().map(|(name, _)| name).collect()
}

fn dropped(run: &Run) -> Vec<String> {
    early(run, |what| match what {
        EventKind::MessageDropped { message, reason, .. } => Some(format!("{message}: {reason}")),
        _ => None,
    })
}

const LATER: &str = r#"v1 bob:c,m{"action":"later","text":"tea"}"#;
const BAD: &str = r#"v1 bob:c,m{"action":"later","text":"bad"}"#;
const NOW: &str = r#"v1 bob:c,m{"action":"now","text":"tea"}"#;

#[test]
fn a_function_invokes_another_one_and_does_not_wait() {
    let run = run(LATER);
    assert_eq!(texts_at_bob(&run), ["202  ", "tea"]);
    assert_eq!(names(&run), ["bob.t1>work1"]);
}

#[test]
fn an_event_comes_from_outside_as_well() {
    let run = run(r#"v1 world:e"work"{"text":"tea"},i1s,e"work"{"text":"bad"}"#);
    assert_eq!(names(&run), ["world.e1", "world.e2", "world.e2+2", "world.e2+3"]);
}

/// FACTS 11.12: two more runs, one minute and then two minutes later.
#[test]
fn an_event_that_a_function_fails_on_comes_twice_again_and_is_lost() {
    let run = run(BAD);
    let starts = starts(&run);
    let wanted = ["bob.t1>work1", "bob.t1>work1+2", "bob.t1>work1+3"];
    assert_eq!(starts.iter().map(|(name, _)| name.as_str()).collect::<Vec<_>>(), wanted);
    let waits: Vec<u64> = starts.windows(2).map(|pair| pair[1].1 - pair[0].1).collect();
    assert!((60_000..60_500).contains(&waits[0]), "{waits:?}");
    assert!((120_000..120_500).contains(&waits[1]), "{waits:?}");
    assert_eq!(dropped(&run), ["bob.t1>work1: no attempt is left"]);
}

/// FACTS 11.17.
#[test]
fn an_event_that_failed_goes_to_its_dead_letters_or_its_destination() {
    let queue = format!("arn:aws:sqs:eu-central-1:123456789012:{DEAD}");
    let none = AsyncSettings { retries_max: 0, ..AsyncSettings::default() };
    let dead = AsyncSettings { dead_letter: Some(queue.clone()), ..none.clone() };
    let failed = AsyncSettings { on_failure: Some(queue), ..none };
    for (settings, word) in [(dead, "\"text\":\"bad\""), (failed, "RetriesExhausted")] {
        let run = run_of(&Office::with_asynchronous(settings), BAD);
        let stored = early(&run, |what| match what {
            EventKind::MessageStored { place, text, .. } if **place == *DEAD => Some(text.clone()),
            _ => None,
        });
        assert_eq!((stored.len(), names(&run).len()), (1, 1));
        assert!(stored[0].contains(word), "{stored:?}");
        assert!(dropped(&run).is_empty());
    }
}

/// FACTS 11.13, 11.14.
#[test]
fn an_asynchronous_event_is_refused_repeated_or_lost() {
    let teas = |fault: &str| {
        let run = run(&format!("{LATER} | bob.t1>work1.{fault}"));
        let teas = texts_at_bob(&run).into_iter().filter(|text| *text == "tea").count();
        (teas, names(&run).len(), dropped(&run).len())
    };
    assert_eq!(teas("start=throttled"), (1, 1, 0));
    assert_eq!(teas("start=error"), (1, 1, 0));
    assert_eq!(teas("start=crash"), (1, 2, 0));
    assert_eq!(teas("start=duplicate"), (2, 2, 0));
    assert_eq!(teas("start=dropped"), (0, 0, 1));
    assert_eq!(teas("answer=reply-lost"), (2, 2, 0));
}

#[test]
fn a_function_waits_for_another_one() {
    assert_eq!(texts_at_bob(&run(NOW)), ["tea", "200  \"done\""]);
    // A failing function is a success of the call (FACTS 11.3).
    let bad = run(r#"v1 bob:c,m{"action":"now","text":"bad"}"#);
    let texts = texts_at_bob(&bad);
    assert!(texts[0].starts_with("200 Unhandled {\"errorType\":"), "{texts:?}");
    assert!(texts[0].contains("no such job"), "{texts:?}");
}

/// FACTS 11.9 and the lines below it: a retry after a lost answer runs the function twice.
#[test]
fn the_caller_of_a_function_meets_the_faults_of_every_call() {
    let teas = |fault: &str| {
        let run = run(&format!("{NOW} | {fault}"));
        let texts = texts_at_bob(&run);
        let teas = texts.iter().filter(|text| **text == "tea").count();
        (teas, texts.last().map(|text| text[..3].to_owned()).unwrap_or_default())
    };
    let done = || "200".to_owned();
    assert_eq!(teas("bob.t1.invoke-work-1=throttled"), (1, done()));
    assert_eq!(teas("bob.t1.invoke-work-1=error"), (1, done()));
    assert_eq!(teas("bob.t1.invoke-work-1=error-after"), (2, done()));
    assert_eq!(teas("bob.t1.invoke-work-1=request-lost"), (1, done()));
    assert_eq!(teas("bob.t1.invoke-work-1=reply-lost"), (2, done()));
    assert_eq!(teas("bob.t1>work1.start=throttled"), (1, done()));
    assert_eq!(teas("bob.t1>work1.start=error"), (1, done()));
    // The function itself failed, which the SDK does not repeat.
    assert_eq!(teas("bob.t1>work1.start=crash"), (0, done()));
}

#[test]
fn a_function_that_takes_too_long_gives_its_caller_a_timeout() {
    let work = Office::default().work.timeout(Duration::from_millis(20));
    let mapping = Office::default().mapping;
    let run = run_of(
        &Office { work, mapping, ..Office::default() },
        &format!("{NOW} | bob.t1>work1.post-bob1-1=hang"),
    );
    let texts = texts_at_bob(&run);
    assert!(texts[0].contains("Task timed out"), "{texts:?}");
}

/// FACTS 11.20.
#[test]
fn a_function_that_invokes_itself_is_stopped_after_sixteen_runs() {
    let run = run(r#"v1 bob:c,m{"action":"later","text":"again"}"#);
    assert_eq!(names(&run).len(), 16);
    assert_eq!(dropped(&run).len(), 1);
}
