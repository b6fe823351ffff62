//! A server with its clients.

use std::net::{Ipv4Addr, SocketAddr};
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;
use hyper::http::request::Builder;
use serde_json::Value;
use stormglass_dynamodb::{DynamoDb, Limits};
use stormglass_serve::dynamodb::Tables;
use stormglass_serve::{Host, Listeners, ServeError, Server, ServerSettings};
use stormglass_sim::App;
use stormglass_tests::http::{HttpClient, signed};
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::{Error, Message};
use tokio_tungstenite::{WebSocketStream, client_async};

/// Longer than anything here takes: what has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that lives as long as this.
#[derive(Debug)]
pub(super) struct Served {
    pub(super) address: SocketAddr,
    pub(super) table: SocketAddr,
    runtime: Runtime,
    server: JoinHandle<Result<(), ServeError>>,
    stop: Option<oneshot::Sender<()>>,
}

impl Served {
    pub(super) fn start(app: &'static dyn App) -> Served {
        Served::start_with(app, ServerSettings::default())
    }

    pub(super) fn start_with(app: &'static dyn App, settings: ServerSettings) -> Served {
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(2).enable_all().build().expect("a runtime");
        let bind = || runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, 0)));
        let [gateway, dynamodb] = [(); 2].map(|()| bind().expect("a port"));
        let address = gateway.local_addr().expect("an address");
        let table = dynamodb.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel();
        let listeners = Listeners { gateway, dynamodb };
        let tables = Tables::in_memory(DynamoDb::new(Limits::default()));
        let server = Server { settings, ..Server::new(listeners, tables) };
        let server = runtime.spawn(server.serve(Host::App(app), stopped.map(|_| ())));
        Served { address, table, runtime, server, stop: Some(stop) }
    }

    /// Runs clients beside the server, which must come to an end.
    pub(super) fn block_on<T>(&self, clients: impl Future<Output = T>) -> T {
        self.runtime.block_on(async { timeout(PATIENCE, clients).await.expect("an end") })
    }

    /// Begins to stop the server.
    pub(super) fn begin_to_stop(&mut self) {
        if let Some(stop) = self.stop.take() {
            stop.send(()).expect("the server runs");
        }
    }

    /// Stops the server, and waits until it has drained.
    pub(super) fn stop(mut self) {
        self.begin_to_stop();
        let ended = async { timeout(PATIENCE, self.server).await.expect("an end") };
        self.runtime.block_on(ended).expect("the server does not panic").expect("it was served");
    }

    /// The request of a client that wants a socket at this path, with or without a query.
    pub(super) fn request(&self, path: &str) -> client::Request {
        let url = format!("ws://{}{path}", self.address);
        url.into_client_request().expect("a request")
    }

    /// A client whose socket is open.
    pub(super) async fn connect(&self) -> Client {
        self.ask(self.request("/")).await.expect("it is let in").0
    }

    /// Asks for a socket.
    pub(super) async fn ask(
        &self,
        request: client::Request,
    ) -> Result<(Client, client::Response), Error> {
        let stream = TcpStream::connect(self.address).await?;
        let (socket, response) = client_async(request, stream).await?;
        Ok((Client { socket }, response))
    }

    /// The status with which a request for a socket is refused.
    pub(super) async fn refusal(&self, request: client::Request) -> u16 {
        match self.ask(request).await {
            Err(Error::Http(response)) => response.status().as_u16(),
            other => panic!("it is not refused: {other:?}"),
        }
    }

    /// Sends one request of HTTP to the gateway.
    pub(super) async fn http(&self, request: Builder, body: Vec<u8>) -> Response<Bytes> {
        let mut client = HttpClient::new(self.address);
        let request = request.header("host", "localhost").body(Full::new(body.into()));
        client.send(request.expect("a request")).await.expect("an answer")
    }

    /// The ids of connections that a table has rows of.
    pub(super) async fn rows(&self, table: &str) -> Vec<String> {
        let mut client = HttpClient::new(self.table);
        let body = format!(r#"{{"TableName":"{table}","ConsistentRead":true}}"#);
        let request = signed("DynamoDB_20120810.Scan").body(Full::new(body.into()));
        let answer = client.send(request.expect("a request")).await.expect("an answer");
        assert_eq!(answer.status(), 200, "{:?}", answer.body());
        let answer: Value = serde_json::from_slice(answer.body()).expect("JSON");
        let items = answer["Items"].as_array().expect("items");
        let ids = items.iter().filter_map(|item| item["connectionId"]["S"].as_str());
        ids.map(str::to_owned).collect()
    }

    /// Waits until a table has this many rows.
    pub(super) async fn await_rows(&self, table: &str, count: usize) {
        while self.rows(table).await.len() != count {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    }
}

/// A client whose socket is open.
#[derive(Debug)]
pub(super) struct Client {
    pub(super) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(super) async fn send(&mut self, text: &str) {
        self.send_message(Message::text(text)).await;
    }

    pub(super) async fn send_message(&mut self, message: Message) {
        self.socket.send(message).await.expect("it is sent");
    }

    /// Sends this, and waits for the next message.
    pub(super) async fn asks(&mut self, text: &str) -> String {
        self.send(text).await;
        self.next().await
    }

    /// The next message, which must be a text.
    pub(super) async fn next(&mut self) -> String {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("there is no text: {other:?}"),
        }
    }

    /// Sends this, and waits for the next message, as JSON.
    pub(super) async fn asks_json(&mut self, text: &str) -> Value {
        serde_json::from_str(&self.asks(text).await).expect("JSON")
    }

    /// The id of the connection, of which only the functions of a doorman tell.
    pub(super) async fn id(&mut self) -> String {
        let event = self.asks_json("event").await;
        event["requestContext"]["connectionId"].as_str().expect("an id").to_owned()
    }

    /// The code and the reason of the server's close frame, after which the connection must end.
    pub(super) async fn closed(mut self) -> (u16, String) {
        let frame = loop {
            match self.socket.next().await {
                Some(Ok(Message::Close(frame))) => break frame,
                Some(Ok(Message::Text(_))) => {}
                other => panic!("it is not closed: {other:?}"),
            }
        };
        // Our own close frame goes out, and the server hangs up.
        while let Some(Ok(_)) = self.socket.next().await {}
        let CloseFrame { code, reason } = frame.expect("a code");
        (code.into(), reason.to_string())
    }
}
