//! Views for readers of a record: connections, and invocations with their logs.

use std::collections::VecDeque;
use std::sync::Arc;

use serde::Serialize;
use stormglass_aws::gateway::{ProxyResponse, RequestId};
use stormglass_spec::Time;

use super::Recorder;
use super::connections::ConnectionState;
use super::note::FunctionResult;
use super::subject::{Subject, number_of};

/// The most invocations that are kept.
const RUNS_MAX: usize = 200;

/// The most lines of an invocation's log that are kept: the first ones, which tell its purpose.
const LINES_MAX: usize = 64;

/// The most bytes of a line that are kept.
const LINE_BYTES_MAX: usize = 1_000;

/// A connection that is open, or whose handshake runs.
#[derive(Clone, Debug, Serialize)]
pub struct ConnectionView {
    /// The name in the history.
    pub name: String,
    /// The id.
    pub id: String,
    /// The address of the client.
    pub from: String,
    /// True if its handshake is over.
    pub is_open: bool,
    /// The time of its opening, or else of its request, in milliseconds since the record began.
    pub since_ms: u64,
    /// The time since its last frame, in milliseconds.
    pub idle_ms: u64,
    /// The number of messages from its client.
    pub messages_in: u64,
    /// The number of messages to its client.
    pub messages_out: u64,
}

/// An invocation of a function.
#[derive(Clone, Debug, Serialize)]
pub struct InvocationView {
    /// The number of the invocation on this server, from 1.
    pub number: u64,
    /// The name in the history.
    pub name: String,
    /// The id of its request.
    pub request: String,
    /// The key of the route.
    pub route: String,
    /// The name of the function.
    pub function: String,
    /// The time of its start, in milliseconds since the record began.
    pub since_ms: u64,
    /// The time that it took, in microseconds; `None` while it runs.
    pub took_us: Option<u64>,
    /// The status that it returned, or the reason why it has none.
    pub status: String,
    /// False if it failed.
    pub is_good: bool,
    /// The number of lines in its log.
    pub lines: u64,
}

impl Recorder {
    /// Returns the first `count` connections in the order in which they came, and the number of
    /// all.
    pub fn connections(&self, count: usize) -> (Vec<ConnectionView>, usize) {
        let Some(record) = &self.record else { return (Vec::new(), 0) };
        let now = record.elapsed();
        let state = record.state();
        let views = state.connections.all().take(count).map(|live| ConnectionView {
            name: live.peer.name().to_string(),
            id: live.peer.id.clone(),
            from: live.from.to_string(),
            is_open: live.state == ConnectionState::Open,
            since_ms: live.since.millis(),
            idle_ms: u64::try_from(now.since(live.active).as_millis()).unwrap_or(u64::MAX),
            messages_in: live.messages_in,
            messages_out: live.messages_out,
        });
        (views.collect(), state.connections.live_count())
    }

    /// Returns the last `count` invocations, the latest first, and the number of all that ever
    /// started.
    pub fn invocations(&self, count: usize) -> (Vec<InvocationView>, u64) {
        let Some(record) = &self.record else { return (Vec::new(), 0) };
        let state = record.state();
        (
            state.invocations.entries.iter().rev().take(count).map(InvocationEntry::view).collect(),
            state.invocations.started,
        )
    }

    /// Returns the log of the invocation with this number, and the number of lines that were left
    /// out at its end; `None` if it is not kept any more.
    pub fn log_of(&self, number: u64) -> Option<(Vec<String>, u64)> {
        let state = self.record.as_ref()?.state();
        let run = state.invocations.entries.iter().find(|run| run.number == number)?;
        Some((run.lines.clone(), run.lines_left_out))
    }

    /// Returns a number that changes with every event and every line of a log.
    pub fn version(&self) -> u64 {
        let Some(record) = &self.record else { return 0 };
        let state = record.state();
        state.ring.last_number() + state.invocations.lines
    }
}

/// The last invocations, in the order in which they started.
#[derive(Debug, Default)]
pub(super) struct InvocationLog {
    entries: VecDeque<InvocationEntry>,
    started: u64,
    /// The number of lines ever logged.
    lines: u64,
}

