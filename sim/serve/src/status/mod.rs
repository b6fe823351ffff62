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
use std::sync::Arc;

use hyper::service::service_fn;
use tokio::net::TcpListener;

use crate::accept::accept;
use crate::dynamodb::Tables;
use crate::http::{HEAD_MAX, serve_connection};
use crate::record::Recorder;

/// What there is to show.
#[derive(Debug)]
pub(crate) struct PageSource {
    /// What happened last.
    pub(crate) recorder: Recorder,
    /// The tables.
    pub(crate) tables: Arc<Tables>,
    /// Where the gateway listens.
    pub(crate) gateway: SocketAddr,
    /// A name that the page may be called by, besides `localhost` and addresses.
    pub(crate) host_name: String,
}

/// Serves the page until `stop` completes.
pub(crate) async fn serve(
    listener: TcpListener,
    source: PageSource,
    stop: impl Future<Output = ()>,
) {
    let source = Arc::new(source);
    accept(listener, stop, |stream, _, stopped| {
        let (source, until) = (Arc::clone(&source), stopped.clone());
        let service = service_fn(move |request| {
            let answer = routes::respond(&source, &request, until.clone());
            async { Ok::<_, Infallible>(answer) }
        });
        serve_connection(stream, service, Some(HEAD_MAX), stopped)
    })
    .await;
}
