//! Applications that ask more of DynamoDB than to put, delete and scan.

use stormglass_apps::STORMGLASS;
use stormglass_sim::stack::{Stack, Table};
use stormglass_sim::{App, Case, HarnessError, replay};
use stormglass_spec::history::{Effect, EventKind, Request, Side};
use stormglass_spec::properties;
use stormglass_tests::rooms::Rooms;
use stormglass_tests::{kept, pick, play_to_the_end, received};

const PATIENT: Rooms = Rooms { expires_after_s: 3 * 60 * 60 };

fn calls(run: &stormglass_sim::Run) -> Vec<(&str, &Request)> {
    pick(run, |what| match what {
        EventKind::CallSent { call, request, .. } => Some((call.as_ref(), request)),
        _ => None,
    })
}

#[test]
fn a_row_is_named_by_its_keys_with_its_connection() {
    let run = play_to_the_end(&PATIENT, r#"v1 ana:c bob:c,b"x",x"#);
    let sent = calls(&run);
    let has = |name: &str| sent.iter().any(|(call, _)| *call == name);
    assert!(has("bob.b1.update-lobby/bob1-1") && has("bob.b1.query-1"));
    assert!(has("bob.b1.batch-get-1"));
    assert!(has("ana.c1.transact-write-1") && has("bob.d1.batch-write-1"));
    let rows = pick(&run, |what| match what {
        EventKind::RowWritten { row, .. } | EventKind::RowRemoved { row, .. } => Some(row.as_ref()),
        _ => None,
    });
    let [ana, bob] = ["lobby/ana1", "lobby/bob1"];
    assert_eq!(rows, [bob, ana, bob, bob, ana], "stored, counted, removed");
    assert!(received(&run).contains(&("ana1", "x")));
}

#[test]
fn a_query_of_an_index_can_be_stale() {
    let case = "v1 lag=5s ana:c,i500ms,x | ana.d1.query-1=stale";
    let run = play_to_the_end(&PATIENT, case);
    let reads = pick(&run, |what| match what {
        EventKind::CallApplied { call, effect: Effect::Read { rows, stale, .. } } => {
            (call.as_ref() == "ana.d1.query-1").then_some((rows.len(), *stale))
        }
        _ => None,
    });
    assert_eq!(reads, [(0, true)], "the row was not in the index yet");
}

/// Nobody looks at what a batch leaves unprocessed, neither the SDK nor this application.
#[test]
fn a_batch_without_capacity_is_refused_or_done_in_part() {
    let mut outcomes = std::collections::BTreeSet::new();
    for case in ["bob.b1", "cyd.b1", "dan.b1", "eve.b1"] {
        let name = &case[..3];
        let text = format!(r#"v1 ana:c {name}:c,i1s,b"x" | {case}.batch-get-1=throttled"#);
        let run = play_to_the_end(&PATIENT, &text);
        outcomes.extend(pick(&run, |what| match what {
            EventKind::CallApplied { call, effect } if call.ends_with(".b1.batch-get-1") => {
                Some(match effect {
                    Effect::Read { rows, .. } => format!("{} of 2", rows.len()),
                    _ => "refused".to_owned(),
                })
            }
            _ => None,
        }));
    }
    assert!(outcomes.contains("1 of 2"), "{outcomes:?}");
}

#[test]
fn a_row_that_expires_while_its_connection_is_open_breaks_a_promise() {
    let hasty = Rooms { expires_after_s: 60 };
    let case: Case = r#"v1 expiry=0s ana:c,i2s,i70s,i1s"#.parse().expect("a case");
    let run = replay(&hasty, &case, &properties::ALL).expect("the harness works");
    let violation = run.violation.expect("a broken promise");
    assert_eq!(violation.property, "registered", "{}", violation.because);
}

/// The longest that a connection lives is 2 h (FACTS 3.1); the rows of the production handlers
/// expire an hour later.
#[test]
fn a_row_outlives_its_connection_however_promptly_it_expires() {
    let case = format!("v1 expiry=0s ana:c{}", r#",i500s,t"{}""#.repeat(15));
    let run = kept(&STORMGLASS, &case);
    let lifetimes = pick(&run, |what| match what {
        EventKind::Closed { connection, by, .. } => Some((connection.as_ref(), *by)),
        _ => None,
    });
    assert_eq!(lifetimes, [("ana1", Side::Gateway)], "it was open for as long as may be");
}

#[test]
fn a_table_that_dynamodb_would_not_make_is_a_failure_of_the_harness() {
    struct InvalidTable;
    impl App for InvalidTable {
        fn name(&self) -> &str {
            "broken"
        }
        fn stack(&self) -> Stack {
            PATIENT.stack().table(Table::new("?", "connectionId"))
        }
        fn start(&self, f: &str, sdk: &stormglass_sim::Sdk) -> Box<dyn stormglass_sim::Handler> {
            PATIENT.start(f, sdk)
        }
    }
    let case: Case = "v1 ana:c".parse().expect("a case");
    let error = replay(&InvalidTable, &case, &[]).expect_err("no table");
    assert!(matches!(error, HarnessError::NoTable { .. }), "{error}");
    assert!(error.to_string().contains("greater than or equal to 3"), "{error}");
}
