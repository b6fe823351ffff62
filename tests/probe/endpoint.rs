//! A small endpoint that talks as the production handlers do, and may misbehave.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex};

use futures_util::{SinkExt, StreamExt};
use serde_json::value::RawValue;
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::Notify;
use tokio::sync::mpsc::{UnboundedSender, unbounded_channel};
use tokio_tungstenite::accept_async;
use tokio_tungstenite::tungstenite::Message;

/// What an endpoint may do wrong.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// Nothing.
    None,
    /// One client does not get every fifth broadcast.
    Drops,
    /// One client gets every fifth broadcast twice.
    Duplicates,
    /// The last character of every fifth broadcast is another one.
    Alters,
    /// Every fifth acknowledgement goes to another client.
    Misdirects,
    /// One client gets what nobody sent.
    Invents,
    /// One client gets every fifth broadcast after the next one.
    Reorders,
    /// Errors come with a stack.
    LeaksStack,
    /// Errors come with an ARN.
    LeaksArn,
    /// Errors are kept secret.
    KeepsSilent,
    /// Errors are told twice.
    AnswersTwice,
    /// Errors are told without a word.
    AnswersEmpty,
    /// Every fifth acknowledgement admits that somebody was not reached, who was not.
    DropsAndSaysSo,
    /// With every broadcast, each client gets a lot of what others say.
    Chatters,
}

/// The number of texts without a mark that come with every broadcast if the endpoint chatters.
pub(super) const CHATTER: usize = 200;

#[derive(Debug)]
struct Hub {
    fault: Fault,
    clients: BTreeMap<u32, UnboundedSender<String>>,
    connections: u32,
    /// The broadcasts with an id, which are those of the probe. Only they go wrong.
    broadcasts: u32,
    /// The clients that broadcast without an id. Nothing goes wrong for them.
    strangers: BTreeSet<u32>,
    /// What one client gets only after the next broadcast.
    held: Option<String>,
    /// Told of every broadcast.
    heard: Arc<Notify>,
}

/// Starts an endpoint, and gives its address.
pub(super) async fn start(fault: Fault) -> String {
    start_listening(fault, Arc::default()).await
}

/// Starts an endpoint that tells of every broadcast, and gives its address.
pub(super) async fn start_listening(fault: Fault, heard: Arc<Notify>) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("its address").to_string();
    let hub = Hub {
        fault,
        clients: BTreeMap::new(),
        connections: 0,
        broadcasts: 0,
        strangers: BTreeSet::new(),
        held: None,
        heard,
    };
    let hub = Arc::new(Mutex::new(hub));
    spawn(async move {
        while let Ok((stream, _)) = listener.accept().await {
            stream.set_nodelay(true).expect("an option of TCP");
            spawn(serve(stream, Arc::clone(&hub)));
        }
    });
    address
}

fn spawn(task: impl Future<Output = ()> + Send + 'static) {
    #[expect(clippy::disallowed_methods, reason = "nothing is simulated here")]
    tokio::spawn(task);
}

async fn serve(stream: TcpStream, hub: Arc<Mutex<Hub>>) {
    let (sender, mut outgoing) = unbounded_channel();
    // Whoever has a 101 is there, so it is there before it gets one.
    let id = hub.lock().expect("no panic").enter(sender);
    let Ok(socket) = accept_async(stream).await else { return };
    let (mut sink, mut stream) = socket.split();
    spawn(async move {
        while let Some(text) = outgoing.recv().await {
            if sink.send(Message::text(text)).await.is_err() {
                return;
            }
        }
        let _ = sink.close().await;
    });
    while let Some(Ok(message)) = stream.next().await {
        match message {
            Message::Text(text) => hub.lock().expect("no panic").receive(id, &text),
            Message::Close(_) => break,
            _ => {}
        }
    }
    hub.lock().expect("no panic").clients.remove(&id);
}

impl Hub {
    fn enter(&mut self, sender: UnboundedSender<String>) -> u32 {
        self.connections += 1;
        self.clients.insert(self.connections, sender);
        self.connections
    }

    fn receive(&mut self, id: u32, text: &str) {
        let fields: BTreeMap<String, &RawValue> = serde_json::from_str(text).unwrap_or_default();
        let field = |name: &str| fields.get(name).map(|value| value.get());
        match (field("action"), field("data")) {
            (Some(r#""broadcast""#), Some(data)) => {
                let data = serde_json::from_str(data).unwrap_or_else(|_| data.to_owned());
                self.broadcast(id, &data, field("id").unwrap_or("null"));
            }
            _ => self.refuse(id),
        }
    }

    fn broadcast(&mut self, sender: u32, data: &str, message: &str) {
        let has_id = message != "null";
        if has_id {
            self.broadcasts += 1;
        } else {
            self.strangers.insert(sender);
        }
        self.heard.notify_one();
        let is_fifth = has_id && self.broadcasts.is_multiple_of(5);
        // The one that it goes wrong for is never the sender.
        let mut others = self.clients.keys().copied().filter(|id| !self.strangers.contains(id));
        let victim = others.find(|id| *id != sender);
        for (id, client) in &self.clients {
            let is_victim = is_fifth && victim == Some(*id);
            let data = match (self.fault, is_victim) {
                (Fault::Drops | Fault::DropsAndSaysSo, true) => continue,
                (Fault::Reorders, true) => {
                    self.held = Some(data.to_owned());
                    continue;
                }
                (Fault::Alters, true) => altered(data),
                _ => data.to_owned(),
            };
            if self.fault == Fault::Chatters {
                (0..CHATTER).for_each(|_| {
                    let _ = client.send("chat".to_owned());
                });
            }
            let _ = client.send(data.clone());
            if is_victim && self.fault == Fault::Duplicates {
                let _ = client.send(data);
            }
            if is_victim && self.fault == Fault::Invents {
                let _ = client.send("what nobody sent".to_owned());
            }
        }
        if !is_fifth && let Some(held) = self.held.take() {
            self.tell(victim, &held);
        }
        let failed = u32::from(is_fifth && self.fault == Fault::DropsAndSaysSo);
        let ack = format!(
            r#"{{"ack":{{"delivered":1,"failed":{failed},"complete":{}}},"id":{message}}}"#,
            failed == 0
        );
        let asker = match self.fault {
            Fault::Misdirects if is_fifth && victim.is_some() => victim,
            _ => Some(sender),
        };
        self.tell(asker, &ack);
    }

    fn refuse(&self, id: u32) {
        let text = match self.fault {
            Fault::KeepsSilent => return,
            Fault::AnswersEmpty => "",
            Fault::LeaksStack => r#"{"error":"x is undefined\n at Object.<anonymous> (i.js:3)"}"#,
            Fault::LeaksArn => r#"{"error":"no arn:aws:lambda:eu-west-1:012345678901:f"}"#,
            _ => r#"{"error":"that is no broadcast"}"#,
        };
        self.tell(Some(id), text);
        if self.fault == Fault::AnswersTwice {
            self.tell(Some(id), text);
        }
    }

    fn tell(&self, id: Option<u32>, text: &str) {
        if let Some(client) = id.and_then(|id| self.clients.get(&id)) {
            // It may have gone.
            let _ = client.send(text.to_owned());
        }
    }
}

fn altered(data: &str) -> String {
    let mut data = data.to_owned();
    let last = data.pop();
    data.push(if last == Some('~') { '-' } else { '~' });
    data
}
