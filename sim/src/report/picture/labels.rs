//! Labels: the few words beside an arrow. The full text of the step has the rest.

use std::borrow::Cow;
use std::collections::BTreeMap;

use stormglass_spec::history::{Content, Effect, EventKind, Outcome, Request, Side};
use textwrap::{Options, WordSplitter};

use crate::report::layout::shorten_middle;

/// The largest number of characters in a label.
const WIDTH: usize = 30;

/// The largest number of characters in a label with a name: of a row, a table or an error.
const NAME_WIDTH: usize = 48;

/// The largest number of lines that the words of a service take below a label.
const NOTE_LINES_MAX: usize = 6;

/// Finds the words of services that stand below labels. An answer that repeats the words of its
/// service has none.
#[derive(Debug, Default)]
pub(super) struct Notes<'a> {
    refused: BTreeMap<&'a str, &'a str>,
}

impl<'a> Notes<'a> {
    /// Returns the words below the label of the next event; empty if it has none.
    pub(super) fn observe(&mut self, what: &'a EventKind) -> &'a str {
        match what {
            EventKind::CallApplied { call, effect: Effect::Refused { explanation, .. } } => {
                self.refused.insert(call, explanation.as_str());
                explanation.as_str()
            }
            EventKind::CallAnswered { call, answer } => {
                let words = answer.explanation.as_str();
                let is_repeated = self.refused.remove(call.as_str()) == Some(words);
                if is_repeated { "" } else { words }
            }
            _ => "",
        }
    }
}

/// Returns the lines of the words below a label.
pub(super) fn note_lines(note: &str, width: usize) -> Vec<String> {
    let note = shorten(&note.replace(['\n', '\r'], " "), width * NOTE_LINES_MAX);
    let options = Options::new(width).word_splitter(WordSplitter::NoHyphenation);
    let lines = textwrap::wrap(&note, options).into_iter().filter(|line| !line.is_empty());
    lines.map(Cow::into_owned).collect()
}

/// Returns the words beside the arrow or the point of an event.
pub(super) fn label(what: &EventKind) -> String {
    let text = match what {
        EventKind::HandshakeAsked { connection } => format!("opens {connection}"),
        EventKind::HandshakeOpened { .. } => "101".to_owned(),
        EventKind::HandshakeRefused { status, .. } => format!("refused: {status}"),
        EventKind::HandshakeAborted { connection } => format!("{connection} has left"),
        EventKind::FrameSent { content, .. } => content_label(content),
        EventKind::FrameReceived { body, .. } => format!("{body:?}"),
        EventKind::CloseSent { code, .. } => format!("close {code}"),
        EventKind::Closed { connection, by: Side::Client, code } => {
            format!("{connection} closed, {code}")
        }
        EventKind::Closed { code, by: Side::Gateway, .. } => format!("close {code}"),
        EventKind::Vanished { connection } => format!("{connection} vanishes"),
        EventKind::AnswerDropped { .. } => "dropped: buffer full".to_owned(),
        EventKind::ReadingPaused { .. } => "stops reading".to_owned(),
        EventKind::ReadingResumed { .. } => "reads again".to_owned(),
        EventKind::Presented { text, .. } => format!("shows {text:?}"),
        EventKind::InvocationStarted { invocation, route, .. } => format!("{route} {invocation}"),
        EventKind::InvocationEnded { outcome, .. } => outcome_label(outcome),
        EventKind::InvocationKilled { reason, .. } => format!("killed: {reason}"),
        EventKind::CallSent { request, .. } => request_label(request),
        EventKind::CallApplied { effect, .. } => effect_label(effect),
        EventKind::CallAnswered { answer, .. } => answer.to_string(),
        EventKind::RowWritten { row, .. } => format!("+ {row}"),
        EventKind::RowRemoved { row, .. } => format!("- {row}"),
        EventKind::MessageStored { message, .. } => format!("+ {message}"),
        EventKind::MessageRemoved { message, .. } => format!("- {message}"),
        EventKind::MessageDropped { message, .. } => format!("gives {message} up"),
        EventKind::FaultsStopped => "no more faults from here on".to_owned(),
    };
    let text = text.replace(['\n', '\r'], " ");
    match what {
        EventKind::CallSent { .. }
        | EventKind::MessageStored { .. }
        | EventKind::MessageRemoved { .. }
        | EventKind::MessageDropped { .. }
        | EventKind::RowWritten { .. }
        | EventKind::RowRemoved { .. } => shorten_middle(&text, NAME_WIDTH),
        EventKind::CallApplied { .. } | EventKind::CallAnswered { .. } => {
            shorten(&text, NAME_WIDTH)
        }
        _ => shorten(&text, WIDTH),
    }
}

/// Cuts a text that is longer than `width` characters.
pub(super) fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(1)).collect();
    format!("{kept}\u{2026}")
}

