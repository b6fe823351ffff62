//! The server that a function talks to, by path.

use std::convert::Infallible;
use std::net::{Ipv4Addr, SocketAddr};
use std::pin::pin;

use futures_util::future::{Either, select};
use futures_util::stream::FuturesUnordered;
use futures_util::{FutureExt, StreamExt, select_biased};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::{TcpListener, TcpStream};

use crate::gateway::Gateway;
use crate::runtime::Runtime;
use crate::table::Table;

pub(crate) type Answer = Response<Full<Bytes>>;

/// Everything that a function reaches.
#[derive(Debug)]
pub(crate) struct Cloud {
    pub(crate) runtime: Runtime,
    pub(crate) table: Table,
    pub(crate) gateway: Gateway,
}

impl Cloud {
    pub(crate) fn new(table: Table, gateway: Gateway) -> Cloud {
        Cloud { runtime: Runtime::default(), table, gateway }
    }

    /// Serves functions until `test` is done, which gets the address.
    pub(crate) fn serve<T>(&self, test: impl AsyncFnOnce(SocketAddr) -> T) -> T {
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build();
        runtime.expect("a runtime").block_on(async {
            let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await;
            let listener = listener.expect("a port on the loopback interface");
            let test = test(listener.local_addr().expect("a listener has an address"));
            match select(pin!(test), pin!(self.accept(listener))).await {
                Either::Left((outcome, _)) => outcome,
                Either::Right((never, _)) => match never {},
            }
        })
    }

    async fn accept(&self, listener: TcpListener) -> Infallible {
        let mut open = FuturesUnordered::new();
        loop {
            let mut accepting = pin!(listener.accept().fuse());
            select_biased! {
                accepted = accepting => {
                    let (stream, _) = accepted.expect("a connection");
                    open.push(self.converse(stream));
                }
                () = open.select_next_some() => {}
            }
        }
    }

    /// A function that ends in the middle of a request is the test's business.
    async fn converse(&self, stream: TcpStream) {
        // Without it, every answer of two packets waits for an acknowledgement of the first.
        stream.set_nodelay(true).expect("a socket");
        let service = service_fn(async |request| Ok::<_, Infallible>(self.answer(request).await));
        let _ = http1::Builder::new().serve_connection(TokioIo::new(stream), service).await;
    }

    async fn answer(&self, request: Request<Incoming>) -> Answer {
        let (head, body) = request.into_parts();
        let Ok(body) = body.collect().await.map(|body| body.to_bytes()) else {
            return status(400);
        };
        let path = head.uri.path();
        if let Some(path) = path.strip_prefix("/2018-06-01/runtime") {
            return self.runtime.answer(&head.method, path, &body).await;
        }
        if let Some(id) = path.strip_prefix("/production/@connections/") {
            assert_eq!(head.method, Method::POST, "{path}");
            return self.gateway.answer(id).await;
        }
        let target = head.headers.get("x-amz-target");
        let target = target.unwrap_or_else(|| panic!("nobody serves {path}"));
        self.table.answer(target.to_str().expect("text"), &body)
    }
}

pub(crate) fn status(status: u16) -> Answer {
    answer(status, Bytes::new())
}

pub(crate) fn answer(status: u16, body: impl Into<Bytes>) -> Answer {
    let answer = Response::builder().status(status).body(Full::new(body.into()));
    answer.expect("a status")
}
