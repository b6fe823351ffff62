//! A client of a probe: it takes its steps one after the other, and reads all the while.

use std::future::pending;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use futures_util::stream::{SplitSink, SplitStream};
use futures_util::{SinkExt, StreamExt};
use stormglass_spec::history::Content;
use stormglass_spec::name::ConnectionName;
use tokio::sync::watch;
use tokio::task::AbortHandle;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;

use super::dial::{DialError, Socket, Target};
use super::format::{AcknowledgementRule, MessageFormat};
use super::frame::ReceivedFrame;
use super::observation::{ObservationKind, ObservationLog};
use super::payload::RunId;
use super::workload::{Broadcast, ClientStep};

/// The longest time that a client waits for the endpoint to answer its close frame.
const CLOSE_MAX: Duration = Duration::from_secs(2);

/// The context that all clients of a run share.
#[derive(Debug)]
pub(super) struct RunContext {
    pub(super) target: Target,
    pub(super) format: MessageFormat,
    pub(super) run: RunId,
    pub(super) log: ObservationLog,
    /// The longest time that a client waits for an answer before it goes on.
    pub(super) patience: Duration,
    /// The number of messages that were sent.
    pub(super) sent: Arc<AtomicU64>,
    /// True once the run is over.
    pub(super) over: watch::Receiver<bool>,
}

impl RunContext {
    fn is_over(&self) -> bool {
        *self.over.borrow()
    }

    /// Waits until the run is over. It is over as well if the sender of that news is gone.
    async fn ended(&self) {
        let mut over = self.over.clone();
        let _ = over.wait_for(|is_over| *is_over).await;
    }

    /// Returns the result of an act; `None` if the run is over before it is done.
    pub(super) async fn unless_over<T>(&self, act: impl Future<Output = T>) -> Option<T> {
        tokio::select! {
            biased;
            done = act => Some(done),
            () = self.ended() => None,
        }
    }

    /// Returns the result of an act; `None` if it takes longer than a time, or than the run.
    pub(super) async fn within<T>(
        &self,
        time: Duration,
        act: impl Future<Output = T>,
    ) -> Option<T> {
        self.unless_over(timeout(time, act)).await?.ok()
    }
}

/// A client.
#[derive(Debug)]
pub(super) struct Player {
    context: Arc<RunContext>,
    name: String,
    connections: u32,
    bad_inputs: u32,
    open: Option<OpenConnection>,
}

/// An open connection.
#[derive(Debug)]
struct OpenConnection {
    connection: ConnectionName,
    sink: SplitSink<Socket, Message>,
    counts: watch::Receiver<AnswerCounts>,
    /// The counts when the client last sent a message.
    counts_before: AnswerCounts,
    reading: AbortHandle,
}

/// The numbers of messages that a client got and that may be answers.
#[derive(Clone, Copy, Debug, Default)]
struct AnswerCounts {
    /// The messages that are answers or look like one.
    answers: u64,
    /// The other messages without a mark.
    unmarked: u64,
}

/// Stops reading, which ends the connection.
impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.reading.abort();
    }
}

impl Player {
    pub(super) fn new(context: Arc<RunContext>, name: String) -> Player {
        Player { context, name, connections: 0, bad_inputs: 0, open: None }
    }

    /// Takes steps, until the run is over.
    pub(super) async fn play(&mut self, steps: &[ClientStep]) {
        for step in steps {
            if self.context.is_over() {
                return;
            }
            self.step(step).await;
        }
    }

    async fn step(&mut self, step: &ClientStep) {
        match step {
            ClientStep::Connect => {
                // A refusal is recorded, and the next attempt may do better.
                let _ = self.connect().await;
            }
            ClientStep::Wait(time) => {
                let _ = self.context.within(*time, pending::<()>()).await;
            }
            ClientStep::Broadcast(broadcast) => self.broadcast(broadcast).await,
            ClientStep::BadInput(place) => self.send_bad_input(*place).await,
            ClientStep::Close(code) => self.close(*code).await,
            ClientStep::Vanish => self.vanish(),
        }
    }

    /// Opens a socket, unless one is open.
    pub(super) async fn connect(&mut self) -> Result<(), DialError> {
        if self.is_connected() {
            return Ok(());
        }
        self.connections += 1;
        let connection: ConnectionName = format!("{}{}", self.name, self.connections).into();
        let log = &self.context.log;
        log.record(&connection, ObservationKind::Requested);
        let dialled = self.context.unless_over(self.context.target.dial()).await;
        let socket = dialled.unwrap_or(Err(DialError::TimedOut)).inspect_err(|error| {
            let kind = match error {
                DialError::Refused(status) => ObservationKind::Refused(*status),
                _ => ObservationKind::Failed,
            };
            log.record(&connection, kind);
        })?;
        log.record(&connection, ObservationKind::Opened);
        let (sink, stream) = socket.split();
        let counts_before = AnswerCounts::default();
        let (counting, counts) = watch::channel(counts_before);
        let reading = read(Arc::clone(&self.context), connection.clone(), stream, counting);
        #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
        let reading = tokio::spawn(reading).abort_handle();
        self.open = Some(OpenConnection { connection, sink, counts, counts_before, reading });
        Ok(())
    }

