//! A broken promise as people read it.

use std::collections::BTreeSet;
use std::fmt::{self, Display, Write};

use stormglass_spec::history::{Event, Origin, Request, What};
use stormglass_spec::line::{invocation_of, message_of};
use stormglass_spec::{Name, Violation};

use crate::case::Schedule;
use crate::run::Run;

/// A report is as wide as this, but for the line that replays.
const WIDTH: usize = 100;

/// The columns of a step, in characters. The trace has everything in full.
const WHAT_WIDTH: usize = 44;
const RESULT_WIDTH: usize = 60;

/// The most lines about what is pending.
const PENDING_MAX: usize = 8;

/// The story of a broken promise: verdict, steps, contradiction, and the line that replays it.
#[derive(Clone, Copy, Debug)]
pub struct Report<'a> {
    /// The run.
    pub run: &'a Run,
    /// The promise that it broke.
    pub violation: &'a Violation,
    /// The application's name.
    pub app: &'a str,
    /// Where the case came from: a seed, or a case's text.
    pub source: &'a str,
    /// How it was made short, if it was.
    pub shrunk: Option<&'a str>,
    /// How often it was run again, and where, if it was.
    pub confirmed: Option<&'a str>,
}

impl Display for Report<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.write(f, &replay_line(self.run, self.app))
    }
}

impl Report<'_> {
    /// The report with another line that replays.
    pub(crate) fn with_replay(&self, replay: &str) -> String {
        let mut text = String::new();
        // Writing to a string cannot fail.
        let _ = self.write(&mut text, replay);
        text
    }

    fn write(&self, f: &mut dyn Write, replay: &str) -> fmt::Result {
        let Report { run, violation, app, source, shrunk, confirmed } = self;
        let events = run.history.events.len();
        let deviations = run.case.schedule.deviations.len();
        let plural = if deviations == 1 { "" } else { "s" };
        writeln!(
            f,
            "FAILED  {}  ({})    {source}   app {app}   step {} of {events}   \
             {deviations} deviation{plural}",
            violation.property, violation.kind, violation.event
        )?;
        if let Some(shrunk) = shrunk {
            writeln!(f, "shrunk   {shrunk}")?;
        }
        if let Some(confirmed) = confirmed {
            writeln!(f, "confirmed  {confirmed}")?;
        }
        write_paragraph(f, "promise  ", violation.promise)?;
        writeln!(f)?;
        write_steps(f, run, &relevant(run, violation))?;
        writeln!(f)?;
        write_paragraph(f, "because  ", &violation.because)?;
        write_pending(f, &violation.pending)?;
        writeln!(f, "replay   {replay}")?;
        writeln!(f, "trace    {:016x}", run.trace_hash)
    }
}

/// Writes a text under a heading, in lines of a terminal's width.
fn write_paragraph(f: &mut dyn Write, heading: &str, text: &str) -> fmt::Result {
    let indent = " ".repeat(heading.len());
    let options = textwrap::Options::new(WIDTH).initial_indent(heading).subsequent_indent(&indent);
    writeln!(f, "{}", textwrap::fill(text, options))
}

/// Writes what is still pending, up to a few lines of it.
fn write_pending(f: &mut dyn Write, pending: &[String]) -> fmt::Result {
    for (place, line) in pending.iter().take(PENDING_MAX).enumerate() {
        write_paragraph(f, if place == 0 { "pending  " } else { "         " }, line)?;
    }
    match pending.len().saturating_sub(PENDING_MAX) {
        0 => Ok(()),
        more => writeln!(f, "         ... and {more} more"),
    }
}

/// The command that replays a run.
pub fn replay_line(run: &Run, app: &str) -> String {
    let case = run.case.to_string().replace('\'', r"'\''");
    let app = if app == "stormglass" { String::new() } else { format!(" --app {app}") };
    format!("cargo sim replay '{case}'{app}")
}

/// The whole story of a run, every step of it.
pub fn story(run: &Run) -> String {
    let all = run.history.events.iter().map(|event| event.number).collect();
    let mut text = String::new();
    // Writing to a string cannot fail.
    let _ = write_steps(&mut text, run, &all);
    text
}

fn write_steps(f: &mut dyn Write, run: &Run, shown: &BTreeSet<u32>) -> fmt::Result {
    let lines: Vec<_> = run
        .history
        .events
        .iter()
        .filter(|event| shown.contains(&event.number))
        .map(|event| (event, event.line()))
        .collect();
    let who = lines.iter().map(|(_, line)| line.who.chars().count()).max().unwrap_or(3).max(3);
    let what = lines.iter().map(|(_, line)| line.what.chars().count()).max().unwrap_or(4);
    let what = what.clamp(4, WHAT_WIDTH);
    writeln!(f, "     #          at   {:who$}   {:what$}   result", "who", "what")?;
    let mut last = 0;
    for (event, line) in lines {
        write_gap(f, last, event.number)?;
        last = event.number;
        let deviations = deviations_at(event, &run.case.schedule);
        let mark = if deviations.is_empty() { ' ' } else { '*' };
        let row = format!(
            "{mark} {:>4}  {:>10.3}   {:who$}   {:what$}   {}",
            event.number,
            millis(event.at),
            line.who,
            shorten(&line.what, what),
            shorten(&line.result, RESULT_WIDTH)
        );
        write!(f, "{}", row.trim_end())?;
        for deviation in deviations {
            write!(f, "   <- {deviation}")?;
        }
        writeln!(f)?;
    }
    write_gap(f, last, u32::try_from(run.history.events.len() + 1).unwrap_or(u32::MAX))
}

