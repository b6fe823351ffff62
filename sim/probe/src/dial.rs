//! The address of the endpoint, and the way to open a WebSocket there.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use rustls::{ClientConfig, RootCertStore};
use stormglass_sim::client::Request;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Error;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::{Connector, MaybeTlsStream, WebSocketStream, client_async_tls_with_config};
use url::Url;

/// The longest time for a handshake. API Gateway gives its functions 29 s (FACTS 3.1).
const HANDSHAKE_MAX: Duration = Duration::from_secs(35);

/// A WebSocket, with TLS or without.
pub(super) type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// The address of an endpoint.
#[derive(Clone)]
pub struct Target {
    url: Url,
    host: String,
    port: u16,
    connector: Connector,
}

impl std::fmt::Debug for Target {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Target").field("url", &self.url.as_str()).finish_non_exhaustive()
    }
}

/// The reason why an address cannot be dialled.
#[derive(Debug, thiserror::Error)]
pub enum TargetError {
    /// The text is no address of a WebSocket.
    #[error("{text:?} is no WebSocket address: {mistake}; an example is ws://127.0.0.1:3001")]
    NoAddress {
        /// The text.
        text: String,
        /// The mistake in it.
        mistake: String,
    },
    /// This machine trusts no certificates, so none can be checked.
    #[error("wss:// needs the certificates that this machine trusts, and there are none: {0}")]
    NoRoots(String),
}

/// The reason why there is no connection.
#[derive(Debug, thiserror::Error)]
pub enum DialError {
    /// The connection of TCP failed.
    #[error("{0}")]
    Io(io::Error),
    /// The endpoint answered the handshake with a status other than 101.
    #[error("the handshake was answered with {0}")]
    Refused(u16),
    /// The endpoint does not speak WebSocket.
    #[error("{0}")]
    Protocol(String),
    /// The answer took too long, or longer than the run.
    #[error("no answer came in time")]
    TimedOut,
}

impl Target {
    /// Parses an address. With `wss://`, the certificates that this machine trusts are loaded as
    /// well.
    ///
    /// # Errors
    ///
    /// If it is no address of a WebSocket, or there are no certificates to trust.
    pub fn parse(text: &str) -> Result<Target, TargetError> {
        let no = |mistake: &str| TargetError::NoAddress {
            text: text.to_owned(),
            mistake: mistake.to_owned(),
        };
        let url = Url::parse(text).map_err(|error| no(&error.to_string()))?;
        let is_secret = match url.scheme() {
            "ws" => false,
            "wss" => true,
            "http" | "https" => return Err(no("it begins with http; write ws:// or wss://")),
            _ => return Err(no("it begins with neither ws:// nor wss://")),
        };
        let host = url.host_str().ok_or_else(|| no("it has no host"))?;
        // In an address, a host of IPv6 is in brackets.
        let host = host.trim_matches(['[', ']']).to_owned();
        let port = url.port_or_known_default().ok_or_else(|| no("it has no port"))?;
        let connector =
            if is_secret { Connector::Rustls(Arc::new(tls()?)) } else { Connector::Plain };
        Ok(Target { url, host, port, connector })
    }

    /// Returns the address, in normal form.
    pub fn address(&self) -> &str {
        self.url.as_str()
    }

    /// Opens a WebSocket.
    pub(super) async fn dial(&self) -> Result<Socket, DialError> {
        self.dial_with(&Request::default()).await
    }

    /// Opens a WebSocket with further headers and parameters of the query.
    pub(super) async fn dial_with(&self, request: &Request) -> Result<Socket, DialError> {
        match timeout(HANDSHAKE_MAX, self.shake_hands(request)).await {
            Ok(dialled) => dialled,
            Err(_) => Err(DialError::TimedOut),
        }
    }

    async fn shake_hands(&self, request: &Request) -> Result<Socket, DialError> {
        let mut url = self.url.clone();
        if !request.query.is_empty() {
            url.query_pairs_mut().extend_pairs(&request.query);
        }
        let no = |error: &dyn std::fmt::Display| DialError::Protocol(error.to_string());
        let mut upgrade = url.as_str().into_client_request().map_err(|error| no(&error))?;
        for (name, value) in &request.headers {
            let name = HeaderName::from_bytes(name.as_bytes()).map_err(|error| no(&error))?;
            let value = HeaderValue::from_str(value).map_err(|error| no(&error))?;
            upgrade.headers_mut().insert(name, value);
        }
        let address = (self.host.as_str(), self.port);
        let stream = TcpStream::connect(address).await.map_err(DialError::Io)?;
        // The delay of the endpoint is measured, and not the time for which this machine holds
        // packets back.
        stream.set_nodelay(true).map_err(DialError::Io)?;
        let connector = Some(self.connector.clone());
        match client_async_tls_with_config(upgrade, stream, None, connector).await {
            Ok((socket, _)) => Ok(socket),
            Err(Error::Http(response)) => Err(DialError::Refused(response.status().as_u16())),
            Err(Error::Io(error)) => Err(DialError::Io(error)),
            Err(error) => Err(DialError::Protocol(error.to_string())),
        }
    }
}

/// Returns a configuration of TLS as it is common today. *ring* needs nothing but a C compiler to
/// build, and other providers in the same process do not matter, since it is asked for by name.
fn tls() -> Result<ClientConfig, TargetError> {
    let found = rustls_native_certs::load_native_certs();
    let mut roots = RootCertStore::empty();
    let (added, _) = roots.add_parsable_certificates(found.certs);
    if added == 0 {
        let reasons: Vec<String> = found.errors.iter().map(ToString::to_string).collect();
        return Err(TargetError::NoRoots(reasons.join(", ")));
    }
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider)
        .with_safe_default_protocol_versions()
        .expect("ring has the ciphers of TLS 1.2 and 1.3");
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}
