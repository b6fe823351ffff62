//! One request of HTTP: an upgrade, or a call of `@connections`.

use std::collections::BTreeMap;
use std::net::IpAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, Response, StatusCode, Version};
use percent_encoding::percent_decode_str;
use stormglass_aws::gateway::Stage;
use stormglass_sim::Upgrade;
use stormglass_sim::faults::Site;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;
use tokio::sync::oneshot;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use url::form_urlencoded;

use super::input::{Answer, Attached, Frames, Input, Inputs};
use super::management::{Management, is_management};
use crate::faults::Lost;

/// How much of a body is read, if only to be dropped: a client that writes everything before it
/// reads would never see the answer otherwise.
const READ_BYTES_MAX: usize = 64 * MESSAGE_BYTES_MAX;

pub(super) type Reply = Response<Full<Bytes>>;

/// A connection that is open as soon as its 101 was sent.
#[derive(Debug)]
pub(super) struct Opening {
    pub(super) attached: Attached,
    pub(super) upgraded: OnUpgrade,
    pub(super) frames: Frames,
}

/// Who stands at the door, and where it leads.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) from: IpAddr,
    pub(super) stage: Stage,
    pub(super) inputs: Inputs,
    pub(super) management: Management,
}

impl Door {
    /// Answers a request; with a 101, it gives what is to follow as well.
    pub(super) async fn respond(
        &self,
        mut request: Request<Incoming>,
    ) -> Result<(Reply, Option<Opening>), Lost> {
        if is_management(request.uri().path()) {
            return Ok((self.manage(request).await?, None));
        }
        let key = websocket_key(&request);
        let upgrade = self.upgrade(&request, key.is_none());
        let upgraded = hyper::upgrade::on(&mut request);
        let inputs = self.inputs.clone();
        let attached = Attached { id: inputs.ids.connection(), inputs };
        let (answer, answered) = oneshot::channel();
        let (id, from) = (attached.id.clone(), self.from);
        self.inputs.faults.comes(&id);
        let is_throttled = self.inputs.arrives(&id, "handshake", Site::Handshake).await;
        self.inputs.tell(Input::Upgrade { id, from, upgrade, is_throttled, answer });
        Ok(match (answered.await, key) {
            (Ok(Answer::Opened { protocol, frames }), Some(key)) => {
                let reply = switching(&key, protocol.as_deref());
                (reply, Some(Opening { attached, upgraded, frames }))
            }
            (Ok(Answer::Refused { status }), _) => (refusal(status), None),
            // The server has stopped, for only who has a key is let in.
            (Ok(Answer::Opened { .. }) | Err(_), _) => (without_body(503), None),
        })
    }

    fn upgrade(&self, request: &Request<Incoming>, plain: bool) -> Upgrade {
        let query = request.uri().query().unwrap_or_default().as_bytes();
        Upgrade {
            headers: headers(request.headers()),
            query: form_urlencoded::parse(query).into_owned().collect(),
            stage: stage(request.uri().path()).filter(|stage| *stage != self.stage.name),
            plain,
        }
    }

    async fn manage(&self, request: Request<Incoming>) -> Result<Reply, Lost> {
        let (head, body) = request.into_parts();
        let Some((body, bytes)) = read(body).await else { return Ok(without_body(400)) };
        self.management.reply(&head, body, bytes).await
    }
}

/// The key of a request that asks for a WebSocket of version 13 (RFC 6455 4.2.1).
fn websocket_key(request: &Request<Incoming>) -> Option<HeaderValue> {
    let headers = request.headers();
    let asks = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_token(headers, &UPGRADE, "websocket")
        && has_token(headers, &CONNECTION, "upgrade")
        && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    headers.get(SEC_WEBSOCKET_KEY).filter(|_| asks).cloned()
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let mut tokens = values.flat_map(|value| value.split(','));
    tokens.any(|known| known.trim().eq_ignore_ascii_case(token))
}

/// The stage that a path names; the root is the stage of this API.
fn stage(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    let name = percent_decode_str(path).decode_utf8_lossy().into_owned();
    Some(name).filter(|name| !name.is_empty())
}

/// Headers by their names, of which the last one counts. The letter case of a client is lost by
/// now: events have the one that most clients write (FACTS 5.1).
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| {
        (written(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    headers.collect()
}

fn written(name: &str) -> String {
    let parts = name.split('-').map(|part| match part {
        "websocket" => "WebSocket".to_owned(),
        _ => {
            let (first, rest) = part.split_at(part.len().min(1));
            first.to_ascii_uppercase() + rest
        }
    });
    parts.collect::<Vec<_>>().join("-")
}

fn switching(key: &HeaderValue, protocol: Option<&str>) -> Reply {
    let mut reply = without_body(101);
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    if let Ok(accept) = HeaderValue::from_str(&derive_accept_key(key.as_bytes())) {
        headers.insert(SEC_WEBSOCKET_ACCEPT, accept);
    }
    // What cannot be a header goes without: a browser then refuses the socket by itself.
    if let Some(Ok(protocol)) = protocol.map(HeaderValue::from_str) {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    reply
}

/// A status that ends nothing is no refusal that HTTP could carry.
fn refusal(status: u16) -> Reply {
    let mut reply = without_body(status);
    if reply.status().is_informational() {
        *reply.status_mut() = StatusCode::BAD_GATEWAY;
    }
    reply
}

pub(super) fn without_body(code: u16) -> Reply {
    let mut reply = Response::new(Full::default());
    *reply.status_mut() = status(code);
    reply
}

pub(super) fn status(code: u16) -> StatusCode {
    StatusCode::from_u16(code).unwrap_or(StatusCode::BAD_GATEWAY)
}

/// A body and its length; what is longer than any message is counted only. `None` if the client
/// went away in the middle of it.
async fn read(mut body: Incoming) -> Option<(Bytes, usize)> {
    let (mut whole, mut length) = (Vec::new(), 0);
    while let Some(frame) = body.frame().await {
        let Ok(data) = frame.ok()?.into_data() else { continue };
        length += data.len();
        if length <= MESSAGE_BYTES_MAX {
            whole.extend_from_slice(&data);
        }
        if length > READ_BYTES_MAX {
            break;
        }
    }
    Some((whole.into(), length))
}
