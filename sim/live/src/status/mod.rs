//! A page that shows what a server does, on a port of its own: who is connected, what is in the
//! tables, what functions do and log, and a drawing of it. It has a small client as well.
//!
//! Nothing can be changed here. Whoever asks must have come by an address of this server, and no
//! page of another origin gets an answer: see `guard`.
//!
//! | module | what is in it |
//! |---|---|
//! | `guard` | who is answered |
//! | `routes` | one request of HTTP, and what it is answered |
//! | `data` | what the page is told, as JSON |
//! | `live` | the stream that says when there is anything else to see |
//! | `reply` | the headers that every answer has |
//! | `page/` | the page itself |

mod data;
mod guard;
mod live;
mod reply;
mod routes;

use std::convert::Infallible;
use std::net::SocketAddr;
use std::pin::pin;
use std::sync::Arc;

use futures_util::future::{Either, select};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tracing::debug;

use crate::accept::accept;
use crate::dynamodb::Tables;
use crate::record::Recorder;

/// What there is to show.
#[derive(Debug)]
pub struct Status {
    /// What happened last.
    pub recorder: Recorder,
    /// The tables.
    pub tables: Arc<Tables>,
    /// Where the gateway listens.
    pub gateway: SocketAddr,
    /// A name that the page may be called by, besides `localhost` and addresses.
    pub host: String,
}

/// Serves the page until `stop` completes.
pub async fn serve(listener: TcpListener, status: Status, stop: impl Future<Output = ()>) {
    let status = Arc::new(status);
    accept(listener, stop, |stream, _, stopped| converse(Arc::clone(&status), stream, stopped))
        .await;
}

async fn converse(status: Arc<Status>, stream: TcpStream, mut stopped: watch::Receiver<()>) {
    let until = stopped.clone();
    let service = service_fn(async |request| {
        Ok::<_, Infallible>(routes::respond(&status, &request, until.clone()))
    });
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
