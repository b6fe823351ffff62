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
use crate::http::converse;
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
    accept(listener, stop, |stream, _, stopped| {
        let (status, until) = (Arc::clone(&status), stopped.clone());
        let service = service_fn(move |request| {
            let answer = routes::respond(&status, &request, until.clone());
            async { Ok::<_, Infallible>(answer) }
        });
        converse(service, stream, stopped)
    })
    .await;
}
