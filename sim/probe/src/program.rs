//! Programs of clients on real sockets.

use std::cell::RefCell;
use std::collections::{BTreeMap, VecDeque};
use std::pin::{Pin, pin};
use std::time::Duration;

use futures_util::future::{join_all, pending, select};
use futures_util::{SinkExt, StreamExt};
use stormglass_sim::client::{Action, Event as ProgramEvent, Program, Request};
use stormglass_spec::history::{Content, Event, EventKind, Side};
use stormglass_spec::name::{ClientName, ConnectionName};
use stormglass_spec::{History, Time};
use tokio::time::{Instant, sleep_until};
use tokio_tungstenite::tungstenite::protocol::CloseFrame;
use tokio_tungstenite::tungstenite::protocol::frame::coding::CloseCode;
use tokio_tungstenite::tungstenite::{Error, Message};

use super::dial::{DialError, Socket, Target};

/// A client that runs a program.
#[derive(Debug)]
pub struct ProgramClient {
    /// The name of the client: lower-case letters.
    pub name: ClientName,
    /// The program.
    pub program: Box<dyn Program>,
    /// The messages that its user asks for, each with the time since the start.
    pub messages: Vec<(Duration, String)>,
}

/// Runs the programs of clients against an endpoint until they have come to rest or `stop`
/// completes, and returns what the clients did and showed.
///
/// The history has the handshakes, the messages that were sent, those that were shown, and the ends
/// of connections. Nothing in it tells why a message came, so promises about what programs show can
/// be judged by it, and no others. The kind of a [`Request`] is a matter of an application in a
/// simulation: here its headers and its query count alone.
pub async fn drive(
    target: &Target,
    clients: Vec<ProgramClient>,
    stop: impl Future<Output = ()>,
) -> History {
    let events = RefCell::default();
    let log = Log { started: Instant::now(), events: &events };
    let drivers = clients.into_iter().map(|client| Driver::new(target, log, client));
    let mut drivers: Vec<Driver<'_>> = drivers.collect();
    let all = join_all(drivers.iter_mut().map(Driver::run));
    select(pin!(all), pin!(stop)).await;
    for driver in &mut drivers {
        driver.close(1000).await;
    }
    drop(drivers);
    History { events: events.into_inner() }
}

/// The end of a handshake.
type DialResult = Result<Box<Socket>, DialError>;

/// The connection of a client.
enum Link<'a> {
    Down,
    Dialling(Pin<Box<dyn Future<Output = DialResult> + 'a>>),
    Up(Box<Socket>),
}

/// The next thing that happens to a client.
enum Occurrence {
    /// Nothing will happen any more.
    Rest,
    Dialled(DialResult),
    Arrived(Option<Result<Message, Error>>),
    Asked,
    TimerFired(&'static str),
}

/// The history of all clients, in the order of their clock.
#[derive(Clone, Copy)]
struct Log<'a> {
    started: Instant,
    events: &'a RefCell<Vec<Event>>,
}

impl Log<'_> {
    fn record(&self, kind: EventKind) {
        let mut events = self.events.borrow_mut();
        let number = u32::try_from(events.len() + 1).unwrap_or(u32::MAX);
        let at = Time::ZERO + self.started.elapsed();
        events.push(Event { number, at, cause: None, kind });
    }
}

struct Driver<'a> {
    target: &'a Target,
    log: Log<'a>,
    name: ClientName,
    program: Box<dyn Program>,
    /// The messages that the user will ask for, each with its time since the start.
    wanted: VecDeque<(Duration, String)>,
    connections: u32,
    messages: u32,
    /// The last connection that the program asked for.
    connection: Option<ConnectionName>,
    link: Link<'a>,
    timers: BTreeMap<&'static str, Instant>,
}