    pub(super) fn is_connected(&self) -> bool {
        let log = &self.context.log;
        self.open.as_ref().is_some_and(|open| log.is_open(&open.connection))
    }

    pub(super) async fn broadcast(&mut self, broadcast: &Broadcast) {
        let context = Arc::clone(&self.context);
        let data = broadcast.data(context.run);
        let text = context.format.broadcast(&data, &context.run.mark(broadcast.number));
        let message = format!("{}.b{}", self.name, broadcast.number).into();
        let content = Content::Broadcast {
            data: MessageFormat::expected(&data).into(),
            text: text.as_str().into(),
        };
        let number = Some(broadcast.number);
        self.send(ObservationKind::Sent { message, number, content }, text).await;
        if broadcast.waits && context.format.acknowledged() == AcknowledgementRule::Reply {
            // Other people may be talking meanwhile.
            let counts_unmarked = !context.format.has_ids();
            self.wait_for_an_answer(counts_unmarked).await;
        }
    }

    async fn send_bad_input(&mut self, place: usize) {
        let context = Arc::clone(&self.context);
        let Some(input) = context.format.bad_input().get(place) else { return };
        self.bad_inputs += 1;
        let message = format!("{}.m{}", self.name, self.bad_inputs).into();
        let content = Content::Text(input.text.as_str().into());
        self.send(ObservationKind::Sent { message, number: None, content }, input.text.clone())
            .await;
        if input.answered {
            self.wait_for_an_answer(true).await;
        }
    }

    async fn send(&mut self, kind: ObservationKind, text: String) {
        let Some(open) = &mut self.open else { return };
        open.counts_before = *open.counts.borrow();
        self.context.log.record(&open.connection, kind);
        self.context.sent.fetch_add(1, Ordering::Relaxed);
        let sending = open.sink.send(Message::text(text));
        match self.context.within(self.context.patience, sending).await {
            Some(Ok(())) => {}
            // The reader notices, and records the endpoint's close frame.
            Some(Err(_)) => {}
            // The endpoint does not read: half a message makes the connection useless.
            None => self.vanish(),
        }
    }

    /// Waits for an answer, or for any message without a mark if those count.
    async fn wait_for_an_answer(&mut self, counts_unmarked: bool) {
        let Some(open) = &mut self.open else { return };
        let before = open.counts_before;
        let is_answered = |counts: &AnswerCounts| {
            counts.answers > before.answers
                || (counts_unmarked && counts.unmarked > before.unmarked)
        };
        let waiting = open.counts.wait_for(is_answered);
        let _ = self.context.within(self.context.patience, waiting).await;
    }

    /// Sends a close frame, and gives the endpoint the time to answer it.
    pub(super) async fn close(&mut self, code: u16) {
        let Some(mut open) = self.open.take() else { return };
        self.context.log.record(&open.connection, ObservationKind::CloseSent(code));
        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
        let closing = async {
            if open.sink.send(Message::Close(Some(frame))).await.is_ok() {
                // The reader is gone once the endpoint has answered.
                while open.counts.changed().await.is_ok() {}
            }
        };
        let _ = self.context.within(CLOSE_MAX, closing).await;
    }

    /// Hangs up without a word.
    pub(super) fn vanish(&mut self) {
        let Some(open) = self.open.take() else { return };
        self.context.log.record(&open.connection, ObservationKind::Vanished);
    }
}

/// Reads a socket to its end.
async fn read(
    context: Arc<RunContext>,
    connection: ConnectionName,
    mut stream: SplitStream<Socket>,
    counting: watch::Sender<AnswerCounts>,
) {
    let mut code = 1006;
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => receive(&context, &connection, &text, &counting),
            Message::Binary(bytes) => {
                receive(&context, &connection, &String::from_utf8_lossy(&bytes), &counting);
            }
            Message::Close(frame) => code = frame.map_or(1005, |frame| frame.code.into()),
            Message::Ping(_) | Message::Pong(_) | Message::Frame(_) => {}
        }
    }
    context.log.record(&connection, ObservationKind::ClosedByEndpoint(code));
}

fn receive(
    context: &RunContext,
    connection: &ConnectionName,
    text: &str,
    counting: &watch::Sender<AnswerCounts>,
) {
    let frame = ReceivedFrame::of(text, context.run, &context.format);
    context.log.receive(connection, text, &frame);
    counting.send_modify(|counts| match frame {
        ReceivedFrame::Broadcast { .. } => {}
        ReceivedFrame::Answer { .. } | ReceivedFrame::ApparentAnswer { .. } => counts.answers += 1,
        ReceivedFrame::Unmarked => counts.unmarked += 1,
    });
}
