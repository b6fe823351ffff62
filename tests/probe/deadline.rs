//! A run ends in its time, whatever an endpoint does. The clock of these tests stands still while
//! anything can go on, and jumps to the next time that is waited for.

use std::time::Duration;

use futures_util::{SinkExt, StreamExt};
use stormglass_probe::{MessageFormat, ProbeRun, ProbeSettings, Target, UnreachableError, run};
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

use super::{NOTHING_ASSUMED, SETTINGS, verdicts, words};

const TIME_MAX: Duration = Duration::from_secs(10);

/// The clock of tokio counts milliseconds.
const TICKS: Duration = Duration::from_millis(5);

/// Serves each connection by a function of it and its number, from 0, and returns the address.
async fn endpoint<F: Future<Output = ()> + Send + 'static>(
    serve: impl Fn(TcpStream, u32) -> F + Send + 'static,
) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
    tokio::spawn(async move {
        for number in 0.. {
            let (stream, _) = listener.accept().await.expect("a client");
            tokio::spawn(serve(stream, number));
        }
    });
    address
}

/// Plays against an endpoint, and returns the result once it is known to have taken no longer than
/// it may.
async fn played(address: &str) -> Result<ProbeRun, UnreachableError> {
    let target = Target::parse(&format!("ws://{address}")).expect("an address");
    let settings = ProbeSettings { time_max: TIME_MAX, ..SETTINGS };
    let (format, sent, stop) =
        (MessageFormat::default(), Default::default(), std::future::pending());
    let started = Instant::now();
    let played = run(&target, &format, &settings, sent, stop).await;
    assert!(started.elapsed() <= TIME_MAX + TICKS, "{:?}", started.elapsed());
    played
}

/// Keeps a connection without a word.
async fn hold(stream: TcpStream) {
    let _stream = stream;
    std::future::pending().await
}

#[tokio::test(start_paused = true)]
async fn a_first_handshake_that_is_never_answered_is_an_error_in_time() {
    let address = endpoint(|stream, _| hold(stream)).await;
    let error = played(&address).await.expect_err("it never answers");
    assert!(error.to_string().contains("no answer came in time"), "{error}");
}

#[tokio::test(start_paused = true)]
async fn later_handshakes_that_are_never_answered_end_with_the_run() {
    let address = endpoint(async |stream, number| {
        if number > 0 {
            return hold(stream).await;
        }
        let mut socket = accept_async(stream).await.expect("a client");
        while socket.next().await.is_some() {}
    })
    .await;
    // The clock may jump over the first one, too.
    if let Ok(seen) = played(&address).await {
        assert!(!seen.is_whole);
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_answers_nothing_is_judged_in_time() {
    let address = endpoint(async |stream, _| {
        let mut socket = accept_async(stream).await.expect("a client");
        while socket.next().await.is_some() {}
    })
    .await;
    if let Ok(seen) = played(&address).await {
        let verdicts = verdicts(&seen, &MessageFormat::default(), NOTHING_ASSUMED);
        let broken = words(&verdicts, "broken");
        assert!(broken.iter().all(|promise| *promise == "answered"), "{broken:?}");
    }
}

#[tokio::test(start_paused = true)]
async fn an_endpoint_that_never_stops_talking_is_judged_in_time() {
    let address = endpoint(async |stream, _| {
        let mut socket = accept_async(stream).await.expect("a client");
        while socket.send(Message::text("and another thing")).await.is_ok() {
            sleep(Duration::from_millis(10)).await;
        }
    })
    .await;
    if let Ok(seen) = played(&address).await {
        assert!(seen.observations.len() < 1_000, "{}", seen.observations.len());
    }
}
