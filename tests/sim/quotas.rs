//! Quotas of an account, and routes that a client may not select.

use stormglass_apps::STORMGLASS;
use stormglass_spec::history::{Effect, EventKind};
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::seen::{effects, ends, first, handshakes, has, removes, starts, told};
use stormglass_tests::{kept, play_to_the_end, received};

#[test]
fn handshakes_over_the_rate_get_429_and_reach_nobody() {
    let run = kept(&STORMGLASS, "v1 connects=1 ana:c bob:c cyd:i3s,c");
    let refused: Vec<_> =
        handshakes(&run).into_iter().filter(|(_, status)| *status == 429).collect();
    assert_eq!(refused.len(), 1, "{:?}", handshakes(&run));
    let name = format!("{}.c1", refused[0].0.trim_end_matches('1'));
    assert!(!has(&run, starts(&name)));
    assert!(handshakes(&run).contains(&("cyd1", 101)), "a second later there is room again");
}

#[test]
fn a_handshake_can_be_refused_because_of_what_others_do() {
    let run = kept(&STORMGLASS, "v1 ana:c | ana.c1.up=throttled");
    assert_eq!(handshakes(&run), [("ana1", 429)]);
    assert!(!has(&run, starts("ana.c1")));
}

#[test]
fn a_message_can_be_refused_because_of_what_others_do() {
    let run = kept(&STORMGLASS, r#"v1 ana:c,b"x" | ana.b1.up=throttled"#);
    assert_eq!(told(&run), [("ana.b1", "Too Many Requests".to_owned())]);
    assert!(!has(&run, starts("ana.b1")));
}

#[test]
fn messages_over_the_rate_get_an_error_frame() {
    let run = kept(&STORMGLASS, r#"v1 rate=1 burst=2 ana:c,t"{}",+t"{}",+t"{}""#);
    assert_eq!(told(&run), [("ana.t3", "Too Many Requests".to_owned())]);
    assert!(!has(&run, starts("ana.t3")));
}

/// The broadcast itself takes the first token, the first post the second one.
#[test]
fn posts_take_from_the_same_bucket_as_messages() {
    let run = kept(&STORMGLASS, r#"v1 rate=1 burst=2 ana:c bob:c cyd:c,i1s,b"x""#);
    let refused = Effect::refused("LimitExceededException");
    let firsts = ["ana1", "bob1", "cyd1"].map(|who| format!("cyd.b1.post-{who}-1"));
    let firsts = firsts.iter().map(|name| effects(&run, name)[0]);
    let (accepted, over): (Vec<_>, Vec<_>) =
        firsts.partition(|effect| **effect == Effect::Accepted);
    assert_eq!((accepted.len(), over), (1, vec![&refused, &refused]));
    let reply = received(&run).into_iter().find(|(_, body)| body.contains("ack"));
    assert!(reply.is_some_and(|(_, body)| body.contains(r#""failed":2"#)), "{reply:?}");
}

#[test]
fn the_last_broadcast_has_the_usual_quotas_to_itself() {
    let run = kept(&STORMGLASS, "v1 rate=1 burst=1 connects=1 herd*20:w30s,c");
    let opened = handshakes(&run).into_iter().filter(|(_, status)| *status == 101).count();
    let posts = stormglass_tests::pick(&run, |what| match what {
        EventKind::CallApplied { effect: Effect::Accepted, .. } => Some(()),
        _ => None,
    });
    assert_eq!(posts.len(), opened);
}

const DISCONNECT: &str = r#"ana:c,t"{\"action\":\"$disconnect\"}""#;

#[test]
fn keys_with_a_dollar_are_reserved() {
    let run = kept(&Small(Flaw::Naive), &format!("v1 {DISCONNECT}"));
    assert_eq!(told(&run), [("ana.t1", "Forbidden".to_owned())]);
    assert!(!has(&run, removes("ana1")));
}

#[test]
fn a_client_can_select_the_disconnect_route_where_keys_are_not_reserved() {
    let case = format!("v1 reserved=no {DISCONNECT}");
    let run = play_to_the_end(&Small(Flaw::Naive), &case);
    let started = first(&run, starts("ana.t1"));
    let route = match &started.kind {
        EventKind::InvocationStarted { route, .. } => route.as_ref(),
        _ => "",
    };
    assert_eq!(route, "$disconnect");
    assert!(has(&run, removes("ana1")), "a naive service falls for it");
    let run = kept(&STORMGLASS, &case);
    assert!(has(&run, ends("ana.t1")) && !has(&run, removes("ana1")));
}

#[test]
fn a_message_to_the_connect_route_registers_nobody() {
    let case = r#"v1 reserved=no ana:c,t"{\"action\":\"$connect\"}""#;
    let run = kept(&STORMGLASS, case);
    assert!(has(&run, ends("ana.t1")));
    assert!(effects(&run, "ana.t1").is_empty());
}
