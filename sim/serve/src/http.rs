//! HTTP/1.1 as all servers here speak it: connections, bodies up to a length, and plain replies.

use std::error::Error;
use std::pin::pin;
use std::time::Duration;

use futures_util::future::{Either, select};
use http_body_util::{BodyExt, Either as EitherBody, Full};
use hyper::body::{self, Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper::{Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::sync::watch;
use tokio::time::timeout;
use tracing::debug;

/// The longest time that a client may take for the head of a request, or be silent before it.
pub(crate) const HEAD_MAX: Duration = Duration::from_secs(30);

/// The most bytes of a client's text in a line of the log, or in a message.
pub(crate) const QUOTED_BYTES_MAX: usize = 200;
/// The longest time that a client may take for the body of a request.
const BODY_MAX: Duration = Duration::from_secs(30);

/// A reply whose body is there as a whole.
pub(crate) type Reply = Response<Full<Bytes>>;

/// Serves one connection to its end, an upgrade of it included. The service sees only the requests
/// for which `refuse` has no reply.
///
/// When the server stops, a request that is under way is still answered. A client that takes longer
/// than `head_max` for the head of a request is cut off.
pub(crate) async fn serve_connection<Io, S, B>(
    io: Io,
    refuse: impl Fn(&Request<Incoming>) -> Option<Reply>,
    service: S,
    head_max: Duration,
    mut stopped: watch::Receiver<()>,
) where
    Io: AsyncRead + AsyncWrite + Unpin + Send + 'static,
    S: Service<Request<Incoming>, Response = Response<B>>,
    S::Error: Into<Box<dyn Error + Send + Sync>>,
    B: body::Body<Data = Bytes> + 'static,
    B::Error: Into<Box<dyn Error + Send + Sync>>,
{
    let service = service_fn(|request| {
        let replying = match refuse(&request) {
            Some(refusal) => Err(refusal),
            None => Ok(service.call(request)),
        };
        async move {
            Ok::<_, S::Error>(match replying {
                Ok(replying) => replying.await?.map(EitherBody::Right),
                Err(refusal) => refusal.map(EitherBody::Left),
            })
        }
    });
    let mut http = http1::Builder::new();
    http.timer(TokioTimer::new()).header_read_timeout(head_max);
    let connection = http.serve_connection(TokioIo::new(io), service).with_upgrades();
    let mut connection = pin!(connection);
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

/// The body of a request.
pub(crate) enum Body {
    /// A body that is no longer than it may be.
    Whole(Vec<u8>),
    /// The beginning of a body that is too long, and the number of bytes that were read of it.
    TooLarge { beginning: Vec<u8>, bytes: usize },
    /// The client went away before the end of the body, or took too long for it.
    Broken,
}

/// Reads a body of at most `bytes_max`, and drops what comes after it up to `read_bytes_max`: a
/// client that writes everything before it reads would never see the answer otherwise.
pub(crate) async fn read(body: Incoming, bytes_max: usize, read_bytes_max: usize) -> Body {
    timeout(BODY_MAX, read_all(body, bytes_max, read_bytes_max)).await.unwrap_or(Body::Broken)
}

async fn read_all(mut body: Incoming, bytes_max: usize, read_bytes_max: usize) -> Body {
    let mut whole = Vec::new();
    let mut bytes = 0;
    while let Some(frame) = body.frame().await {
        let Ok(frame) = frame else { return Body::Broken };
        let Ok(data) = frame.into_data() else { continue };
        bytes += data.len();
        if bytes <= bytes_max {
            whole.extend_from_slice(&data);
        }
        if bytes > read_bytes_max {
            break;
        }
    }
    if bytes > bytes_max { Body::TooLarge { beginning: whole, bytes } } else { Body::Whole(whole) }
}

/// Returns a text of a client for the log: in quotes, with escapes, and no longer than a line.
pub(crate) fn quoted(text: &str) -> String {
    format!("{:?}", &text[..text.floor_char_boundary(QUOTED_BYTES_MAX)])
}

/// Returns a reply with a status and a body.
pub(crate) fn reply(status: u16, body: impl Into<Bytes>) -> Reply {
    let mut reply = Response::new(Full::new(body.into()));
    *reply.status_mut() = StatusCode::from_u16(status).unwrap_or(StatusCode::BAD_GATEWAY);
    reply
}

#[cfg(test)]
mod tests {
    use std::convert::Infallible;

    use futures_util::join;
    use hyper::Request;
    use hyper::service::service_fn;
    use tokio::io::{AsyncReadExt, AsyncWriteExt, DuplexStream, duplex};
    use tokio::time::sleep;

    use super::*;

    /// Serves one connection to its end. The answer to a whole body is 200.
    async fn serve(io: DuplexStream) {
        let service = service_fn(async |request: Request<Incoming>| {
            let body = read(request.into_body(), 100, 100).await;
            let status = if matches!(body, Body::Whole(_)) { 200 } else { 400 };
            Ok::<_, Infallible>(reply(status, ""))
        });
        let (_running, stopped) = watch::channel(());
        serve_connection(io, |_| None, service, HEAD_MAX, stopped).await;
    }

    /// Sends `text` at once and then `more` byte by byte. Returns the beginning of the answer.
    async fn answer_to(text: &str, more: &str) -> String {
        let (mut client, server) = duplex(1_024);
        let talking = async {
            client.write_all(text.as_bytes()).await.expect("it is sent");
            for byte in more.bytes() {
                sleep(Duration::from_secs(10)).await;
                if client.write_all(&[byte]).await.is_err() {
                    break;
                }
            }
            let mut answer = String::new();
            client.read_to_string(&mut answer).await.expect("an end");
            answer.lines().next().unwrap_or_default().to_owned()
        };
        let ((), answer) =
            timeout(Duration::from_secs(3_600), async { join!(serve(server), talking) })
                .await
                .expect("the connection is cut off");
        answer
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_stops_in_the_middle_of_a_request_is_cut_off() {
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\nContent-Length: 9\r\n";
        assert_eq!(answer_to(head, "").await, "");
        assert_eq!(answer_to(&format!("{head}\r\nhalf"), "").await, "HTTP/1.1 400 Bad Request");
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_sends_byte_by_byte_is_cut_off() {
        let head = "POST / HTTP/1.1\r\nHost: localhost\r\n";
        assert_eq!(answer_to(head, "X-Slow: yes").await, "");
        let head = format!("{head}Content-Length: 9\r\n\r\n");
        assert_eq!(answer_to(&head, "byte by byte").await, "HTTP/1.1 400 Bad Request");
    }
}
