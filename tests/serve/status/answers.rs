//! Methods, paths, hosts and origins, and what the page is told.

use std::io::{self, BufRead, BufReader, Write};
use std::net::TcpStream;

use hyper::http::request::Builder;
use hyper::{Method, Request};
use stormglass_apps::STORMGLASS;

use super::served::Served;

fn get(path: &str) -> Builder {
    Request::get(path).header("host", "localhost")
}

fn status(served: &Served, request: Builder) -> u16 {
    served.block_on(async { served.http(served.status, request).await.status().as_u16() })
}

#[test]
fn what_there_is_can_be_got_and_nothing_else_done() {
    let served = Served::start(&STORMGLASS);
    for path in ["/", "/page.css", "/page.js", "/api/state", "/api/diagram"] {
        assert_eq!(status(&served, get(path)), 200, "{path}");
        let head = Request::head(path).header("host", "localhost");
        assert_eq!(status(&served, head), 200, "{path}");
        for method in [Method::POST, Method::PUT, Method::DELETE, Method::OPTIONS] {
            let request = Request::builder().method(method).uri(path).header("host", "localhost");
            let answer = served.block_on(served.http(served.status, request));
            assert_eq!(answer.status(), 405, "{path}");
            assert_eq!(answer.headers()["allow"], "GET, HEAD");
        }
    }
    for path in [
        "/nothing",
        "/page.html",
        "/../page.js",
        "/api/",
        "/api/log",
        "/api/log?number=1",
        "/api/log?number=x",
        "/api/rows",
        "/api/rows?table=nothing",
        "/api/rows?table=stormglass-connections&after=%7B%7D",
        "/api/rows?table=stormglass-connections&after=x",
    ] {
        assert_eq!(status(&served, get(path)), 404, "{path}");
    }
    served.stop();
}

#[test]
fn whoever_was_led_here_by_another_name_is_refused() {
    let served = Served::start(&STORMGLASS);
    for host in ["evil.example", "127.0.0.1.evil.example", "localhost.evil.example:80", ""] {
        for path in ["/", "/api/state", "/nothing"] {
            assert_eq!(status(&served, Request::get(path).header("host", host)), 403, "{host}");
        }
    }
    for host in ["127.0.0.1", "[::1]:99", "localhost:1", "my-machine"] {
        assert_eq!(status(&served, Request::get("/").header("host", host)), 200, "{host}");
    }
    served.stop();
}

#[test]
fn pages_of_other_origins_get_nothing() {
    let served = Served::start(&STORMGLASS);
    for (name, value) in [
        ("origin", "http://evil.example"),
        ("origin", "http://localhost:1"),
        ("origin", "null"),
        ("sec-fetch-site", "cross-site"),
        ("sec-fetch-site", "same-site"),
    ] {
        let answer =
            served.block_on(served.http(served.status, get("/api/state").header(name, value)));
        assert_eq!(answer.status(), 403, "{name}: {value}");
        assert!(answer.headers().get("access-control-allow-origin").is_none());
    }
    assert_eq!(status(&served, get("/api/state").header("origin", "http://localhost")), 200);
    served.stop();
}

#[test]
fn a_page_may_load_what_is_of_this_server_and_open_sockets_to_its_gateway() {
    let served = Served::start(&STORMGLASS);
    let answer = served.block_on(served.http(served.status, get("/")));
    let policy = answer.headers()["content-security-policy"].to_str().expect("a text");
    let port = served.gateway.port();
    assert!(policy.starts_with("default-src 'none'; style-src 'self'; script-src 'self';"));
    assert!(policy.contains(&format!("connect-src 'self' ws://localhost:{port};")), "{policy}");
    assert!(!policy.contains("unsafe"), "{policy}");
    let page = String::from_utf8_lossy(answer.body()).into_owned();
    for inline in ["<style", " style=", " onclick=", "javascript:", "//"] {
        assert!(!page.contains(inline), "{inline}");
    }
    assert_eq!(answer.headers()["x-content-type-options"], "nosniff");
    served.stop();
}

#[test]
fn the_page_is_told_of_connections_rows_invocations_logs_and_events() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let mut client = served.connect().await;
        client.send(r#"{"action":"broadcast","data":"hello"}"#).await;
        assert_eq!(client.next().await, "hello");
        assert!(client.next().await.contains("ack"));
        served.until(|recorder| recorder.connections(1).0[0].messages_out == 2).await;
        let state = served.told("/api/state").await;
        assert_eq!(state["app"], "stormglass");
        assert_eq!(state["gateway_port"], served.gateway.port());
        let connection = &state["connections"]["some"][0];
        assert_eq!((&connection["name"], &connection["messages_in"]), (&"a1".into(), &1.into()));
        let id = connection["id"].as_str().expect("an id");
        let invocation = &state["invocations"]["some"][0];
        assert_eq!((&invocation["name"], &invocation["status"]), (&"a.b1".into(), &"200".into()));
        assert_eq!(invocation["lines"], 1);
        let log = served.told(&format!("/api/log?number={}", invocation["number"])).await;
        let line = log["lines"][0].as_str().expect("a line");
        assert!(line.contains(id) && line.contains("delivered=1"), "{line}");
        let event = &state["events"]["some"][0];
        assert_eq!(event["ids"][0], serde_json::json!(["a1", id]));
        assert_eq!(state["tables"][0]["rows"], 1);
        let rows = served.told("/api/rows?table=stormglass-connections").await;
        assert_eq!(rows["rows"][0]["key"], id);
        let diagram = served.http(served.status, get("/api/diagram")).await;
        let diagram = String::from_utf8_lossy(diagram.body()).into_owned();
        assert!(diagram.contains("broadcast &quot;hello&quot;"), "{diagram}");
        client.close().await;
    });
    served.stop();
}

#[test]
fn rows_come_in_pages() {
    let served = Served::start(&STORMGLASS);
    served.block_on(async {
        let mut clients = Vec::new();
        for _ in 0..70 {
            clients.push(served.connect().await);
        }
        let first = served.told("/api/rows?table=stormglass-connections").await;
        assert_eq!(first["rows"].as_array().map(Vec::len), Some(50));
        assert_eq!(first["all"], 70);
        let after = first["next"].to_string().replace('"', "%22").replace('{', "%7B");
        let after = after.replace('}', "%7D").replace('=', "%3D");
        let path = format!("/api/rows?table=stormglass-connections&after={after}");
        let second = served.told(&path).await;
        assert_eq!(second["rows"].as_array().map(Vec::len), Some(20));
        assert!(second["next"].is_null());
    });
    served.stop();
}

#[test]
fn a_stream_says_that_there_is_something_to_see_until_the_server_stops() {
    let served = Served::start(&STORMGLASS);
    let mut stream = TcpStream::connect(served.status).expect("a connection");
    let asks = b"GET /api/live HTTP/1.1\r\nHost: localhost\r\n\r\n";
    stream.write_all(asks).expect("it is sent");
    let mut lines = BufReader::new(stream.try_clone().expect("a stream")).lines();
    let mut next = || {
        let is_event =
            |line: &io::Result<String>| line.as_ref().is_ok_and(|line| line.starts_with("data: "));
        lines.find(is_event).map(|line| line.expect("a line"))
    };
    assert!(next().expect("an event").ends_with("\"version\":0}"));
    let client = served.block_on(served.connect());
    assert!(!next().expect("an event").ends_with("\"version\":0}"));
    served.stop();
    while next().is_some() {}
    drop(client);
}
