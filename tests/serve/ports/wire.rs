//! A server with one table, and what it answers.

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::http::request::Builder;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_tests::http::HttpClient;
pub(crate) use stormglass_tests::http::signed;
use stormglass_tests::ported::PortedDynamoDb;

pub(crate) const PUT: &str = "DynamoDB_20120810.PutItem";
pub(crate) const SCAN: &str = "DynamoDB_20120810.Scan";

/// What a client sees of an answer.
#[derive(Debug)]
pub(crate) struct Seen {
    pub(crate) status: u16,
    pub(crate) body: String,
    head: hyper::HeaderMap,
}

impl Seen {
    fn new(response: Response<Bytes>) -> Seen {
        let (head, body) = response.into_parts();
        let body = String::from_utf8(body.to_vec()).expect("text");
        Seen { status: head.status.as_u16(), body, head: head.headers }
    }

    /// The value of a header that is there.
    pub(crate) fn header(&self, name: &str) -> Option<&str> {
        self.head.get(name).map(|value| value.to_str().expect("text"))
    }

    /// Says that the request was refused with this body.
    pub(crate) fn assert_error(&self, body: &str) {
        assert_eq!((self.status, self.body.as_str()), (400, body));
    }
}

/// A server with the empty table `conns`, whose partition key is `id`.
pub(crate) fn start() -> PortedDynamoDb {
    let mut db = DynamoDb::new(Limits::default());
    db.create_table("conns", "id");
    PortedDynamoDb::start(db)
}

/// Sends one request to a server of its own.
pub(crate) fn ask(request: Builder, body: impl Into<Bytes>) -> Seen {
    let server = start();
    let answer = server.block_on(send(&mut HttpClient::new(server.address()), request, body));
    server.stop();
    answer
}

/// Sends one request over a connection.
pub(crate) async fn send(
    client: &mut HttpClient,
    request: Builder,
    body: impl Into<Bytes>,
) -> Seen {
    let request = request.body(Full::new(body.into())).expect("a request");
    Seen::new(client.send(request).await.expect("an answer"))
}
