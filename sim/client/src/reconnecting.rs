//! A program that reconnects, resumes, waits for replies, and puts messages in order.

use std::collections::{BTreeMap, VecDeque};
use std::fmt;
use std::time::Duration;

use crate::program::{Action, Event, Program, Request};

/// The names of the timers.
const PAUSE: &str = "pause";
const REPLY: &str = "reply";
const GAP: &str = "gap";

/// The close code with which the program gives up a connection that does not answer.
const GIVES_UP: u16 = 4000;

/// A program that stays connected.
///
/// It asks for a connection and comes back after each end, first after the pause of
/// [`ReconnectingProgram::pausing`]. The pause doubles with each request that fails; after 8 of
/// them in a row, the program gives up. What the user asks for while there is no connection waits
/// for the next one.
///
/// It does more if it knows the form of the messages:
///
/// - [`ReconnectingProgram::resuming`]: each request for a connection says how far the client has
///   read.
/// - [`ReconnectingProgram::greeting`]: the first message on each connection says it.
/// - [`ReconnectingProgram::ordering`]: messages come to the user in the order of their numbers,
///   each once. If one is missing for too long, the program gives the connection up and comes back.
/// - [`ReconnectingProgram::waiting`]: one message at a time is on its way. It is sent again on the
///   next connection if there was no reply, so the service can get it twice.
///
/// ```
/// use stormglass_client::{Action, Event, Program, ReconnectingProgram};
///
/// let mut program = ReconnectingProgram::new().resuming("since", |text| Some(text.to_owned()));
/// program.on(Event::Started);
/// program.on(Event::Opened);
/// program.on(Event::Received("7"));
/// program.on(Event::Lost);
/// let actions = program.on(Event::TimerFired("pause"));
/// let [Action::Connect(request)] = &actions[..] else { panic!("{actions:?}") };
/// assert_eq!(request.query["since"], "7");
/// ```
pub struct ReconnectingProgram {
    request: Request,
    pause: Duration,
    patience: Duration,
    failures_max: u32,
    cursor: Option<fn(&str) -> Option<String>>,
    parameter: Option<&'static str>,
    greeting: Option<fn(Option<&str>) -> String>,
    number: Option<fn(&str) -> Option<u64>>,
    is_reply: Option<fn(&str, &str) -> bool>,
    state: State,
}

#[derive(Debug, Default)]
struct State {
    is_open: bool,
    /// The requests for a connection that failed since the last one that did not.
    failures: u32,
    /// The cursor of the last message that the user got.
    read: Option<String>,
    /// The messages that the user asked for and that are not done yet.
    wanted: VecDeque<String>,
    /// True if the first of them is on its way.
    is_waiting: bool,
    /// The number of the last message in order that the user got.
    last: Option<u64>,
    /// The messages that came too early, by their numbers.
    early: BTreeMap<u64, String>,
}

impl Default for ReconnectingProgram {
    fn default() -> ReconnectingProgram {
        ReconnectingProgram::new()
    }
}

impl fmt::Debug for ReconnectingProgram {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        // The settings never change.
        self.state.fmt(f)
    }
}

impl ReconnectingProgram {
    /// Makes a program that comes back after a second, and gives up after 8 failed requests in a
    /// row. It has a patience of 5 seconds.
    pub fn new() -> ReconnectingProgram {
        ReconnectingProgram {
            request: Request::default(),
            pause: Duration::from_secs(1),
            patience: Duration::from_secs(5),
            failures_max: 8,
            cursor: None,
            parameter: None,
            greeting: None,
            number: None,
            is_reply: None,
            state: State::default(),
        }
    }

    /// Gives the request with which the program asks for each of its connections.
    #[must_use]
    pub fn with(self, request: Request) -> ReconnectingProgram {
        ReconnectingProgram { request, ..self }
    }

    /// Gives the pause before the first attempt to come back.
    #[must_use]
    pub fn pausing(self, pause: Duration) -> ReconnectingProgram {
        ReconnectingProgram { pause, ..self }
    }

    /// Gives the time that the program waits for a reply or a missing message.
    #[must_use]
    pub fn patient(self, patience: Duration) -> ReconnectingProgram {
        ReconnectingProgram { patience, ..self }
    }

    /// Says in each request how far the client has read: a parameter of the query has the cursor of
    /// the last message that the user got. `cursor` returns that of a message, if it has one.
    #[must_use]
    pub fn resuming(
        self,
        parameter: &'static str,
        cursor: fn(&str) -> Option<String>,
    ) -> ReconnectingProgram {
        ReconnectingProgram { parameter: Some(parameter), cursor: Some(cursor), ..self }
    }

