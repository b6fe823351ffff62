//! A client of a probe: it does its steps one after the other, and reads all the while.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use stormglass_spec::history::Content;
use stormglass_spec::name::ConnectionName;
use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::dial::{DialError, Socket, Target};
use super::format::{AcknowledgementRule, MessageFormat, MessageShape};
use super::observation::{ObservationKind, ObservationLog};
use super::payload::{MarkMatch, RunId};
use super::workload::{Broadcast, ClientStep};

/// How long a client waits for the endpoint to answer its close frame.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// What all clients of a run share.
#[derive(Debug)]
pub(super) struct RunContext {
    pub(super) target: Target,
    pub(super) format: MessageFormat,
    pub(super) run: RunId,
    pub(super) log: ObservationLog,
    /// How long a client waits for an answer before it goes on.
    pub(super) patience: Duration,
    /// How many messages were sent.
    pub(super) sent: Arc<AtomicU64>,
    /// Whether it is over.
    pub(super) over: watch::Receiver<bool>,
}

impl RunContext {
    fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until it is over. Whoever could say so may be gone: then it is, too.
    async fn ends(&self) {
        let mut over = self.over.clone();
        let _ = over.wait_for(|is_over| *is_over).await;
    }
}

/// A client.
#[derive(Debug)]
pub(super) struct Player {
    stage: Arc<RunContext>,
    name: String,
    connections: u32,
    bad_inputs: u32,
    link: Option<OpenConnection>,
}

/// An open connection.
#[derive(Debug)]
struct OpenConnection {
    connection: Name,
    sink: SplitSink<Socket, Message>,
    /// Whenever something came that answers something.
    answers: UnboundedReceiver<()>,
    reading: AbortHandle,
}

