//! One connection of HTTP, from its first byte to its upgrade, and the requests on it: upgrades,
//! and calls of `@connections`.

use std::collections::BTreeMap;
use std::net::IpAddr;
use std::pin::pin;
use std::sync::{Mutex, PoisonError};

use futures_util::future::{Either, select};
use hyper::body::Incoming;
use hyper::header::{
    CONNECTION, HeaderMap, HeaderName, HeaderValue, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY,
    SEC_WEBSOCKET_PROTOCOL, SEC_WEBSOCKET_VERSION, UPGRADE,
};
use hyper::service::service_fn;
use hyper::upgrade::OnUpgrade;
use hyper::{Method, Request, StatusCode, Version};
use percent_encoding::percent_decode_str;
use stormglass_aws::gateway::Stage;
use stormglass_sim::Upgrade;
use stormglass_sim::faults::Site;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::net::TcpStream;
use tokio::sync::{oneshot, watch};
use tokio_rustls::TlsAcceptor;
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;
use tracing::debug;
use url::form_urlencoded;

use super::input::{AttachedClient, FrameQueue, Input, Inputs, UpgradeAnswer};
use super::management::{Management, is_management};
use super::socket;
use crate::faults::LostRequest;
use crate::guard::PortGuard;
use crate::http::{Body, HEAD_MAX, Reply, read, reply, serve_connection};
use crate::tls::{ClientStream, accept_any};

/// The most bytes that are read of a body, if only to drop them: a client that writes everything
/// before it reads would never see the answer otherwise.
const READ_BYTES_MAX: usize = 64 * MESSAGE_BYTES_MAX;

/// A client at the door, and the ways that lead on from there.
#[derive(Debug)]
pub(super) struct Door {
    pub(super) from: IpAddr,
    pub(super) stage: Stage,
    pub(super) inputs: Inputs,
    pub(super) management: Management,
    pub(super) guard: PortGuard,
}

/// A WebSocket that is open as soon as its 101 is sent.
#[derive(Debug)]
struct PendingSocket {
    client: AttachedClient,
    upgraded: OnUpgrade,
    frames: FrameQueue,
}

impl Door {
    /// Serves one connection of TCP, by TLS if it begins like it.
    pub(super) async fn serve(
        self,
        stream: TcpStream,
        tls: Option<TlsAcceptor>,
        mut stopped: watch::Receiver<()>,
    ) {
        let Some(tls) = tls else { return self.serve_http(stream, stopped).await };
        let securing = async {
            match select(pin!(accept_any(stream, tls)), pin!(stopped.changed())).await {
                Either::Left((stream, _)) => Some(stream),
                Either::Right(_) => None,
            }
        };
        match securing.await {
            Some(Ok(ClientStream::Plain(stream))) => self.serve_http(stream, stopped).await,
            Some(Ok(ClientStream::Secured(stream))) => self.serve_http(stream, stopped).await,
            Some(Err(error)) => debug!(%error, "a connection broke"),
            None => {}
        }
    }

    /// Serves HTTP on a connection, and then the WebSocket that it becomes.
    async fn serve_http<Io>(self, stream: Io, stopped: watch::Receiver<()>)
    where
        Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    {
        let socket = Mutex::new(None);
        let service = service_fn(async |request| {
            let (reply, opened) = self.respond(request).await?;
            if opened.is_some() {
                *socket.lock().unwrap_or_else(PoisonError::into_inner) = opened;
            }
            Ok::<_, LostRequest>(reply)
        });
        let refuse = |request: &_| self.guard.refuse(request);
        serve_connection(stream, refuse, service, HEAD_MAX, stopped).await;
        // The connection is free for frames only now, when its last reply has gone out.
        let socket = socket.lock().unwrap_or_else(PoisonError::into_inner).take();
        if let Some(PendingSocket { client, upgraded, frames }) = socket
            && let Ok(upgraded) = upgraded.await
        {
            socket::serve(&client, upgraded, frames).await;
        }
    }

