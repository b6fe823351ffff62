//! Labels: the few words beside an arrow. The full text of the step has the rest.

use stormglass_spec::history::{Content, Effect, EventKind, Outcome, Request, Side};

/// The largest number of characters in a label.
const WIDTH: usize = 30;

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
        EventKind::FaultsStopped => "no more faults from here on".to_owned(),
    };
    shorten(&text.replace(['\n', '\r'], " "), WIDTH)
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
        Request::Other { operation } => operation.to_string(),
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
            match rows.len() {
                0 => format!("{stale}no rows"),
                1..=3 => format!("{stale}{}", rows.join(", ")),
                many => format!("{stale}{many} rows"),
            }
        }
        Effect::Refused { error } => format!("refused: {error}"),
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
}