    /// Says in the first message on each connection how far the client has read. `message` gets the
    /// cursor of the last message that the user got, or `None` before there is one; `cursor`
    /// returns that of a message.
    #[must_use]
    pub fn greeting(
        self,
        message: fn(Option<&str>) -> String,
        cursor: fn(&str) -> Option<String>,
    ) -> ReconnectingProgram {
        ReconnectingProgram { greeting: Some(message), cursor: Some(cursor), ..self }
    }

    /// Puts messages in order. `number` returns the number of a message among those that have one;
    /// they count up by one, and the first that comes may have any number.
    #[must_use]
    pub fn ordering(self, number: fn(&str) -> Option<u64>) -> ReconnectingProgram {
        ReconnectingProgram { number: Some(number), ..self }
    }

    /// Waits for the reply to each message before it sends the next one. `is_reply` gets a message
    /// that was sent and one that came, and returns true if the second answers the first.
    #[must_use]
    pub fn waiting(self, is_reply: fn(&str, &str) -> bool) -> ReconnectingProgram {
        ReconnectingProgram { is_reply: Some(is_reply), ..self }
    }

    fn connect(&self) -> Vec<Action> {
        let mut request = self.request.clone();
        if let (Some(parameter), Some(read)) = (self.parameter, &self.state.read) {
            request.query.insert(parameter.to_owned(), read.clone());
        }
        vec![Action::Connect(request)]
    }

    /// Sends the next message that the user asked for, or all of them if none waits for a reply.
    fn send(&mut self) -> Vec<Action> {
        let state = &mut self.state;
        if !state.is_open {
            return Vec::new();
        }
        if self.is_reply.is_none() {
            return state.wanted.drain(..).map(Action::Send).collect();
        }
        if state.is_waiting {
            return Vec::new();
        }
        let Some(text) = state.wanted.front() else { return Vec::new() };
        state.is_waiting = true;
        let after = self.patience;
        vec![Action::Send(text.clone()), Action::StartTimer { name: REPLY, after }]
    }

    fn receive(&mut self, text: &str) -> Vec<Action> {
        let mut actions = Vec::new();
        if self.answers(text) {
            self.state.wanted.pop_front();
            self.state.is_waiting = false;
            actions.push(Action::StopTimer(REPLY));
            actions.extend(self.send());
        }
        match self.number.and_then(|number| number(text)) {
            Some(number) => actions.extend(self.receive_in_order(number, text)),
            None => actions.push(self.present(text.to_owned())),
        }
        actions
    }

    fn answers(&self, text: &str) -> bool {
        let waiting = self.state.wanted.front().filter(|_| self.state.is_waiting);
        self.is_reply.zip(waiting).is_some_and(|(is_reply, sent)| is_reply(sent, text))
    }

    fn receive_in_order(&mut self, number: u64, text: &str) -> Vec<Action> {
        if self.state.last.is_some_and(|last| number <= last) {
            return Vec::new();
        }
        let had_gap = !self.state.early.is_empty();
        self.state.early.insert(number, text.to_owned());
        let mut actions = Vec::new();
        while let Some(first) = self.state.early.first_entry() {
            let number = *first.key();
            if self.state.last.is_some_and(|last| number != last + 1) {
                break;
            }
            let text = first.remove();
            self.state.last = Some(number);
            actions.push(self.present(text));
        }
        let has_gap = !self.state.early.is_empty();
        if has_gap && !had_gap {
            actions.push(Action::StartTimer { name: GAP, after: self.patience });
        } else if had_gap && !has_gap {
            actions.push(Action::StopTimer(GAP));
        }
        actions
    }

    fn present(&mut self, text: String) -> Action {
        if let Some(read) = self.cursor.and_then(|cursor| cursor(&text)) {
            self.state.read = Some(read);
        }
        Action::Present(text)
    }

    /// Plans to come back, unless too many requests have failed.
    fn come_back(&mut self) -> Vec<Action> {
        let state = &mut self.state;
        state.is_open = false;
        state.is_waiting = false;
        // The next connection brings them again.
        state.early.clear();
        let mut actions = vec![Action::StopTimer(REPLY), Action::StopTimer(GAP)];
        if state.failures < self.failures_max {
            let after = self.pause.saturating_mul(1 << state.failures.min(16));
            actions.push(Action::StartTimer { name: PAUSE, after });
        }
        actions
    }
}

