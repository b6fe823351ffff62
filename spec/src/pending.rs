//! The things that are still unfinished when nothing is in flight any more.

use crate::ledger::{Call, Connection, Frame, Invocation, Ledger, Row};
use crate::name::{CallName, ConnectionName, InvocationName, MessageName, RowName};

/// Lists the things that are still pending, one line each: rows without an open connection, open
/// connections without a row, messages without a reply, running invocations, and their calls
/// without an answer.
pub fn pending(ledger: &Ledger) -> Vec<String> {
    let open = ledger.open();
    let rows = ledger.rows();
    let is_ghost = |row: &Row| row.connections.iter().any(|name| !open.contains(name));
    let ghosts = rows.iter().filter(|(_, row)| is_ghost(row)).map(ghost);
    let unlisted = ledger.connections().filter(|(_, state)| state.is_open() && state.rows == 0);
    let unanswered = ledger.frames().filter(|(_, frame)| is_unanswered(frame, ledger));
    let running = ledger.invocations().filter(|(_, invocation)| invocation.ended.is_none());
    let waiting = ledger.calls().filter(|(_, call)| is_waited_for(call, ledger));
    let mut lines: Vec<String> = ghosts.collect();
    lines.extend(unlisted.map(row_missing));
    lines.extend(unanswered.map(reply_missing));
    lines.extend(running.map(still_running));
    lines.extend(waiting.map(answer_missing));
    lines
}

/// True if a message reached a two-way route and its attached client has got no reply.
fn is_unanswered(frame: &Frame, ledger: &Ledger) -> bool {
    let is_asked = frame
        .invocations
        .iter()
        .any(|name| ledger.invocation(name).is_some_and(|invocation| invocation.two_way));
    let sender = ledger.find_connection(&frame.connection);
    is_asked && frame.replied.is_none() && sender.is_some_and(Connection::is_attached)
}

fn is_waited_for(call: &Call, ledger: &Ledger) -> bool {
    let caller = ledger.invocation(&call.invocation);
    call.answered.is_none() && caller.is_some_and(|caller| caller.ended.is_none())
}

fn ghost((name, row): (&RowName, &Row)) -> String {
    format!("the row of {name}, stored in step {}, has no open connection", row.stored.event)
}

fn row_missing((name, connection): (&ConnectionName, &Connection)) -> String {
    let opened = connection.opened.map_or(0, |mark| mark.event);
    format!("{name}, open since step {opened}, has no row")
}

fn reply_missing((name, frame): (&MessageName, &Frame)) -> String {
    format!("{name}, sent in step {}, has no reply", frame.sent.event)
}

fn still_running((name, invocation): (&InvocationName, &Invocation)) -> String {
    format!("{name}, started in step {}, is still running", invocation.started.event)
}

fn answer_missing((name, call): (&CallName, &Call)) -> String {
    format!("{name}, sent in step {}, has no answer", call.sent.event)
}
