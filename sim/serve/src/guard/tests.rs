//! The rules of each port.

use hyper::header::{HOST, HeaderValue};
use hyper::http::request::Builder;

use super::*;

const PORTS: [Port; 4] = [Port::Gateway, Port::DynamoDb, Port::RuntimeApi, Port::StatusPage];

fn post() -> Builder {
    Request::post("/x").header(HOST, "localhost:1")
}

fn handshake(host: &str) -> Builder {
    Request::get("/").header(HOST, host).header(UPGRADE, "WebSocket")
}

fn check_by(guard: &Guard, port: Port, request: Builder) -> Result<(), Refusal> {
    guard.at(port).check(&request.body(()).expect("a request"))
}

fn check(port: Port, request: Builder) -> Result<(), Refusal> {
    check_by(&Guard::default(), port, request)
}

fn named(host: &str) -> Builder {
    Request::post("/x").header(HOST, host)
}

#[test]
fn addresses_and_names_of_this_machine_are_answered_at_every_port() {
    for host in [
        "127.0.0.1:3002",
        "192.168.1.7",
        "[::1]:3002",
        "[::1]",
        "LocalHost:3002",
        "tables.localhost",
        "host.docker.internal:8000",
    ] {
        for port in PORTS {
            assert_eq!(check(port, named(host)), Ok(()), "{host}");
        }
    }
}

#[test]
fn other_names_are_refused_at_every_port() {
    for host in [
        "evil.example:3002",
        "evil.example",
        "127.0.0.1.evil.example:3002",
        "localhost.evil.example",
        "notlocalhost",
        "internal",
        "::1",
        "user@127.0.0.1",
    ] {
        for port in PORTS {
            assert!(check(port, named(host)).is_err(), "{host}");
            assert!(check(port, handshake(host)).is_err(), "{host}");
        }
    }
    let refusal = check(Port::DynamoDb, named("evil.example:1")).expect_err("it is refused");
    assert_eq!(refusal, Refusal::Host("evil.example".to_owned()));
}

#[test]
fn a_request_has_one_host() {
    for request in [
        Request::post("/x"),
        named(""),
        named("127.0.0.1:3002:80"),
        named("127.0.0.1:x"),
        named("localhost").header(HOST, "localhost"),
    ] {
        assert!(check(Port::DynamoDb, request).is_err());
    }
}

#[test]
fn a_name_can_be_allowed() {
    let names = vec!["my-machine".parse().expect("a name")];
    let guard = Guard::new(names, Vec::new());
    for port in PORTS {
        assert_eq!(check_by(&guard, port, named("My-Machine:1")), Ok(()));
        assert!(check_by(&guard, port, named("a.my-machine")).is_err());
    }
}

#[test]
fn programs_are_answered_at_every_port() {
    for port in PORTS {
        assert_eq!(check(port, post()), Ok(()));
        assert_eq!(check(port, post().header(FETCH_SITE, "none")), Ok(()));
    }
}

#[test]
fn pages_of_strangers_are_refused_at_every_port() {
    for origin in ["http://evil.example", "https://localhost.evil.example", "null", "", "file://"] {
        for port in PORTS {
            let refusal = check(port, post().header(ORIGIN, origin));
            assert_eq!(refusal, Err(Refusal::Origin(origin.to_owned())));
        }
    }
    for port in PORTS {
        let two = post().header(ORIGIN, "http://localhost").header(ORIGIN, "http://evil.example");
        assert!(check(port, two).is_err());
        let unreadable = HeaderValue::from_bytes(b"http://\xff").expect("a value");
        assert!(check(port, post().header(ORIGIN, unreadable)).is_err());
        for site in ["cross-site", "same-site", "something-new"] {
            assert_eq!(check(port, post().header(FETCH_SITE, site)), Err(Refusal::Page));
        }
    }
}

#[test]
fn pages_of_this_machine_are_answered_where_data_is() {
    for (port, is_answered) in [
        (Port::Gateway, true),
        (Port::DynamoDb, true),
        (Port::RuntimeApi, false),
        (Port::StatusPage, false),
    ] {
        let request = post().header(ORIGIN, "http://localhost:3000");
        let request = request.header(FETCH_SITE, "same-site");
        assert_eq!(check(port, request).is_ok(), is_answered, "{port:?}");
    }
}

#[test]
fn the_status_page_is_answered_at_its_own_port() {
    let own = || post().header(ORIGIN, "http://localhost:1");
    assert_eq!(check(Port::StatusPage, own().header(FETCH_SITE, "same-origin")), Ok(()));
    assert!(check(Port::StatusPage, post().header(ORIGIN, "https://localhost:1")).is_err());
    assert!(check(Port::StatusPage, post().header(ORIGIN, "http://127.0.0.1:1")).is_err());
    assert!(check(Port::RuntimeApi, own()).is_err());
}

#[test]
fn a_link_leads_to_the_first_page_from_anywhere_and_no_further() {
    let link = |path| {
        let request = Request::get(path).header(HOST, "localhost:1");
        request.header(FETCH_SITE, "cross-site")
    };
    for port in PORTS {
        assert_eq!(check(port, link("/")), Ok(()));
        assert_eq!(check(port, link("/api/state")), Err(Refusal::Page));
        assert!(check(port, link("/").header(ORIGIN, "http://evil.example")).is_err());
        assert!(check(port, link("/").method(Method::POST)).is_err());
    }
}

#[test]
fn a_web_socket_is_for_pages_of_every_origin_and_at_the_gateway_alone() {
    for port in PORTS {
        let request = handshake("localhost").header(ORIGIN, "http://evil.example");
        assert_eq!(check(port, request).is_ok(), port == Port::Gateway, "{port:?}");
    }
    let post = handshake("localhost").method(Method::POST).header(ORIGIN, "http://evil.example");
    assert!(check(Port::Gateway, post).is_err());
}

#[test]
fn an_origin_can_be_allowed() {
    let origins = vec!["https://dev.example.com".parse().expect("an origin")];
    let guard = Guard::new(Vec::new(), origins);
    for port in PORTS {
        let of = |origin| post().header(ORIGIN, origin).header(FETCH_SITE, "cross-site");
        assert_eq!(check_by(&guard, port, of("https://dev.example.com")), Ok(()));
        assert!(check_by(&guard, port, of("http://dev.example.com")).is_err());
        assert!(check_by(&guard, port, of("https://dev.example.com.evil.example")).is_err());
    }
}
