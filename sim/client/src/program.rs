//! The interface of a program: events come in, actions go out.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

/// The program of a client.
///
/// It has one connection at a time. The `Debug` form of a program shows all of its state: two
/// programs whose forms are equal do the same from then on.
///
/// ```
/// use stormglass_client::{Action, Event, Program, Request};
///
/// /// Connects once, and greets.
/// #[derive(Debug)]
/// struct Greeter;
///
/// impl Program for Greeter {
///     fn on(&mut self, event: Event<'_>) -> Vec<Action> {
///         match event {
///             Event::Started => vec![Action::Connect(Request::default())],
///             Event::Opened => vec![Action::Send("hello".to_owned())],
///             _ => Vec::new(),
///         }
///     }
/// }
///
/// assert_eq!(Greeter.on(Event::Opened), [Action::Send("hello".to_owned())]);
/// ```
pub trait Program: fmt::Debug {
    /// Takes an event, and returns the actions of the program in their order.
    fn on(&mut self, event: Event<'_>) -> Vec<Action>;
}

/// An event that a program learns of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event<'a> {
    /// The program begins. It is the first event, and comes once.
    Started,
    /// The connection that the program asked for is open.
    Opened,
    /// The connection that the program asked for was refused. Browsers hide the status.
    Refused,
    /// The service sent a text message.
    Received(&'a str),
    /// The service closed the connection.
    Closed {
        /// The close code (RFC 6455, 7.4).
        code: u16,
    },
    /// The connection is lost without a close.
    Lost,
    /// The user wants this message to be sent.
    Asked(&'a str),
    /// The time of a timer is over.
    TimerFired(&'static str),
}

/// An action of a program.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Action {
    /// Asks for a connection. An open connection is dropped first, without a close.
    Connect(Request),
    /// Sends a text message; without an open connection, nothing happens.
    Send(String),
    /// Gives a text to the user.
    Present(String),
    /// Starts a timer, which replaces the one of the same name.
    StartTimer {
        /// The name of the timer.
        name: &'static str,
        /// The time until it fires.
        after: Duration,
    },
    /// Stops the timer of this name, if there is one.
    StopTimer(&'static str),
    /// Closes the connection with this code. No event follows.
    Close(u16),
}

/// A request for a connection.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Request {
    /// The kind of handshake, as the application names it; `None` is the usual kind.
    pub kind: Option<String>,
    /// Further headers, or other values of them.
    pub headers: BTreeMap<String, String>,
    /// Further parameters of the query, or other values of them.
    pub query: BTreeMap<String, String>,
}
