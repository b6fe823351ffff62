//! What comes of a request for a socket.

use hyper::Request;
use stormglass_apps::STORMGLASS;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::http::HeaderValue;

use super::doorman::Doorman;
use super::served::Served;

/// FACTS 3.7.
#[test]
fn the_protocol_of_the_connect_function_is_echoed() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut request = served.request("/?protocol=chat");
        let asked = HeaderValue::from_static("other, chat");
        request.headers_mut().insert("Sec-WebSocket-Protocol", asked);
        let (_, response) = served.ask(request).await.expect("it is let in");
        assert_eq!(response.headers()["sec-websocket-protocol"], "chat");
        let (_, response) = served.ask(served.request("/")).await.expect("it is let in");
        assert_eq!(response.headers().get("sec-websocket-protocol"), None);
    });
    served.stop();
}

/// FACTS 1.4.
#[test]
fn the_status_of_the_connect_function_refuses_a_handshake() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        for (query, status) in [
            ("status=401", 401),
            ("status=301", 301),
            ("status=501", 501),
            ("status=x", 502),
            ("status=101", 502),
        ] {
            assert_eq!(served.refusal(served.request(&format!("/?{query}"))).await, status);
        }
        served.connect().await;
    });
    served.stop();
}

/// FACTS 1.
#[test]
fn another_stage_and_a_plain_request_are_refused() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        assert_eq!(served.refusal(served.request("/test")).await, 403);
        served.ask(served.request("/prod")).await.expect("it is let in");
        let plain = served.http(Request::get("/"), Vec::new()).await;
        assert_eq!(plain.status(), 426);
        let old = Request::get("/")
            .header("connection", "upgrade")
            .header("upgrade", "websocket")
            .header("sec-websocket-key", "AAAAAAAAAAAAAAAAAAAAAA==")
            .header("sec-websocket-version", "8");
        assert_eq!(served.http(old, Vec::new()).await.status(), 426);
        let long = served.request(&format!("/?q={}", "x".repeat(4_096)));
        assert_eq!(served.refusal(long).await, 414);
    });
    served.stop();
}

#[test]
fn an_event_has_the_headers_the_query_and_the_address_of_its_client() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        for (room, status) in [("a b", 200), ("b", 403)] {
            let mut request = served.request("/prod?room=a%20b");
            request.headers_mut().insert("x-room", HeaderValue::from_static(room));
            match served.ask(request).await {
                Ok(_) => assert_eq!(status, 200),
                Err(Error::Http(response)) => assert_eq!(response.status(), status),
                Err(error) => panic!("{error}"),
            }
        }
        let mut request = served.request("/");
        request.headers_mut().insert("user-agent", HeaderValue::from_static("a test"));
        let (mut client, _) = served.ask(request).await.expect("it is let in");
        let event = client.asks_json("event").await;
        let identity = &event["requestContext"]["identity"];
        assert_eq!(identity["sourceIp"], "127.0.0.1");
        assert_eq!(identity["userAgent"], "a test");
    });
    served.stop();
}

#[test]
fn what_is_no_http_harms_nobody_else() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let mut client = served.connect().await;
        for garbage in [&b"\x16\x03\x01nonsense\r\n\r\n"[..], b"GET / HTTP/1.1\r\nX", b""] {
            let mut stream = TcpStream::connect(served.address).await.expect("a connection");
            stream.write_all(garbage).await.expect("a write");
            stream.shutdown().await.expect("an end");
            let mut answer = Vec::new();
            // A reset is an end too.
            let _ = stream.read_to_end(&mut answer).await;
            assert!(answer.is_empty() || answer.starts_with(b"HTTP/1.1 400 "), "{answer:?}");
        }
        assert!(client.asks("?").await.contains("error"));
    });
    served.stop();
}