impl<'a> Driver<'a> {
    fn new(target: &'a Target, log: Log<'a>, client: ProgramClient) -> Driver<'a> {
        let ProgramClient { name, program, messages } = client;
        Driver {
            target,
            log,
            name,
            program,
            wanted: messages.into(),
            connections: 0,
            messages: 0,
            connection: None,
            link: Link::Down,
            timers: BTreeMap::new(),
        }
    }

    async fn run(&mut self) {
        self.tell(ProgramEvent::Started).await;
        loop {
            match self.next().await {
                Occurrence::Rest => return,
                Occurrence::Dialled(dialled) => self.dialled(dialled).await,
                Occurrence::Arrived(message) => self.arrived(message).await,
                Occurrence::Asked => {
                    if let Some((_, text)) = self.wanted.pop_front() {
                        self.tell(ProgramEvent::Asked(&text)).await;
                    }
                }
                Occurrence::TimerFired(name) => {
                    self.timers.remove(name);
                    self.tell(ProgramEvent::TimerFired(name)).await;
                }
            }
        }
    }

    async fn next(&mut self) -> Occurrence {
        let is_down = matches!(self.link, Link::Down);
        if is_down && self.timers.is_empty() && self.wanted.is_empty() {
            return Occurrence::Rest;
        }
        let timer = self.timers.iter().min_by_key(|(_, at)| **at).map(|(name, at)| (*name, *at));
        let timer = async {
            let Some((name, at)) = timer else { return pending().await };
            sleep_until(at).await;
            Occurrence::TimerFired(name)
        };
        let asked = self.wanted.front().map(|(after, _)| self.log.started + *after);
        let asked = async {
            let Some(at) = asked else { return pending().await };
            sleep_until(at).await;
            Occurrence::Asked
        };
        let link = async {
            match &mut self.link {
                Link::Down => pending().await,
                Link::Dialling(dialling) => Occurrence::Dialled(dialling.await),
                Link::Up(socket) => Occurrence::Arrived(socket.next().await),
            }
        };
        tokio::select! {
            biased;
            happening = link => happening,
            happening = timer => happening,
            happening = asked => happening,
        }
    }

    async fn tell(&mut self, event: ProgramEvent<'_>) {
        for action in self.program.on(event) {
            self.carry_out(action).await;
        }
    }

    async fn carry_out(&mut self, action: Action) {
        match action {
            Action::Connect(request) => self.connect(request),
            Action::Send(text) => self.send(text).await,
            Action::Present(text) => {
                let Some(connection) = self.connection.clone() else { return };
                let (program, text) = (self.name.step("run", 1), text.into());
                self.log.record(EventKind::Presented { program, connection, text });
            }
            Action::StartTimer { name, after } => {
                self.timers.insert(name, Instant::now() + after);
            }
            Action::StopTimer(name) => {
                self.timers.remove(name);
            }
            Action::Close(code) => self.close(code).await,
        }
    }

    fn connect(&mut self, request: Request) {
        self.drop_link();
        self.connections += 1;
        let connection = self.name.connection(self.connections);
        self.connection = Some(connection.clone());
        self.log.record(EventKind::HandshakeAsked { connection });
        let target = self.target;
        self.link =
            Link::Dialling(Box::pin(async move { target.dial_with(&request).await.map(Box::new) }));
    }

    /// Ends the connection without a close.
    fn drop_link(&mut self) {
        let link = std::mem::replace(&mut self.link, Link::Down);
        if let (Link::Up(_) | Link::Dialling(_), Some(connection)) = (link, &self.connection) {
            self.log.record(EventKind::Vanished { connection: connection.clone() });
        }
    }

    async fn dialled(&mut self, dialled: DialResult) {
        let Some(connection) = self.connection.clone() else { return };
        match dialled {
            Ok(socket) => {
                self.link = Link::Up(socket);
                self.log.record(EventKind::HandshakeOpened { connection });
                self.tell(ProgramEvent::Opened).await;
            }
            Err(error) => {
                self.link = Link::Down;
                if let DialError::Refused(status) = error {
                    self.log.record(EventKind::HandshakeRefused { connection, status });
                } else {
                    self.log.record(EventKind::HandshakeAborted { connection });
                }
                self.tell(ProgramEvent::Refused).await;
            }
        }
    }

    async fn arrived(&mut self, message: Option<Result<Message, Error>>) {
        let code = match message {
            Some(Ok(Message::Text(text))) => {
                return self.tell(ProgramEvent::Received(&text)).await;
            }
            Some(Ok(Message::Close(frame))) => Some(frame.map_or(1005, |it| u16::from(it.code))),
            Some(Ok(_)) => return,
            Some(Err(_)) | None => None,
        };
        self.link = Link::Down;
        let Some(connection) = self.connection.clone() else { return };
        // Without a close frame, the code is that of RFC 6455, 7.1.5.
        let closed =
            EventKind::Closed { connection, by: Side::Gateway, code: code.unwrap_or(1006) };
        self.log.record(closed);
        let event = code.map_or(ProgramEvent::Lost, |code| ProgramEvent::Closed { code });
        self.tell(event).await;
    }

    async fn send(&mut self, text: String) {
        let Link::Up(socket) = &mut self.link else { return };
        let Some(connection) = self.connection.clone() else { return };
        self.messages += 1;
        let frame = self.name.step("r", self.messages);
        let content = Content::Text(text.as_str().into());
        self.log.record(EventKind::FrameSent { connection, frame, content });
        // The next read reports a connection that has ended.
        let _ = socket.send(Message::text(text)).await;
    }

    async fn close(&mut self, code: u16) {
        let Link::Up(mut socket) = std::mem::replace(&mut self.link, Link::Down) else { return };
        let Some(connection) = self.connection.clone() else { return };
        self.log.record(EventKind::CloseSent { connection, code });
        let frame = CloseFrame { code: CloseCode::from(code), reason: "".into() };
        // An endpoint that has gone gets no close frame.
        let _ = socket.send(Message::Close(Some(frame))).await;
    }
}