/// Cuts what is too long for its column.
fn shorten(text: &str, width: usize) -> String {
    if text.chars().count() <= width {
        return text.to_owned();
    }
    let kept: String = text.chars().take(width.saturating_sub(3)).collect();
    format!("{kept}...")
}

fn millis(at: stormglass_spec::Time) -> f64 {
    std::time::Duration::from_micros(at.micros()).as_secs_f64() * 1_000.0
}

fn write_gap(f: &mut dyn Write, last: u32, next: u32) -> fmt::Result {
    match next.saturating_sub(last + 1) {
        0 => Ok(()),
        1 => writeln!(f, "        ... 1 other step"),
        others => writeln!(f, "        ... {others} other steps"),
    }
}

/// The deviations of a schedule that take effect at an event.
fn deviations_at(event: &Event, schedule: &Schedule) -> Vec<String> {
    let keys: Vec<String> = match &event.what {
        What::HandshakeAsked { connection } => {
            let name = invocation_of_connection(connection, "c");
            let authorizer = invocation_of_connection(connection, "auth");
            vec![
                format!("{name}.up"),
                format!("{authorizer}.start"),
                format!("{authorizer}.init"),
                format!("{name}.start"),
                format!("{name}.init"),
                name,
            ]
        }
        What::HandshakeOpened { connection } => {
            vec![format!("{}.down", invocation_of_connection(connection, "c"))]
        }
        What::HandshakeRefused { connection, .. } | What::HandshakeAborted { connection } => {
            let end = invocation_of_connection(connection, "d");
            vec![format!("{}.down", invocation_of_connection(connection, "c")), end]
        }
        What::FrameSent { frame, .. } => vec![
            format!("{frame}.up"),
            format!("{frame}.start"),
            format!("{frame}.init"),
            format!("{frame}.down"),
            frame.to_string(),
        ],
        What::Vanished { connection } => {
            let begin = invocation_of_connection(connection, "c");
            ["left", "fails", "vanishes"].map(|how| format!("{begin}.{how}")).to_vec()
        }
        What::Closed { connection, .. } => {
            let name = invocation_of_connection(connection, "d");
            vec![
                connection.to_string(),
                format!("{connection}.down"),
                format!("{name}.start"),
                format!("{name}.init"),
            ]
        }
        What::InvocationEnded { invocation, .. } | What::InvocationKilled { invocation, .. } => {
            vec![format!("{invocation}.answer")]
        }
        What::CallSent { call, .. } => vec![call.to_string(), format!("{call}.send")],
        What::CallApplied { call, .. } => {
            vec![format!("{call}.gone"), format!("{call}.down"), format!("{call}.reply")]
        }
        _ => Vec::new(),
    };
    let found = keys.iter().filter_map(|key| {
        schedule.deviations.get(key.as_str()).map(|choice| format!("{key}={choice}"))
    });
    found.collect()
}

fn invocation_of_connection(connection: &str, kind: &str) -> String {
    let client = stormglass_spec::line::client_of(connection);
    format!("{client}.{kind}{}", &connection[client.len()..])
}

/// The steps that a reader needs: those about whoever is involved, and what led to them.
fn relevant(run: &Run, violation: &Violation) -> BTreeSet<u32> {
    let events = &run.history.events;
    let named = violation.involved.iter().flat_map(|name| [name.clone(), message_of(name).into()]);
    let mut involved: BTreeSet<Name> = named.collect();
    for event in events {
        involve(event, &mut involved);
    }
    let about = events.iter().filter(|event| is_about(event, &involved));
    let mut shown: BTreeSet<u32> = about.map(|event| event.number).collect();
    shown.insert(violation.event);
    for event in events.iter().rev() {
        if shown.contains(&event.number) {
            shown.extend(event.cause);
        }
    }
    shown
}

/// Adds the calls and the beginnings and ends of involved connections.
fn involve(event: &Event, involved: &mut BTreeSet<Name>) {
    match &event.what {
        What::CallSent { call, request, .. }
            if targets(request).iter().any(|target| involved.contains(target)) =>
        {
            involved.insert(call.clone());
        }
        What::InvocationStarted { invocation, route, connection, .. }
            if involved.contains(connection)
                && matches!(route.as_ref(), "$connect" | "$disconnect") =>
        {
            involved.insert(invocation.clone());
        }
        _ => {}
    }
}

/// The rows or the connection that a request is about.
fn targets(request: &Request) -> &[Name] {
    match request {
        Request::Put { row }
        | Request::Delete { row }
        | Request::Update { row }
        | Request::Get { row, .. } => std::slice::from_ref(row),
        Request::Several { rows, .. } => rows,
        Request::Post { connection, .. }
        | Request::Describe { connection }
        | Request::Close { connection } => std::slice::from_ref(connection),
        Request::Scan { .. } | Request::Query { .. } | Request::Other { .. } => &[],
    }
}

fn is_about(event: &Event, involved: &BTreeSet<Name>) -> bool {
    match &event.what {
        // A broadcast makes many calls; those to others are beside the point.
        What::CallSent { call, invocation, request, .. } => {
            let is_read = matches!(request, Request::Scan { .. } | Request::Query { .. });
            involved.contains(call) || (is_read && involved.contains(invocation))
        }
        What::CallApplied { call, .. } | What::CallAnswered { call, .. } => {
            let is_read = call.contains(".scan-") || call.contains(".query-");
            involved.contains(call) || (is_read && involved.contains(invocation_of(call)))
        }
        What::FrameReceived { connection, origin, .. } => {
            let cause = match origin {
                Origin::Post { call } => invocation_of(call),
                Origin::Reply { invocation } => invocation,
                Origin::GatewayError { frame } => frame,
            };
            involved.contains(connection) && involved.contains(cause)
        }
        _ => event.names().into_iter().any(|name| involved.contains(name)),
    }
}
