//! One request of HTTP, and its answer.

use std::borrow::Cow;

use hyper::body::Incoming;
use hyper::{Method, Request, StatusCode};
use stormglass_sim::report::picture::Picture;
use tokio::sync::watch;
use url::form_urlencoded;

use super::reply::{self, CSS, HTML, JSON, Reply, SCRIPT};
use super::{PageSource, data, live};
use crate::guard::host_in;
use crate::record::TextLimit;

const PAGE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");

/// The parts of one script, in the order of their definitions.
const PARTS: &str = concat!(
    include_str!("page/text.js"),
    include_str!("page/lists.js"),
    include_str!("page/clients.js"),
    include_str!("page/live.js"),
    include_str!("page/keys.js"),
);

/// The most events of a drawing.
const DRAWN_MAX: usize = 60;

/// The most characters of each text in a drawing.
const DRAWN_TEXT_MAX: usize = 120;

/// Answers a request. A stream ends when the server is `stopped`.
pub(super) fn respond(
    source: &PageSource,
    request: &Request<Incoming>,
    stopped: watch::Receiver<()>,
) -> Reply {
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        return reply::refusal(StatusCode::METHOD_NOT_ALLOWED, "This page changes nothing.\n");
    }
    let path = request.uri().path();
    let query = QueryString(request.uri().query().unwrap_or_default());
    let found = match path {
        "/" => Some(reply::page(PAGE, &sockets(source, request))),
        "/page.css" => Some(reply::found(CSS, format!("{}{STYLE}", Picture::style()))),
        "/page.js" => Some(reply::found(SCRIPT, format!("'use strict';\n{PARTS}"))),
        "/api/live" => Some(reply::stream(live::changes(source.recorder.clone(), stopped))),
        "/api/state" => Some(json(&data::state(source))),
        "/api/diagram" => Some(reply::found(HTML, diagram(source))),
        "/api/rows" => {
            let table = query.value("table").unwrap_or_default();
            let after = query.value("after");
            data::rows(source, &table, after.as_deref()).map(|rows| json(&rows))
        }
        "/api/log" => {
            let number = query.value("number").and_then(|number| number.parse().ok());
            number.and_then(|number| data::log(source, number)).map(|log| json(&log))
        }
        _ => None,
    };
    found.unwrap_or_else(|| reply::refusal(StatusCode::NOT_FOUND, "Not found.\n"))
}

/// Returns the addresses at which the page may open sockets: the gateway, by the host name of the
/// page.
fn sockets(source: &PageSource, request: &Request<Incoming>) -> String {
    let port = source.gateway.port();
    match host_in(request.headers()) {
        // A content security policy has no syntax for addresses of IPv6.
        Some(host) if !host.starts_with('[') => format!("ws://{host}:{port}"),
        _ => "ws:".to_owned(),
    }
}

fn json(value: &impl serde::Serialize) -> Reply {
    reply::found(JSON, serde_json::to_vec(value).expect("the data of the page makes JSON"))
}

fn diagram(source: &PageSource) -> String {
    let history = source.recorder.last(DRAWN_MAX, TextLimit::Cut(DRAWN_TEXT_MAX));
    Picture::of_history(&history, source.recorder.app().map_or("", |app| app.name())).drawing()
}

/// A query string.
#[derive(Clone, Copy)]
struct QueryString<'a>(&'a str);

impl<'a> QueryString<'a> {
    fn value(self, name: &str) -> Option<Cow<'a, str>> {
        let mut pairs = form_urlencoded::parse(self.0.as_bytes());
        pairs.find(|(key, _)| key == name).map(|(_, value)| value)
    }
}