    /// Answers a request. With a 101 comes the socket that follows it.
    async fn respond(
        &self,
        mut request: Request<Incoming>,
    ) -> Result<(Reply, Option<PendingSocket>), LostRequest> {
        if is_management(request.uri().path()) {
            return Ok((self.manage(request).await?, None));
        }
        let key = websocket_key(&request);
        if key.is_none() && is_like_a_call(&request) {
            let path = request.uri().path();
            self.management.warn(request.method(), path, "is no WebSocket");
        }
        let upgrade = self.upgrade(&request, key.is_none());
        let upgraded = hyper::upgrade::on(&mut request);
        let inputs = self.inputs.clone();
        // If this request ends before its answer, the drop of `client` tells the gateway.
        let client = AttachedClient { id: inputs.ids.connection(), inputs };
        let (answer, answered) = oneshot::channel();
        let (id, from) = (client.id.clone(), self.from);
        self.inputs.faults.add_client(&id);
        let is_throttled = self.inputs.arrives(&id, "handshake", Site::Handshake).await;
        self.inputs.send(Input::Upgrade { id, from, upgrade, is_throttled, answer });
        Ok(match (answered.await, key) {
            (Ok(UpgradeAnswer::Opened { protocol, frames }), Some(key)) => {
                let reply = switching(&key, protocol.as_deref());
                (reply, Some(PendingSocket { client, upgraded, frames }))
            }
            (Ok(UpgradeAnswer::Refused { status }), _) => (refusal(status), None),
            // The server has stopped: no connection is opened without a key.
            (Ok(UpgradeAnswer::Opened { .. }) | Err(_), _) => (reply(503, ""), None),
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

    async fn manage(&self, request: Request<Incoming>) -> Result<Reply, LostRequest> {
        let (head, body) = request.into_parts();
        let (body, bytes) = match read(body, MESSAGE_BYTES_MAX, READ_BYTES_MAX).await {
            Body::Whole(body) => {
                let bytes = body.len();
                (body, bytes)
            }
            Body::TooLarge { beginning, bytes } => (beginning, bytes),
            Body::Broken => return Ok(reply(400, "")),
        };
        self.management.reply(&head, body.into(), bytes).await
    }
}

/// Returns the key of a request for a WebSocket of version 13 (RFC 6455 4.2.1).
fn websocket_key(request: &Request<Incoming>) -> Option<HeaderValue> {
    let headers = request.headers();
    let is_upgrade = request.method() == Method::GET
        && request.version() == Version::HTTP_11
        && has_token(headers, &UPGRADE, "websocket")
        && has_token(headers, &CONNECTION, "upgrade")
        && headers.get(SEC_WEBSOCKET_VERSION).is_some_and(|version| version == "13");
    headers.get(SEC_WEBSOCKET_KEY).filter(|_| is_upgrade).cloned()
}

/// Reports whether a request that is neither a handshake nor a call of `@connections` is likely to
/// be meant as a call.
fn is_like_a_call(request: &Request<Incoming>) -> bool {
    let is_read = matches!(*request.method(), Method::GET | Method::HEAD | Method::OPTIONS);
    !is_read || request.uri().path().contains("connections")
}

fn has_token(headers: &HeaderMap, name: &HeaderName, token: &str) -> bool {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    let mut tokens = values.flat_map(|value| value.split(','));
    tokens.any(|other| other.trim().eq_ignore_ascii_case(token))
}

/// Returns the stage that a path names; the root is the stage of this API.
fn stage(path: &str) -> Option<String> {
    let path = path.trim_matches('/');
    let name = percent_decode_str(path).decode_utf8_lossy().into_owned();
    Some(name).filter(|name| !name.is_empty())
}

/// Returns headers by their names; of those with one name, the last. The letter case of the client
/// is lost by now: events have the case that most clients write (FACTS 5.1).
fn headers(headers: &HeaderMap) -> BTreeMap<String, String> {
    let headers = headers.iter();
    let headers = headers.map(|(name, value)| {
        (in_usual_case(name.as_str()), String::from_utf8_lossy(value.as_bytes()).into_owned())
    });
    headers.collect()
}

/// Writes a header name as most clients do: `Sec-WebSocket-Key`.
fn in_usual_case(name: &str) -> String {
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
    let mut reply = reply(101, "");
    let headers = reply.headers_mut();
    headers.insert(CONNECTION, HeaderValue::from_static("upgrade"));
    headers.insert(UPGRADE, HeaderValue::from_static("websocket"));
    let accept = HeaderValue::from_str(&derive_accept_key(key.as_bytes()));
    headers.insert(SEC_WEBSOCKET_ACCEPT, accept.expect("base64 can be a header"));
    // A protocol that no header can hold is left out: a browser then refuses the socket itself.
    if let Some(Ok(protocol)) = protocol.map(HeaderValue::from_str) {
        headers.insert(SEC_WEBSOCKET_PROTOCOL, protocol);
    }
    reply
}

/// Returns a refusal. A status below 200 ends no request, so it becomes a 502.
fn refusal(status: u16) -> Reply {
    let mut reply = reply(status, "");
    if reply.status().is_informational() {
        *reply.status_mut() = StatusCode::BAD_GATEWAY;
    }
    reply
}