/// What is not read any more is not open any more.
impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Player {
    pub(super) fn new(stage: Arc<RunContext>, name: String) -> Player {
        Player { stage, name, connections: 0, bad_inputs: 0, link: None }
    }

    /// Does these steps, until it is over.
    pub(super) async fn play(&mut self, steps: &[ClientStep]) {
        for step in steps {
            if self.stage.is_over() {
                return;
            }
            self.step(step).await;
        }
    }

    async fn step(&mut self, step: &ClientStep) {
        match step {
            ClientStep::Connect => {
                // Whoever is refused has it on record, and may do better next time.
                let _ = self.connect().await;
            }
            ClientStep::Wait(time) => {
                let stage = Arc::clone(&self.stage);
                let _ = timeout(*time, stage.ends()).await;
            }
            ClientStep::Broadcast(broadcast) => self.broadcast(broadcast).await,
            ClientStep::BadInput(place) => self.send_bad_input(*place).await,
            ClientStep::Close(code) => self.close(*code).await,
            ClientStep::Vanish => self.vanish(),
        }
    }

    /// Opens a socket, unless there is one.
    pub(super) async fn connect(&mut self) -> Result<(), DialError> {
        if self.is_connected() {
            return Ok(());
        }
        self.connections += 1;
        let connection: Name = format!("{}{}", self.name, self.connections).into();
        let log = &self.stage.log;
        log.record(&connection, ObservationKind::Requested);
        let socket = self.stage.target.dial().await.inspect_err(|error| {
            let kind = match error {
                DialError::Refused(status) => ObservationKind::Refused(*status),
                _ => ObservationKind::Failed,
            };
            log.record(&connection, kind);
        })?;
        log.record(&connection, ObservationKind::Opened);
        let (sink, stream) = socket.split();
        let (answered, answers) = unbounded_channel();
        let reading = read(Arc::clone(&self.stage), connection.clone(), stream, answered);
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        let reading = tokio::spawn(reading).abort_handle();
        self.link = Some(OpenConnection { connection, sink, answers, reading });
        Ok(())
    }

    pub(super) fn is_connected(&self) -> bool {
        let log = &self.stage.log;
        self.link.as_ref().is_some_and(|link| log.is_open(&link.connection))
    }

    pub(super) async fn broadcast(&mut self, broadcast: &Broadcast) {
        let stage = Arc::clone(&self.stage);
        let data = broadcast.data(stage.run);
        let text = stage.format.broadcast(&data, &stage.run.mark(broadcast.number));
        let message = format!("{}.b{}", self.name, broadcast.number).into();
        let content = Content::Broadcast {
            data: MessageFormat::expected(&data).into(),
            text: text.as_str().into(),
        };
        let number = Some(broadcast.number);
        self.send(ObservationKind::Sent { message, number, content }, text).await;
        if broadcast.waits && stage.format.acknowledged() == AcknowledgementRule::Reply {
            self.wait_for_an_answer().await;
        }
    }

    async fn send_bad_input(&mut self, place: usize) {
        let stage = Arc::clone(&self.stage);
        let Some(input) = stage.format.bad_input().get(place) else { return };
        self.bad_inputs += 1;
        let message = format!("{}.m{}", self.name, self.bad_inputs).into();
        let content = Content::Text(input.text.as_str().into());
        self.send(ObservationKind::Sent { message, number: None, content }, input.text.clone())
            .await;
        if input.answered {
            self.wait_for_an_answer().await;
        }
    }

    async fn send(&mut self, kind: ObservationKind, text: String) {
        let Some(link) = &mut self.link else { return };
        while link.answers.try_recv().is_ok() {}
        self.stage.log.record(&link.connection, kind);
        self.stage.sent.fetch_add(1, Ordering::Relaxed);
        match timeout(self.stage.patience, link.sink.send(Message::text(text))).await {
            Ok(Ok(())) => {}
            // The reader notices, and knows what the endpoint has to say.
            Ok(Err(_)) => {}
            // Nobody takes it: half a message makes the connection useless.
            Err(_) => self.vanish(),
        }
    }

    async fn wait_for_an_answer(&mut self) {
        let Some(link) = &mut self.link else { return };
        let _ = timeout(self.stage.patience, link.answers.recv()).await;
    }

    /// Says goodbye, and gives the endpoint the time to say it too.
    pub(super) async fn close(&mut self, code: u16) {
        let Some(mut link) = self.link.take() else { return };
        self.stage.log.record(&link.connection, ObservationKind::CloseSent(code));
        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
        let _ = timeout(CLOSE_MAX, async {
            if link.sink.send(Message::Close(Some(frame))).await.is_ok() {
                while link.answers.recv().await.is_some() {}
            }
        })
        .await;
    }

    fn vanish(&mut self) {
        let Some(link) = self.link.take() else { return };
        self.stage.log.record(&link.connection, ObservationKind::Vanished);
    }
}

/// Reads a socket until there is nothing more to read.
async fn read(
    stage: Arc<RunContext>,
    connection: Name,
    mut stream: SplitStream<Socket>,
    answered: UnboundedSender<()>,
) {
    let mut code = 1006;
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => receive(&stage, &connection, &text, &answered),
            Message::Binary(bytes) => {
                receive(&stage, &connection, &String::from_utf8_lossy(&bytes), &answered);
            }
            Message::Close(frame) => code = frame.map_or(1005, |frame| frame.code.into()),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
    stage.log.record(&connection, ObservationKind::ClosedByEndpoint(code));
}

fn receive(stage: &RunContext, connection: &Name, text: &str, answered: &UnboundedSender<()>) {
    let marked = stage.run.find(text);
    let is_answer = stage.format.shape(text) != MessageShape::Other || marked.is_none();
    let number = match marked {
        Some(MarkMatch::Broadcast(number)) if !is_answer => Some(number),
        _ => None,
    };
    stage.log.receive(connection, text, number);
    if is_answer {
        // Nobody may be waiting for it any more.
        let _ = answered.send(());
    }
}
