//! The bugs that the two applications share.

use stormglass::known_bad::AdaptedApp;
use stormglass_sim::{Case, replay};
use stormglass_spec::history::Effect;
use stormglass_spec::properties;

use super::support::{
    BOTH, broken, calls, effect, opened, posts_got, promise, returned, run, run_for, was_killed,
};

#[test]
fn without_deviations_a_broadcast_reaches_every_client_and_breaks_no_promise() {
    let case: Case = r#"v1 ana:c bob:c,i2s,b"hi",i1s,q cyd:c"#.parse().expect("a case");
    for app in BOTH {
        let run = replay(app, &case, &properties::ALL).expect("a run");
        assert_eq!(run.violation, None, "{}", app.name());
        assert_eq!(returned(&run, "bob.b1"), Some((200, "Data sent.")), "{}", app.name());
        assert_eq!(posts_got(&run, "ana1")[0], "hi", "{}", app.name());
        assert_eq!(posts_got(&run, "bob1"), ["hi"], "{}", app.name());
        assert_eq!(posts_got(&run, "cyd1")[0], "hi", "{}", app.name());
    }
}

#[test]
fn the_second_page_is_never_read() {
    let case = r#"v1 page=1 ana:c bob:c,i2s,b"hi""#;
    for app in BOTH {
        let violation = broken(app, case, "delivered");
        assert!(violation.because.ends_with("no post to it was ever sent."), "{violation:?}");
        let run = run(app, case);
        assert_eq!(calls(&run, "bob.b1").len(), 2, "a scan and one post");
        assert_eq!(returned(&run, "bob.b1"), Some((200, "Data sent.")));
    }
}

#[test]
fn a_stale_read_misses_a_client_that_has_just_connected() {
    for app in BOTH {
        let case = r#"v1 lag=1s bob:c,b"hi" | bob.b1.scan-1=stale"#;
        let violation = broken(app, case, "delivered");
        assert_eq!(violation.involved[0].as_ref(), "bob1", "{}", app.name());
    }
}

#[test]
fn a_dropped_disconnect_leaves_a_row_that_nothing_removes() {
    for app in BOTH {
        let case = r#"v1 ana:c,i1s,q bob:c | ana.d1.start=dropped"#;
        let violation = broken(app, case, "no-ghosts");
        assert_eq!(violation.involved[0].as_ref(), "ana1", "{}", app.name());
    }
}

#[test]
fn a_message_that_reaches_disconnect_unregisters_its_sender() {
    for app in BOTH {
        let case = r#"v1 reserved=no ana:c,t"{\"action\":\"$disconnect\"}""#;
        let violation = broken(app, case, "registered");
        assert_eq!(violation.involved[0].as_ref(), "ana1", "{}", app.name());
        broken(app, case, "refused-is-harmless");
    }
}

#[test]
fn a_connect_that_outlives_its_handshake_leaves_a_row_that_nothing_removes() {
    for app in BOTH {
        let case = "v1 ana:c | ana.c1.put-ana1-1=hang-after";
        let violation = broken(app, case, "no-ghosts");
        assert!(violation.because.contains("ana1 was refused"), "{violation:?}");
        let violation = broken(app, case, "in-time");
        assert_eq!(violation.involved[0].as_ref(), "ana.c1", "{}", app.name());
    }
}

