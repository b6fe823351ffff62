//! The guard of all ports: the names that a request may use for this server, and the pages that it
//! may come from.
//!
//! Any web page can send requests to ports of the machine that shows it. It can read the answers as
//! well once the name of its own host leads there (DNS rebinding), for then both are of one origin.
//! So a request must name this server by an address, which nobody can make to lead elsewhere, or by
//! a name that strangers cannot have. And it must come from a program, or from a page that the port
//! is for:
//!
//! | port | pages |
//! |---|---|
//! | WebSockets | all, as on AWS, where `$connect` decides |
//! | `@connections`, DynamoDB | those that a program of this machine serves, as on `localhost` |
//! | Runtime API | none |
//! | status page | its own |
//!
//! Pages of an origin that was allowed by name get an answer at every port.
//!
//! | module | content |
//! |---|---|
//! | `host` | the host in a request, and names of this server |
//! | `origin` | the origin of a page |
//! | `refusal` | the answer to any other request |

mod host;
mod origin;
mod refusal;

use std::sync::Arc;

use hyper::header::{HOST, HeaderMap, HeaderName, ORIGIN, UPGRADE};
use hyper::{Method, Request};

pub(crate) use host::host_in;
pub use host::{HostName, HostNameError};
use origin::is_of_this_machine;
pub use origin::{Origin, OriginError};
use refusal::Refusal;
use tracing::warn;

use crate::http::Reply;

const FETCH_SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// The names and origins that are allowed besides those of this machine. By default there are none.
#[derive(Clone, Debug, Default)]
pub struct Guard {
    allowed: Arc<AllowList>,
}

#[derive(Debug, Default)]
struct AllowList {
    hosts: Vec<HostName>,
    origins: Vec<Origin>,
}

impl Guard {
    /// Returns a guard that also lets requests in that name one of these hosts, or that come from
    /// pages of one of these origins.
    pub fn new(hosts: Vec<HostName>, origins: Vec<Origin>) -> Guard {
        Guard { allowed: Arc::new(AllowList { hosts, origins }) }
    }

    /// Returns the guard of one port.
    pub(crate) fn at(&self, port: Port) -> PortGuard {
        PortGuard { allowed: Arc::clone(&self.allowed), port }
    }
}

/// The ports of a server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Port {
    /// WebSockets and `@connections`.
    Gateway,
    DynamoDb,
    RuntimeApi,
    StatusPage,
}

impl Port {
    /// Returns the name of the port in messages.
    fn name(self) -> &'static str {
        match self {
            Port::Gateway => "the gateway",
            Port::DynamoDb => "DynamoDB",
            Port::RuntimeApi => "a Runtime API",
            Port::StatusPage => "the status page",
        }
    }
}

/// The guard of one port.
#[derive(Clone, Debug)]
pub(crate) struct PortGuard {
    allowed: Arc<AllowList>,
    port: Port,
}

impl PortGuard {
    /// Returns the answer to a request that is refused, which is in the log then.
    pub(crate) fn refuse<B>(&self, request: &Request<B>) -> Option<Reply> {
        let refusal = self.check(request).err()?;
        warn!("a request to {} was refused: {refusal}", self.port.name());
        Some(refusal.reply())
    }

    fn check<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let host = host_in(request.headers()).ok_or(Refusal::NoHost)?;
        if !host::is_here(host, &self.allowed.hosts) {
            return Err(Refusal::Host(host.to_owned()));
        }
        if self.port == Port::Gateway && is_handshake(request) {
            return Ok(());
        }
        self.check_page(request)
    }

    /// Checks the page that a request comes from. Browsers tell its origin, except in requests
    /// whose answer the page cannot read; of those, most browsers tell how far away it is.
    fn check_page<B>(&self, request: &Request<B>) -> Result<(), Refusal> {
        let headers = request.headers();
        match header(headers, &ORIGIN) {
            Some(origin) if self.answers(origin, headers) => Ok(()),
            Some(origin) => Err(Refusal::Origin(origin.to_owned())),
            // A link may lead to the first page of a port from anywhere.
            None if request.method() == Method::GET && request.uri().path() == "/" => Ok(()),
            None => match header(headers, &FETCH_SITE) {
                None | Some("same-origin" | "none") => Ok(()),
                Some(_) => Err(Refusal::Page),
            },
        }
    }

    fn answers(&self, origin: &str, headers: &HeaderMap) -> bool {
        let is_local = match self.port {
            Port::Gateway | Port::DynamoDb => is_of_this_machine(origin),
            Port::RuntimeApi => false,
            Port::StatusPage => {
                let own = origin.strip_prefix("http://");
                own.is_some_and(|own| header(headers, &HOST) == Some(own))
            }
        };
        is_local || self.allowed.origins.iter().any(|allowed| allowed.as_str() == origin)
    }
}

/// Reports whether a request asks for a WebSocket. A page can send no such header otherwise.
fn is_handshake<B>(request: &Request<B>) -> bool {
    let upgrade = header(request.headers(), &UPGRADE);
    request.method() == Method::GET
        && upgrade.is_some_and(|to| to.eq_ignore_ascii_case("websocket"))
}

/// Returns the value of a header; `?`, which is no valid value of any of them, if it has several
/// values or one that is no text.
fn header<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    let mut values = headers.get_all(name).iter();
    let value = values.next()?;
    let text = value.to_str().ok().filter(|_| values.next().is_none());
    Some(text.unwrap_or("?"))
}

#[cfg(test)]
mod tests;