impl Program for ReconnectingProgram {
    fn on(&mut self, event: Event<'_>) -> Vec<Action> {
        match event {
            Event::Started | Event::TimerFired(PAUSE) => self.connect(),
            Event::Opened => {
                self.state.is_open = true;
                self.state.failures = 0;
                let greeting = self.greeting.map(|message| message(self.state.read.as_deref()));
                greeting.into_iter().map(Action::Send).chain(self.send()).collect()
            }
            Event::Refused => {
                self.state.failures += 1;
                self.come_back()
            }
            Event::Closed { .. } | Event::Lost => self.come_back(),
            Event::Received(text) => self.receive(text),
            Event::Asked(text) => {
                self.state.wanted.push_back(text.to_owned());
                self.send()
            }
            Event::TimerFired(_) => {
                let mut actions = vec![Action::Close(GIVES_UP)];
                actions.extend(self.come_back());
                actions
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn number(text: &str) -> Option<u64> {
        text.parse().ok()
    }

    fn presented(actions: &[Action]) -> Vec<&str> {
        let presented = actions.iter().filter_map(|action| match action {
            Action::Present(text) => Some(text.as_str()),
            _ => None,
        });
        presented.collect()
    }

    fn opened(mut program: ReconnectingProgram) -> ReconnectingProgram {
        assert_eq!(program.on(Event::Started), [Action::Connect(Request::default())]);
        program.on(Event::Opened);
        program
    }

    #[test]
    fn it_comes_back_after_longer_and_longer_pauses_and_gives_up_in_the_end() {
        let mut program = ReconnectingProgram::new();
        program.on(Event::Started);
        let mut pauses = Vec::new();
        loop {
            let actions = program.on(Event::Refused);
            let Some(Action::StartTimer { name: PAUSE, after }) = actions.last() else { break };
            pauses.push(after.as_secs());
            program.on(Event::TimerFired(PAUSE));
        }
        assert_eq!(pauses, [2, 4, 8, 16, 32, 64, 128]);
    }

    #[test]
    fn messages_wait_for_a_connection() {
        let mut program = ReconnectingProgram::new();
        program.on(Event::Started);
        assert_eq!(program.on(Event::Asked("a")), []);
        assert_eq!(program.on(Event::Opened), [Action::Send("a".to_owned())]);
        assert_eq!(program.on(Event::Asked("b")), [Action::Send("b".to_owned())]);
    }

    #[test]
    fn messages_come_in_order_and_once() {
        let mut program = opened(ReconnectingProgram::new().ordering(number));
        assert_eq!(presented(&program.on(Event::Received("4"))), ["4"]);
        let early = program.on(Event::Received("6"));
        let patience = Duration::from_secs(5);
        assert_eq!(early, [Action::StartTimer { name: GAP, after: patience }]);
        assert_eq!(program.on(Event::Received("4")), []);
        assert_eq!(presented(&program.on(Event::Received("5"))), ["5", "6"]);
        assert_eq!(presented(&program.on(Event::Received("hello"))), ["hello"]);
    }

    #[test]
    fn a_gap_that_stays_ends_the_connection_and_the_next_one_asks_for_the_rest() {
        let program = ReconnectingProgram::new().ordering(number);
        let mut program = opened(program.resuming("since", |text| Some(text.to_owned())));
        program.on(Event::Received("1"));
        program.on(Event::Received("3"));
        let actions = program.on(Event::TimerFired(GAP));
        assert_eq!(actions[0], Action::Close(GIVES_UP));
        let again = program.on(Event::TimerFired(PAUSE));
        let [Action::Connect(request)] = &again[..] else { panic!("{again:?}") };
        assert_eq!(request.query["since"], "1");
        program.on(Event::Opened);
        assert_eq!(presented(&program.on(Event::Received("2"))), ["2"]);
        assert_eq!(presented(&program.on(Event::Received("3"))), ["3"]);
    }

    #[test]
    fn one_message_at_a_time_waits_for_its_reply_and_is_sent_again_without_one() {
        let program = ReconnectingProgram::new().waiting(|sent, came| came == format!("ok {sent}"));
        let mut program = opened(program);
        let sends = |actions: &[Action], text: &str| {
            actions.iter().filter(|it| **it == Action::Send(text.to_owned())).count() == 1
        };
        assert!(sends(&program.on(Event::Asked("a")), "a"));
        assert_eq!(program.on(Event::Asked("b")), []);
        assert!(sends(&program.on(Event::Received("ok a")), "b"));
        let actions = program.on(Event::TimerFired(REPLY));
        assert_eq!(actions[0], Action::Close(GIVES_UP));
        program.on(Event::TimerFired(PAUSE));
        assert!(sends(&program.on(Event::Opened), "b"));
    }
}
