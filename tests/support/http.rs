//! A client of HTTP/1.1 that keeps its connection and adds nothing to a request but its length, and
//! the host if it has none.

use std::net::SocketAddr;

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{self, SendRequest};
use hyper::header::{HOST, HeaderValue};
use hyper::http::request::Builder;
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::task::JoinSet;

/// One connection at a time to one server.
#[derive(Debug)]
pub struct HttpClient {
    address: SocketAddr,
    open: Option<SendRequest<Full<Bytes>>>,
    /// The task that moves the bytes of the connection.
    driver: JoinSet<hyper::Result<()>>,
}

impl HttpClient {
    /// A client of the server at `address`, to which it does not connect yet.
    pub fn new(address: SocketAddr) -> HttpClient {
        HttpClient { address, open: None, driver: JoinSet::new() }
    }

    /// Sends a request and waits for the whole answer.
    ///
    /// # Errors
    ///
    /// If the server is not there, or the connection breaks.
    pub async fn send(
        &mut self,
        mut request: Request<Full<Bytes>>,
    ) -> Result<Response<Bytes>, Box<dyn std::error::Error + Send + Sync>> {
        let mut sender = match self.open.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => sender,
            None => self.connect().await?,
        };
        sender.ready().await?;
        let host = HeaderValue::try_from(self.address.to_string())?;
        request.headers_mut().entry(HOST).or_insert(host);
        let (head, body) = sender.send_request(request).await?.into_parts();
        let body = body.collect().await?.to_bytes();
        self.open = Some(sender);
        Ok(Response::from_parts(head, body))
    }

    async fn connect(
        &mut self,
    ) -> Result<SendRequest<Full<Bytes>>, Box<dyn std::error::Error + Send + Sync>> {
        let stream = TcpStream::connect(self.address).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        self.driver.spawn(connection);
        Ok(sender)
    }
}

/// The start of a request of DynamoDB's protocol, signed as far as anybody here looks.
pub fn signed(target: &str) -> Builder {
    Request::post("/")
        .header(HOST, "localhost")
        .header("content-type", "application/x-amz-json-1.0")
        .header("x-amz-target", target)
        .header("x-amz-date", "20260101T000000Z")
        .header(
            "authorization",
            "AWS4-HMAC-SHA256 Credential=stormglass/20260101/eu-central-1/dynamodb/aws4_request, \
             SignedHeaders=host;x-amz-date;x-amz-target, Signature=00",
        )
}
