//! The pairs of events that followed each other in the life of a connection.

use stormglass_apps::Tutorial;
use stormglass_sim::search::explore::pairs;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::{broken, play_to_the_end};

#[test]
fn a_pair_is_two_events_in_a_row_of_the_life_of_one_connection() {
    let run = play_to_the_end(&Tutorial, "v1 ana:c");
    let met = pairs(&run.history);
    for pair in [
        "handshake asked -> started $connect",
        "started $connect -> sent PutItem, of one invocation",
        "sent PutItem -> applied PutItem done, of one invocation",
        "applied PutItem done -> row written",
        "ended $connect returns -> handshake opened",
    ] {
        assert!(met.contains(pair), "{pair}: {met:#?}");
    }
    assert!(!met.iter().any(|pair| pair.contains("ana")), "no names: {met:#?}");
}

/// The classic race (FACTS 1.10).
#[test]
fn a_race_shows_as_a_pair() {
    let case = r#"v1 ana:i1s,c bob:c,i900ms,b"hi" | ana.c1.answer=late1500ms bob.b1=late200ms"#;
    let (run, violation) = broken(&Small(Flaw::Naive), case);
    assert_eq!(violation.property, "registered");
    let met = pairs(&run.history);
    assert!(met.contains("row removed -> answered DeleteItem well"), "{met:#?}");
    assert!(met.iter().any(|pair| pair.ends_with("-> handshake opened")), "{met:#?}");
}