#[test]
fn one_dead_client_fails_the_whole_broadcast() {
    for app in BOTH {
        let run = run(app, r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" | ana.d1.start=dropped"#);
        let gone = Effect::Gone { pending: false };
        assert_eq!(effect(&run, "bob.b1.post-ana1-1"), Some(&gone), "{}", app.name());
        assert_eq!(returned(&run, "bob.b1").map(|(status, _)| status), Some(500));
    }
}

#[test]
fn one_dead_client_leaves_all_others_behind() {
    let case = r#"v1 ana:c,i1s,q bob:c,i3s,b"hi"
        | ana.d1.start=dropped bob.b1.post-bob1-1.reply=late100ms"#;
    for app in BOTH {
        let violation = broken(app, case, "isolated");
        assert_eq!(violation.involved[0].as_ref(), "bob1", "{}", app.name());
    }
}

#[test]
fn one_dead_client_ends_the_retries_for_all_others() {
    let alone = r#"v1 bob:c,i3s,b"hi" cyd:c | bob.b1.post-cyd1-1=throttled"#;
    let beside_a_dead_client = r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" cyd:c
        | ana.d1.start=dropped bob.b1.post-cyd1-1=throttled"#;
    for app in BOTH {
        let lucky = run(app, alone);
        assert!(posts_got(&lucky, "cyd1").contains(&"hi"), "{}", app.name());
        let unlucky = run(app, beside_a_dead_client);
        assert!(!posts_got(&unlucky, "cyd1").contains(&"hi"), "{}", app.name());
        assert!(!calls(&unlucky, "bob.b1").contains(&"post-cyd1-2"), "{}", app.name());
    }
}

#[test]
fn a_handshake_in_progress_fails_the_whole_broadcast() {
    for app in BOTH {
        let run = run(app, r#"v1 ana:i1s,c bob:c,i2s,b"hi" | ana.c1.answer=late6s"#);
        let pending = Effect::Gone { pending: true };
        assert_eq!(effect(&run, "bob.b1.post-ana1-1"), Some(&pending), "{}", app.name());
        assert_eq!(returned(&run, "bob.b1").map(|(status, _)| status), Some(500));
        assert!(opened(&run, "ana1"), "ana was there a moment later");
    }
}

#[test]
fn a_hung_post_holds_the_function_until_it_is_killed() {
    for app in BOTH {
        let case = r#"v1 ana:c bob:c,i2s,b"hi" | bob.b1.post-ana1-1=hang"#;
        assert!(was_killed(&run(app, case), "bob.b1"), "{}", app.name());
        let violation = broken(app, case, "in-time");
        assert_eq!(violation.involved[0].as_ref(), "bob.b1", "{}", app.name());
    }
}

#[test]
fn a_failed_handshake_shows_the_error_of_the_sdk() {
    for app in BOTH {
        let run = run(
            app,
            "v1 ana:c | ana.c1.put-ana1-1=error ana.c1.put-ana1-2=error ana.c1.put-ana1-3=error",
        );
        let (status, body) = returned(&run, "ana.c1").expect("a response");
        assert_eq!(status, 500);
        assert!(body.starts_with("Failed to connect: {"), "{body}");
        assert!(body.contains("InternalServerError") || body.contains("UnknownError"), "{body}");
    }
}

/// The routes are one-way (FACTS 2.8). With two-way routes, clients would see the bodies.
#[test]
fn a_failed_broadcast_would_show_its_sender_a_stack() {
    let case = r#"v1 ana:c,i1s,q bob:c,i3s,b"hi" | ana.d1.start=dropped"#;
    for app in BOTH {
        let violation = broken(&AdaptedApp::two_way(app), case, "discreet");
        assert!(violation.because.contains(r#""    at ""#), "{violation:?}");
        assert_eq!(run_for(app, case, &[promise("discreet")]).violation, None, "{}", app.name());
    }
}

#[test]
fn data_that_is_no_string_is_not_posted() {
    for app in BOTH {
        for data in ["null", "7", r#"{"b":1}"#, "[true]"] {
            let run = run(app, &format!("v1 bob:c,i2s,b{data}"));
            assert_eq!(calls(&run, "bob.b1"), ["scan-1"], "{}: {data}", app.name());
            assert_eq!(returned(&run, "bob.b1").map(|(status, _)| status), Some(500));
        }
    }
}

#[test]
fn an_empty_string_is_posted() {
    for app in BOTH {
        let run = run(app, r#"v1 bob:c,i2s,b"",i1s,q"#);
        assert_eq!(posts_got(&run, "bob1"), [""], "{}", app.name());
    }
}
