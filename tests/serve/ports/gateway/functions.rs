//! What becomes of functions that fail, hang or leave work behind (FACTS 2.5, 4.8, 4.11).

use std::time::Duration;

use stormglass_serve::ServerSettings;

use super::doorman::Doorman;
use super::served::{Client, Served};

async fn assert_error(client: &mut Client, asked: &str) {
    let error = client.asks_json(asked).await;
    assert_eq!(error["message"], "Internal server error", "{asked}");
}

#[test]
fn a_function_that_fails_or_panics_is_an_error_for_its_sender_alone() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        for asked in ["panic", "fail", "malformed", "panic"] {
            assert_error(&mut client, asked).await;
            assert_eq!(client.asks("four").await, "4");
        }
    });
    served.stop();
}

#[test]
fn a_function_finds_the_environment_of_its_stack() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        assert_eq!(served.connect().await.asks("door").await, "the red one");
    });
    served.stop();
}

#[test]
fn a_function_that_hangs_is_ended_by_its_own_timeout() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        assert_error(&mut client, r#"{"action":"hasty"}"#).await;
    });
    served.stop();
}

#[test]
fn the_settings_of_a_server_go_before_the_timeouts_of_an_application() {
    let function_timeout = Some(Duration::from_millis(200));
    let settings = ServerSettings { function_timeout, ..ServerSettings::default() };
    let served = Served::start_with(&Doorman, settings);
    served.block_on(async {
        let mut client = served.connect().await;
        assert_error(&mut client, "hang").await;
        assert_eq!(client.asks("four").await, "4");
    });
    served.stop();
}

#[test]
fn functions_run_at_the_same_time_and_no_more_than_are_allowed() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        client.send("hang").await;
        assert_eq!(client.asks("four").await, "4");
    });
    drop(served);
    let settings = ServerSettings { concurrency_max: 1, ..ServerSettings::default() };
    let served = Served::start_with(&Doorman, settings);
    served.block_on(async {
        let mut client = served.connect().await;
        client.send("hang").await;
        assert_error(&mut client, "four").await;
    });
}

/// A sandbox is frozen when its function returns, and goes on with the next event.
#[test]
fn what_a_function_leaves_behind_runs_during_its_next_event() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        assert_eq!(client.asks("later").await, "left");
        // It takes the sandbox with it, and the message that woke it.
        assert_error(&mut client, "hang").await;
        assert_eq!(client.asks("four").await, "4");
    });
    served.stop();
}
