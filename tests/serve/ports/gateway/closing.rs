//! Every way in which a connection ends (FACTS 3.3).

use std::sync::atomic::Ordering;
use std::time::Duration;

use futures_util::StreamExt;
use stormglass_apps::STORMGLASS;
use stormglass_aws::gateway::Limits;
use stormglass_serve::ServerSettings;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;

use super::doorman::{Doorman, LINGERED, LINGERING};
use super::served::Served;

const TABLE: &str = "stormglass-connections";

fn going_away() -> (u16, String) {
    (1001, "Going away".to_owned())
}

fn limited(limits: Limits) -> ServerSettings {
    ServerSettings { limits, ..ServerSettings::default() }
}

#[test]
fn a_silent_connection_is_closed_as_in_a_simulation() {
    let silence_max = Duration::from_millis(300);
    let limits = Limits { silence_max, ..Limits::default() };
    let served = Served::start_with(&STORMGLASS, limited(limits));
    served.block_on(async {
        assert_eq!(served.connect().await.closed().await, going_away());
        // Its message is later than when the gateway first meant to look.
        let mut client = served.connect().await;
        tokio::time::sleep(silence_max / 3).await;
        client.send("?").await;
        assert_eq!(client.closed().await, going_away());
        served.await_rows(TABLE, 0).await;
    });
    served.stop();
}

#[test]
fn a_busy_connection_is_closed_once_it_is_too_old() {
    let duration_max = Duration::from_millis(300);
    let limits = Limits { duration_max, ..Limits::default() };
    let served = Served::start_with(&Doorman, limited(limits));
    served.block_on(async {
        let mut client = served.connect().await;
        client.send("hi").await;
        assert_eq!(client.closed().await, going_away());
    });
    served.stop();
}

#[test]
fn a_client_that_closes_gets_its_close_frame_back() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let mut client = served.connect().await;
        let frame = CloseFrame { code: 4000.into(), reason: "bye".into() };
        client.send_message(Message::Close(Some(frame.clone()))).await;
        let back = client.socket.next().await.expect("a frame").expect("a close");
        assert_eq!(back, Message::Close(Some(frame)));
        assert!(client.socket.next().await.is_none(), "the server hangs up");
        served.await_rows(TABLE, 0).await;
    });
    served.stop();
}

#[test]
fn a_server_that_stops_says_goodbye_to_every_client() {
    let mut served = Served::start(&STORMGLASS);
    let clients = served.block_on(async { [served.connect().await, served.connect().await] });
    served.begin_to_stop();
    for client in clients {
        assert_eq!(served.block_on(client.closed()), going_away());
    }
    served.stop();
}

#[test]
fn a_server_that_stops_waits_for_the_functions_that_run() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        client.send("linger").await;
        while !LINGERING.load(Ordering::SeqCst) {
            tokio::task::yield_now().await;
        }
    });
    served.stop();
    assert!(LINGERED.load(Ordering::SeqCst));
}

#[test]
fn a_client_that_does_not_answer_a_close_frame_is_hung_up_on() {
    let silence_max = Duration::from_millis(300);
    let limits = Limits { silence_max, ..Limits::default() };
    let served = Served::start_with(&Doorman, limited(limits));
    served.block_on(async {
        let mut stream = TcpStream::connect(served.address).await.expect("a connection");
        let head = "GET / HTTP/1.1\r\nHost: localhost\r\nConnection: upgrade\r\n\
                    Upgrade: websocket\r\nSec-WebSocket-Version: 13\r\n\
                    Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\n\r\n";
        stream.write_all(head.as_bytes()).await.expect("a write");
        let mut received = Vec::new();
        stream.read_to_end(&mut received).await.expect("an end");
        assert!(received.starts_with(b"HTTP/1.1 101 "));
        assert!(received.ends_with(b"\x88\x0c\x03\xe9Going away"), "a close frame of 1001");
    });
    served.stop();
}

#[test]
fn a_client_that_does_not_close_its_end_does_not_keep_the_server() {
    let served = Served::start(&STORMGLASS);
    // It never reads, and so never answers.
    let client = served.block_on(served.connect());
    served.stop();
    drop(client);
}
