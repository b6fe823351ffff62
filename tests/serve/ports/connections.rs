//! Bad input, keep-alive, the end of a server.

use std::io::{Read, Write};
use std::net::TcpStream;

use stormglass_tests::http::HttpClient;

use crate::ports::wire::{SCAN, send, signed, start};

const BODY: &str = r#"{"TableName":"conns"}"#;

/// Everything that the server sends until it closes the connection.
fn rest(mut stream: &TcpStream) -> String {
    let mut text = String::new();
    // A reset is an end too.
    let _ = stream.read_to_string(&mut text);
    text
}

#[test]
fn what_is_no_http_is_refused_and_harms_nobody_else() {
    let server = start();
    let mut client = HttpClient::new(server.address());
    let mut garbage = TcpStream::connect(server.address()).expect("a connection");
    garbage.write_all(b"\x16\x03\x01nonsense\r\n\r\n").expect("a write");
    assert!(rest(&garbage).starts_with("HTTP/1.1 400 "));
    let mut broken = TcpStream::connect(server.address()).expect("a connection");
    broken.write_all(b"POST / HTTP/1.1\r\nContent-Length: 100\r\n\r\nhalf").expect("a write");
    drop(broken);
    let answer = server.block_on(send(&mut client, signed(SCAN), BODY));
    assert_eq!(answer.status, 200);
    server.stop();
}

#[test]
fn a_body_that_comes_in_chunks_is_read() {
    let server = start();
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n\
                X-Amz-Target: DynamoDB_20120810.Scan\r\nX-Amz-Date: a\r\n\
                Authorization: AWS4-X Credential=a, SignedHeaders=b, Signature=c\r\n\
                Connection: close\r\nTransfer-Encoding: chunked\r\n\r\n";
    let (start, end) = BODY.split_at(5);
    let chunk = |text: &str| format!("{:x}\r\n{text}\r\n", text.len());
    let request = format!("{head}{}{}0\r\n\r\n", chunk(start), chunk(end));
    stream.write_all(request.as_bytes()).expect("a write");
    let answer = rest(&stream);
    assert!(answer.ends_with(r#"{"Count":0,"Items":[],"ScannedCount":0}"#), "{answer}");
    server.stop();
}

#[test]
fn one_connection_serves_many_requests() {
    let server = start();
    let mut stream = TcpStream::connect(server.address()).expect("a connection");
    for _ in 0..3 {
        stream.write_all(b"GET / HTTP/1.1\r\nHost: localhost\r\n\r\n").expect("a write");
        let mut answer = Vec::new();
        while !answer.ends_with(b"amazonaws.com ") {
            let mut some = [0; 512];
            let length = stream.read(&mut some).expect("a read");
            assert_ne!(length, 0, "the server closed the connection");
            answer.extend_from_slice(&some[..length]);
        }
    }
    server.stop();
}

#[test]
fn a_server_that_stops_answers_what_is_under_way_and_closes_what_is_idle() {
    let server = start();
    let address = server.address();
    let idle = TcpStream::connect(address).expect("a connection");
    let mut busy = TcpStream::connect(address).expect("a connection");
    let head =
        b"PUT / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2\r\nExpect: 100-continue\r\n\r\n";
    busy.write_all(head).expect("a write");
    // It says so once it waits for the body.
    let mut go_on = [0; 25];
    busy.read_exact(&mut go_on).expect("a read");
    assert_eq!(&go_on, b"HTTP/1.1 100 Continue\r\n\r\n");
    std::thread::scope(|scope| {
        let stopping = scope.spawn(|| server.stop());
        assert_eq!(rest(&idle), "");
        assert!(TcpStream::connect(address).is_err(), "the server still listens");
        busy.write_all(b"xy").expect("a write");
        assert!(rest(&busy).starts_with("HTTP/1.1 404 "));
        stopping.join().expect("the server stops");
    });
}
