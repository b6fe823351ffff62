//! A server with a status page, and its clients.

use std::net::{Ipv4Addr, SocketAddr};
use std::sync::Once;
use std::time::Duration;

use futures_util::{FutureExt, SinkExt, StreamExt};
use http_body_util::Full;
use hyper::http::request::Builder;
use hyper::{Request, Response, body::Bytes};
use serde_json::Value;
use stormglass_aws::gateway::Limits;
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::DynamoDb;
use stormglass_serve::dynamodb::Tables;
use stormglass_serve::record::{LogLayer, Recorder};
use stormglass_serve::{Guard, Host, Listeners, ServeError, Server, ServerSettings};
use stormglass_sim::App;
use stormglass_spec::{Judge, Property, Violation};
use stormglass_tests::http::HttpClient;
use tokio::net::{TcpListener, TcpStream};
use tokio::runtime::Runtime;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt;
use tracing_subscriber::util::SubscriberInitExt;

/// Longer than anything here takes: what has not happened by then never will.
const PATIENCE: Duration = Duration::from_secs(60);

/// A server that lives as long as this.
pub(crate) struct Served {
    pub(crate) gateway: SocketAddr,
    pub(crate) table: SocketAddr,
    pub(crate) status: SocketAddr,
    pub(crate) recorder: Recorder,
    runtime: Runtime,
    server: JoinHandle<Result<(), ServeError>>,
    stop: oneshot::Sender<()>,
}

/// The ports of a gateway, its table and its page; 0 is one that is free.
pub(crate) type Ports = [u16; 3];

impl Served {
    pub(crate) fn start(app: &'static dyn App) -> Served {
        Served::start_at([0; 3], app)
    }

    pub(crate) fn start_at(ports: Ports, app: &'static dyn App) -> Served {
        // All of what a test does is kept.
        let recorder = Recorder::keeping(1_000_000, app);
        Served::start_with(ports, app, recorder)
    }

    pub(crate) fn start_with(ports: Ports, app: &'static dyn App, recorder: Recorder) -> Served {
        keep_logs();
        let runtime = tokio::runtime::Builder::new_multi_thread();
        let runtime = { runtime }.worker_threads(2).enable_all().build().expect("a runtime");
        let bind = |port| runtime.block_on(TcpListener::bind((Ipv4Addr::LOCALHOST, port)));
        let [gateway, dynamodb, page] = ports.map(|port| bind(port).expect("a port"));
        let [at, table, status] =
            [&gateway, &dynamodb, &page].map(|listener| listener.local_addr().expect("an address"));
        let listeners = Listeners { gateway, dynamodb };
        let name = "my-machine".parse().expect("a name");
        let limits = Limits { connects_per_second: 10_000, ..Limits::default() };
        let settings = ServerSettings { limits, ..ServerSettings::default() };
        let tables = Tables::in_memory(DynamoDb::new(dynamodb::Limits::default()));
        let (stop, stopped) = oneshot::channel();
        let server = Server {
            settings,
            recorder: recorder.clone(),
            status_page: Some(page),
            guard: Guard::new(vec![name], Vec::new()),
            ..Server::new(listeners, tables)
        };
        let server = runtime.spawn(server.serve(Host::App(app), stopped.map(|_| ())));
        Served { gateway: at, table, status, recorder, runtime, server, stop }
    }

    pub(crate) fn ports(&self) -> Ports {
        [self.gateway, self.table, self.status].map(|address| address.port())
    }

    /// Runs clients beside the server, which must come to an end.
    pub(crate) fn block_on<T>(&self, clients: impl Future<Output = T>) -> T {
        self.runtime.block_on(async { timeout(PATIENCE, clients).await.expect("an end") })
    }

    /// Stops the server, and waits until it has drained.
    pub(crate) fn stop(self) {
        self.stop.send(()).expect("the server runs");
        let ended = async { timeout(PATIENCE, self.server).await.expect("an end") };
        self.runtime.block_on(ended).expect("the server does not panic").expect("it was served");
    }

    pub(crate) async fn connect(&self) -> Client {
        let stream = TcpStream::connect(self.gateway).await.expect("a connection");
        let url = format!("ws://{}/", self.gateway);
        Client { socket: client_async(url, stream).await.expect("it is let in").0 }
    }

    /// Sends one request of HTTP to an address.
    pub(crate) async fn http(&self, to: SocketAddr, request: Builder) -> Response<Bytes> {
        self.http_with(to, request, "").await
    }

    /// Sends one request of HTTP with a body to an address.
    pub(crate) async fn http_with(
        &self,
        to: SocketAddr,
        request: Builder,
        body: &'static str,
    ) -> Response<Bytes> {
        let mut client = HttpClient::new(to);
        let request = request.body(Full::from(body)).expect("a request");
        client.send(request).await.expect("an answer")
    }

    /// What the page is told at a path, as JSON.
    pub(crate) async fn told(&self, path: &str) -> Value {
        let answer = self.http(self.status, Request::get(path).header("host", "localhost")).await;
        assert_eq!(answer.status(), 200, "{path}");
        serde_json::from_slice(answer.body()).expect("JSON")
    }

    /// Waits until what is kept is as it should be.
    pub(crate) async fn until(&self, is_so: impl Fn(&Recorder) -> bool) {
        while !is_so(&self.recorder) {
            sleep(Duration::from_millis(5)).await;
        }
    }

    /// Holds all that happened to promises; how often each was put to the test.
    pub(crate) fn judge(
        &self,
        properties: &[Property],
    ) -> Result<Vec<(&'static str, u64)>, Violation> {
        let mut judge = Judge::new(properties);
        for event in &self.recorder.history().events {
            judge.observe(event)?;
        }
        judge.finish()?;
        Ok(judge.tested().collect())
    }
}

/// What functions log is kept by whichever server runs them.
fn keep_logs() {
    static ONCE: Once = Once::new();
    ONCE.call_once(|| {
        let targets = Targets::new().with_target("stormglass_handlers", tracing::Level::INFO);
        tracing_subscriber::registry().with(targets).with(LogLayer).init();
    });
}

/// A client whose socket is open.
pub(crate) struct Client {
    pub(crate) socket: WebSocketStream<TcpStream>,
}

impl Client {
    pub(crate) async fn send(&mut self, text: &str) {
        self.socket.send(Message::text(text)).await.expect("it is sent");
    }

    /// The next message, which must be a text.
    pub(crate) async fn next(&mut self) -> String {
        match self.socket.next().await {
            Some(Ok(Message::Text(text))) => text.to_string(),
            other => panic!("there is no text: {other:?}"),
        }
    }

    pub(crate) async fn close(mut self) {
        self.socket.close(None).await.expect("it is closed");
        while let Some(Ok(_)) = self.socket.next().await {}
    }
}