#[derive(Debug)]
struct InvocationEntry {
    number: u64,
    subject: Arc<Subject>,
    route: Arc<str>,
    function: String,
    since: Time,
    end: Option<InvocationOutcome>,
    lines: Vec<String>,
    lines_left_out: u64,
}

#[derive(Debug)]
struct InvocationOutcome {
    at: Time,
    status: String,
    is_good: bool,
}

impl InvocationLog {
    pub(super) fn start(
        &mut self,
        now: Time,
        subject: &Arc<Subject>,
        route: &Arc<str>,
        function: &str,
    ) {
        self.started += 1;
        self.entries.push_back(InvocationEntry {
            number: self.started,
            subject: Arc::clone(subject),
            route: Arc::clone(route),
            function: function.to_owned(),
            since: now,
            end: None,
            lines: Vec::new(),
            lines_left_out: 0,
        });
        if self.entries.len() > RUNS_MAX {
            self.entries.pop_front();
        }
    }

    pub(super) fn end(&mut self, now: Time, request: &RequestId, result: &FunctionResult) {
        let (status, is_good) = match result {
            FunctionResult::Response(json) => match ProxyResponse::parse(json) {
                Ok(response) => (response.status.to_string(), response.status < 400),
                Err(reason) => (format!("malformed response: {reason}"), false),
            },
            FunctionResult::Verdict(Some(true)) => ("lets in".to_owned(), true),
            FunctionResult::Verdict(Some(false)) | FunctionResult::Denied => {
                ("turns away".to_owned(), true)
            }
            FunctionResult::Verdict(None) => ("malformed response: no policy".to_owned(), false),
            FunctionResult::Failed(error) => (format!("error: {error}"), false),
        };
        self.finish(now, request, status, is_good);
    }

    pub(super) fn kill(&mut self, now: Time, request: &RequestId, reason: &str) {
        self.finish(now, request, format!("killed: {reason}"), false);
    }

    fn finish(&mut self, at: Time, request: &RequestId, mut status: String, is_good: bool) {
        cut(&mut status);
        if let Some(run) = self.find(request) {
            run.end = Some(InvocationOutcome { at, status, is_good });
        }
    }

    pub(super) fn log(&mut self, request: &str, line: &str) {
        self.lines += 1;
        let Some(run) = self.find(request) else { return };
        if run.lines.len() == LINES_MAX {
            run.lines_left_out += 1;
            return;
        }
        let kept = line.floor_char_boundary(LINE_BYTES_MAX.min(line.len()));
        let mut kept = line[..kept].trim_end().to_owned();
        if line.len() > LINE_BYTES_MAX {
            kept.push('\u{2026}');
        }
        run.lines.push(kept);
    }

    /// Returns the request id of the invocation with a name.
    pub(super) fn request_named(&self, name: &str) -> Option<RequestId> {
        let number = number_of(name.split_once('.')?.0)?;
        let mut runs = self.entries.iter().rev();
        let run = runs
            .find(|run| run.subject.peer.number == number && run.subject.name().as_ref() == name)?;
        Some(run.subject.request.clone())
    }

    fn find(&mut self, request: &str) -> Option<&mut InvocationEntry> {
        self.entries.iter_mut().rev().find(|run| run.subject.request == request)
    }
}

impl InvocationEntry {
    fn view(&self) -> InvocationView {
        let (took_us, status, is_good) = match &self.end {
            None => (None, "runs".to_owned(), true),
            Some(InvocationOutcome { at, status, is_good }) => {
                let took_us = u64::try_from(at.since(self.since).as_micros());
                (Some(took_us.unwrap_or(u64::MAX)), status.clone(), *is_good)
            }
        };
        InvocationView {
            number: self.number,
            name: self.subject.name().to_string(),
            request: self.subject.request.clone(),
            route: self.route.to_string(),
            function: self.function.clone(),
            since_ms: self.since.millis(),
            took_us,
            status,
            is_good,
            lines: u64::try_from(self.lines.len()).unwrap_or(u64::MAX) + self.lines_left_out,
        }
    }
}

fn cut(text: &mut String) {
    if text.len() > LINE_BYTES_MAX {
        text.truncate(text.floor_char_boundary(LINE_BYTES_MAX));
        text.push('\u{2026}');
    }
}
