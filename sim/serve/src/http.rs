//! What servers of HTTP do alike: they read bodies up to a length, and hang up when they stop.

use std::error::Error;
use std::pin::pin;

use futures_util::future::{Either, select};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::HttpService;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpStream;
use tokio::sync::watch;
use tracing::debug;

/// The body of a request.
pub(crate) enum Body {
    Whole(Vec<u8>),
    TooLarge,
    /// Whoever sent it went away in the middle of it.
    Broken,
}

/// Reads a body of at most `bytes_max`, and up to `read_bytes_max` to drop them: a client that
/// writes everything before it reads would never see the answer otherwise.
pub(crate) async fn read(mut body: Incoming, bytes_max: usize, read_bytes_max: usize) -> Body {
    let mut whole = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Body::Broken };
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length > read_bytes_max {
            return Body::TooLarge;
        }
        if length <= bytes_max {
            whole.extend_from_slice(&data);
        }
    }
    if length > bytes_max { Body::TooLarge } else { Body::Whole(whole) }
}

/// Serves one connection: to its end, or until what is under way when the server stops is answered.
pub(crate) async fn converse<Service>(
    service: Service,
    stream: TcpStream,
    mut stopped: watch::Receiver<()>,
) where
    Service: HttpService<Incoming>,
    Service::Error: Into<Box<dyn Error + Send + Sync>>,
    Service::ResBody: 'static,
    <Service::ResBody as hyper::body::Body>::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new());
    let mut connection = pin!(http.serve_connection(TokioIo::new(stream), service));
    let ended = match select(connection.as_mut(), pin!(stopped.changed())).await {
        Either::Left((ended, _)) => ended,
        Either::Right(_) => {
            connection.as_mut().graceful_shutdown();
            connection.await
        }
    };
    if let Err(error) = ended {
        debug!(%error, "a connection broke");
    }
}
