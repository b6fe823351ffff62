//! The explanations of the promises for real runs that break them.

use stormglass_apps::{AwsSample, Tutorial};
use stormglass_sim::App;
use stormglass_sim::report::Report;
use stormglass_spec::properties::NOT_INVENTED;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::{assert_snapshot, broken, play_for, received};

fn report(app: &dyn App, case: &str, property: &str) -> String {
    let (run, violation) = broken(app, case);
    assert_eq!(violation.property, property, "{}", violation.because);
    Report::new(&run, &violation, app, "case").to_string()
}

/// The classic race (FACTS 1.10): the row is visible before the handshake is complete.
#[test]
fn a_broadcast_that_meets_a_handshake_unregisters_a_live_client() {
    let case = r#"v1 ana:i1s,c bob:c,i900ms,b"hi" | ana.c1.answer=late1500ms bob.b1=late200ms"#;
    let report = report(&Small(Flaw::Naive), case, "registered");
    assert_snapshot!("because-registered", report);
}

#[test]
fn one_unpaged_scan_misses_whoever_is_on_the_next_page() {
    let report = report(&Tutorial, r#"v1 page=1 ana:c bob:c,i1s,b"hi""#, "delivered");
    assert_snapshot!("because-delivered", report);
}

#[test]
fn a_stale_row_makes_every_broadcast_fail() {
    let report = report(&Tutorial, "v1 ana:c,q bob:c | ana.d1.start=dropped", "no-ghosts");
    assert_snapshot!("because-no-ghosts", report);
}

#[test]
fn the_sample_never_cleans_up() {
    report(&AwsSample, "v1 ana:c,q bob:c | ana.d1.start=dropped", "no-ghosts");
}

#[test]
fn a_handshake_without_a_row_is_found() {
    report(&Small(Flaw::ForgetsToStore), "v1 ana:c", "row-before-open");
}

#[test]
fn a_changed_payload_is_found() {
    report(&Small(Flaw::Embellishes), r#"v1 ana:c,b"x""#, "verbatim");
}

#[test]
fn a_frame_that_nobody_asked_for_is_found() {
    report(&Small(Flaw::Babbles), r#"v1 ana:c bob:i1s,c,t"{}""#, "not-invented");
}

#[test]
fn a_greeting_is_no_invention() {
    let case = "v1 ana:c,i1s bob:i1s,c";
    let run = play_for(&Small(Flaw::Greets), case, &[NOT_INVENTED]);
    assert_eq!(run.violation, None);
    assert_eq!(received(&run), [("ana1", "somebody joined")]);
}

#[test]
fn one_dead_client_costs_others_their_message() {
    let case = r#"v1 ana:c,i1s,q bob:c,i2s,b"hi" | ana.d1.start=dropped bob.b1.post-bob1-1.reply=late100ms"#;
    let report = report(&Tutorial, case, "isolated");
    assert_snapshot!("because-isolated", report);
}

#[test]
fn a_function_that_waits_for_ever_is_found() {
    let case = r#"v1 ana:c bob:c,i2s,b"hi" | bob.b1.post-ana1-1=hang"#;
    report(&Tutorial, case, "in-time");
}

#[test]
fn an_acknowledgement_that_boasts_is_found() {
    let case = r#"v1 ana:c,i1s,q bob:c,i2s,b"hi" | ana.d1.start=dropped"#;
    let report = report(&Small(Flaw::Boasts), case, "honest-ack");
    assert_snapshot!("because-honest-ack", report);
}

#[test]
fn a_broadcast_that_is_posted_twice_is_found() {
    report(&Small(Flaw::Repeats), r#"v1 ana:c,b"x""#, "not-duplicated");
}

#[test]
fn an_empty_reply_is_found() {
    report(&Small(Flaw::KeepsQuiet), r#"v1 ana:c,b"x""#, "answered");
}

#[test]
fn a_message_that_changes_a_row_is_found() {
    report(
        &Small(Flaw::Obeys),
        r#"v1 ana:c,t"{\"action\":\"$disconnect\"}""#,
        "refused-is-harmless",
    );
}

#[test]
fn a_response_that_is_none_is_found() {
    report(&Small(Flaw::Malformed), r#"v1 ana:c,b"x""#, "well-formed");
}