fn content_label(content: &Content) -> String {
    match content {
        Content::Broadcast { data, .. } => format!("broadcast {data:?}"),
        Content::Text(text) => format!("{text:?}"),
        Content::Binary(bytes) => format!("{bytes} bytes of binary"),
        Content::Ping => "ping".to_owned(),
    }
}

fn outcome_label(outcome: &Outcome) -> String {
    match outcome {
        Outcome::Returned { status, acknowledgement: None, .. } => status.to_string(),
        Outcome::Returned { status, acknowledgement: Some(said), .. } => match &said.counts {
            None => format!("{status}: acknowledged"),
            Some(counts) if counts.complete => format!("{} delivered, complete", counts.delivered),
            Some(counts) => format!("{} delivered, incomplete", counts.delivered),
        },
        Outcome::Completed { value } if &**value == "null" => "returns".to_owned(),
        Outcome::Completed { value } => format!("returns {value}"),
        Outcome::Allowed => "lets in".to_owned(),
        Outcome::Denied => "turns away".to_owned(),
        Outcome::Malformed { .. } => "malformed response".to_owned(),
        Outcome::Failed { error } => format!("error: {error}"),
    }
}

fn request_label(request: &Request) -> String {
    match request {
        Request::Put { row } => format!("Put {row}"),
        Request::Delete { row } => format!("Delete {row}"),
        Request::Update { row } => format!("Update {row}"),
        Request::Get { row, consistent } => format!("Get {row}, {}", kind(*consistent)),
        Request::Several { operation, rows } => format!("{operation} of {}", rows.len()),
        Request::Query { consistent, continued } => page("Query", *consistent, *continued),
        Request::Scan { consistent, continued } => page("Scan", *consistent, *continued),
        Request::Post { connection, .. } => format!("Post to {connection}"),
        Request::Describe { connection } => format!("Look up {connection}"),
        Request::Close { connection } => format!("Close {connection}"),
        Request::Oversized { operation, items, items_max, .. } => {
            format!("{operation} of {items}, at most {items_max}")
        }
        Request::Service { operation, resource, .. } if resource.is_empty() => {
            operation.to_string()
        }
        Request::Service { operation, resource, .. } => format!("{operation} {resource}"),
        Request::Other { operation, tables } if tables.is_empty() => operation.to_string(),
        Request::Other { operation, tables } => format!("{operation} {}", tables.join(", ")),
    }
}

fn page(operation: &str, is_consistent: bool, is_continued: bool) -> String {
    let next = if is_continued { ", next page" } else { "" };
    format!("{operation}, {}{next}", kind(is_consistent))
}

fn kind(is_consistent: bool) -> &'static str {
    if is_consistent { "consistent" } else { "eventual" }
}

fn effect_label(effect: &Effect) -> String {
    match effect {
        Effect::Done => "done".to_owned(),
        Effect::Read { rows, stale, .. } => {
            let stale = if *stale { "stale: " } else { "" };
            let names = rows.join(", ");
            match rows.len() {
                0 => format!("{stale}no rows"),
                1 => format!("{stale}{names}"),
                2 | 3 if names.chars().count() <= WIDTH => format!("{stale}{names}"),
                many => format!("{stale}{many} rows"),
            }
        }
        Effect::Refused { error, .. } => format!("refused: {error}"),
        Effect::Accepted => "accepted".to_owned(),
        Effect::Gone { pending: true } => "gone: pending".to_owned(),
        Effect::Gone { pending: false } => "gone: closed".to_owned(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_label_is_one_short_line_whatever_is_said() {
        let text = format!("a\nb\r{}", "\u{1f4a5}".repeat(100));
        let killed =
            label(&EventKind::InvocationKilled { invocation: "i".into(), reason: text.into() });
        assert_eq!(killed.chars().count(), WIDTH);
        assert!(killed.starts_with("killed: a b ") && killed.ends_with('\u{2026}'), "{killed}");
    }

    #[test]
    fn a_label_keeps_the_end_of_a_long_name() {
        let row = format!("tournaments/{}/final|7", "europe-".repeat(6));
        let written = label(&EventKind::RowWritten { row: row.into(), connections: Vec::new() });
        assert_eq!(written, "+ tournaments/europe-eu\u{2026}e-europe-europe-/final|7");
    }

    #[test]
    fn a_label_has_the_whole_name_of_an_error() {
        let effect = Effect::refused("ProvisionedThroughputExceededException");
        let refused = label(&EventKind::CallApplied { call: "ana.b1.put-a-1".into(), effect });
        assert_eq!(refused, "refused: ProvisionedThroughputExceededException");
    }
}
