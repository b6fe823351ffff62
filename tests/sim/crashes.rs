//! Functions that die, and what they leave behind.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{Effect, EventKind};
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{
    answers, effects, ends, first, handshakes, has, removes, start_delay_ms, starts, told, writes,
};
use stormglass_tests::{kept, play_to_the_end, received};

#[test]
fn a_function_that_dies_at_the_start_does_nothing_and_its_client_is_told() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x" | ana.b1.start=crash"#);
    assert!(has(&run, ends("ana.b1")));
    assert_eq!(told(&run), [("ana.b1", "Internal server error".to_owned())]);
    assert!(!has(&run, |what| matches!(what, EventKind::CallSent { invocation, .. }
        if invocation.as_ref() == "ana.b1")));
}

#[test]
fn the_sandbox_of_a_function_that_died_is_not_used_again() {
    for at in ["b2.start", "b2.scan-1", "b2.post-ana1-1"] {
        let case = format!(r#"v1 ana:c,b"x",i1s,b"y",i1s,b"z" | ana.{at}=crash"#);
        let run = kept(&STORMGLASS, &case);
        assert!(start_delay_ms(&run, "ana.b2") < 10, "{at}");
        assert!(start_delay_ms(&run, "ana.b3") > 20, "{at}");
    }
}

#[test]
fn what_a_function_had_asked_for_is_done_though_it_died() {
    let run = kept(&STORMGLASS, r#"v1 ana:c bob:i1s,c,b"x" | bob.b1.post-ana1-1=crash"#);
    assert_eq!(effects(&run, "bob.b1.post-ana1"), [&Effect::Accepted]);
    assert!(answers(&run, "bob.b1.post-ana1").is_empty(), "nobody is there to learn of it");
    assert!(received(&run).contains(&("ana1", "x")));
    assert_eq!(told(&run), [("bob.b1", "Internal server error".to_owned())]);
}

#[test]
fn a_connect_that_died_after_its_store_refuses_the_handshake_and_leaves_a_row() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.put-ana1-1=crash");
    assert_eq!(handshakes(&run), [("ana1", 502)]);
    assert!(has(&run, writes("ana1")));
    assert!(!has(&run, removes("ana1")), "no `$disconnect` comes");
    first(&run, removes("ana1"));
}

#[test]
fn a_disconnect_that_died_leaves_its_row() {
    let run = kept(&STORMGLASS, "v1 ana:c,q | ana.d1.start=crash");
    assert!(has(&run, starts("ana.d1")) && !has(&run, removes("ana1")));
}

#[test]
fn a_function_that_panics_takes_its_sandbox_down() {
    let run = play_to_the_end(&Small(Flaw::Panics), r#"v1 ana:c,b"x",i1s,b"y""#);
    assert!(start_delay_ms(&run, "ana.b2") > 20);
    let errors = told(&run).into_iter().map(|(frame, _)| frame);
    assert_eq!(errors.collect::<Vec<_>>(), ["ana.b1", "ana.b2"]);
}

#[test]
fn a_killed_function_takes_its_sandbox_down() {
    let run = play_to_the_end(&Small(Flaw::NeverEnds), r#"v1 timeout=1s ana:c,b"x",i3s,b"y""#);
    assert!(start_delay_ms(&run, "ana.b2") > 20);
}
