//! What a client may send, and what it may not (FACTS 2.12, 3.1).

use std::io::{Read, Write};
use std::net::TcpStream;
use std::time::Duration;

use futures_util::StreamExt;
use stormglass_spec::quotas::{FRAME_BYTES_MAX, MESSAGE_BYTES_MAX};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::frame::Frame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::{Data, OpCode};

use super::doorman::Doorman;
use super::served::{Client, Served};

/// A part of a message.
fn frame(bytes: Vec<u8>, kind: Data, is_last: bool) -> Message {
    Message::Frame(Frame::message(bytes, OpCode::Data(kind), is_last))
}

/// Sends a message of this length in frames that are as large as they may be.
async fn send_in_frames(client: &mut Client, bytes: usize) {
    let text = vec![b'x'; bytes];
    let frames: Vec<&[u8]> = text.chunks(FRAME_BYTES_MAX).collect();
    for (index, part) in frames.iter().enumerate() {
        let kind = if index == 0 { Data::Text } else { Data::Continue };
        client.send_message(frame(part.to_vec(), kind, index + 1 == frames.len())).await;
    }
}

#[test]
fn the_largest_message_in_frames_of_the_largest_size_arrives() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        send_in_frames(&mut client, MESSAGE_BYTES_MAX).await;
        assert_eq!(client.next().await, MESSAGE_BYTES_MAX.to_string());
    });
    served.stop();
}

#[test]
fn what_is_too_big_is_closed_with_1009() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        send_in_frames(&mut client, MESSAGE_BYTES_MAX + 1).await;
        assert_eq!(client.closed().await.0, 1009, "a message");
        // More than fits into the buffers of a socket: somebody has to read it.
        for bytes in [FRAME_BYTES_MAX + 1, 128 * MESSAGE_BYTES_MAX] {
            let mut client = served.connect().await;
            client.send(&"x".repeat(bytes)).await;
            assert_eq!(client.closed().await.0, 1009, "a frame of {bytes} bytes");
        }
    });
    served.stop();
}

#[test]
fn what_is_no_text_is_closed_with_the_code_for_it() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        for (message, code) in [
            (Message::binary(vec![1, 2, 3]), 1003),
            (frame(vec![b'a', 0xff], Data::Text, true), 1007),
            (frame(b"from nowhere".to_vec(), Data::Continue, true), 1002),
        ] {
            let mut client = served.connect().await;
            client.send_message(message).await;
            assert_eq!(client.closed().await.0, code);
        }
    });
    served.stop();
}

#[test]
fn a_ping_is_answered_with_a_pong() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        client.send_message(Message::Ping("hi".into())).await;
        let pong = client.socket.next().await.expect("a frame").expect("a pong");
        assert_eq!(pong, Message::Pong("hi".into()));
    });
    served.stop();
}

/// More bytes than the buffers of both ends hold.
const FLOOD_BYTES: usize = 128 << 20;

/// The bytes of the content of each ping.
const PING_BYTES: usize = 125;

/// Pings, as a client masks them with zeros.
fn pings(count: usize) -> Vec<u8> {
    let mut ping = vec![0x89, 0x80 | PING_BYTES as u8, 0, 0, 0, 0];
    ping.extend([b'x'; PING_BYTES]);
    ping.repeat(count)
}

/// Opens a socket without a library, which would answer and read by itself.
fn open(served: &Served) -> TcpStream {
    let mut stream = TcpStream::connect(served.address).expect("a connection");
    let upgrade = "GET / HTTP/1.1\r\nHost: localhost\r\nUpgrade: websocket\r\n\
                   Connection: Upgrade\r\nSec-WebSocket-Version: 13\r\n\
                   Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n";
    stream.write_all(upgrade.as_bytes()).expect("a request");
    let mut answer = Vec::new();
    while !answer.ends_with(b"\r\n\r\n") {
        let mut byte = [0];
        stream.read_exact(&mut byte).expect("an answer");
        answer.extend(byte);
    }
    stream
}

#[test]
fn a_client_that_reads_no_pongs_cannot_send_pings_without_end() {
    let served = Served::start(&Doorman);
    let mut flood = open(&served);
    // If the machine is slow, the flood ends early, and finds nothing wrong.
    flood.set_write_timeout(Some(Duration::from_secs(1))).expect("a socket");
    let part = pings(1_000);
    let mut sent = 0;
    while let Ok(bytes) = flood.write(&part[sent % part.len()..]) {
        sent += bytes;
        assert!(sent < FLOOD_BYTES, "the server reads on, and keeps the pongs");
    }
    served.block_on(async {
        assert_eq!(served.connect().await.asks("others").await, "6");
    });
    // Once it reads, every ping has its pong.
    let pings = sent / (6 + PING_BYTES);
    let mut pongs = vec![0; pings * (2 + PING_BYTES)];
    flood.read_exact(&mut pongs).expect("pongs");
    assert!(pongs.chunks(2 + PING_BYTES).all(|pong| pong.starts_with(&[0x8a, PING_BYTES as u8])));
    served.stop();
}

#[test]
fn an_empty_message_is_a_message() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        assert_eq!(served.connect().await.asks("").await, "0");
    });
    served.stop();
}
