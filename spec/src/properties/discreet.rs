//! Promise `discreet`: no frame reveals to clients how the service is made.

use std::collections::BTreeMap;

use crate::history::{Content, Event, EventKind, Origin, Request};
use crate::ledger::Ledger;
use crate::name::{ConnectionName, InvocationName};
use crate::property::{Monitor, MonitorMaker, Property, PropertyKind, Violation, violated};
use crate::sketch::Sketch;

/// No frame reveals to clients how the service is made.
///
/// Many functions post their errors, because a one-way route sends no reply. Of a response, clients
/// get only the body that a two-way route returns (FACTS 2.8, 2.9). Of a
/// handshake they get only the status (FACTS 1.4, 1.6). If a function fails, they get the gateway's
/// own words (FACTS 2.5).
pub const DISCREET: Property = Property {
    id: "discreet",
    kind: PropertyKind::Always,
    promise: "No reply or post reveals internals: a table's name, an ARN, an account, a stack \
              trace, or what the SDK said. What the client itself had sent is no secret.",
    reason: "Who attacks a service wants to know what it is made of. Who uses it can do nothing \
             with an exception of its database.",
    sources: &[
        "FACTS 2.9: the body that a function returns reaches the client (API Gateway guide, \
         apigateway-websocket-api-route-response)",
        "CWE-209: error messages that tell more than they should \
         (cwe.mitre.org/data/definitions/209.html)",
    ],
    needs: &[],
    monitor: MonitorMaker::plain(|| Box::new(Discreet::default())),
};

/// Words of error texts and stack traces that no answer meant for a client holds, in lower case.
const TELLTALES: [&str; 31] = [
    "arn:aws",
    "dynamodb",
    "    at ",
    "panicked",
    "traceback (most recent call last)",
    "accessdeniedexception",
    "badrequestexception",
    "conditionalcheckfailed",
    "connectorerror",
    "constructionfailure",
    "dispatch failure",
    "dispatchfailure",
    "econnreset",
    "forbiddenexception",
    "goneexception",
    "internalservererror",
    "itemcollectionsizelimitexceeded",
    "limitexceededexception",
    "object.<anonymous>",
    "payloadtoolarge",
    "provisionedthroughputexceeded",
    "replicatedwriteconflict",
    "requestlimitexceeded",
    "resourcenotfoundexception",
    "sdkerror",
    "serviceunavailableexception",
    "throttlingexception",
    "timeouterror",
    "transactionconflict",
    "unhandled error",
    "validationexception",
];

/// The number of digits of an account's number.
const ACCOUNT_DIGITS: usize = 12;

#[derive(Debug, Default)]
struct Discreet {
    times: u64,
    /// The tables that functions have named in their calls, each with the event of the first one.
    tables: BTreeMap<String, u32>,
}

impl Monitor for Discreet {
    fn observe(&mut self, event: &Event, ledger: &Ledger) -> Result<(), Violation> {
        match &event.kind {
            EventKind::CallSent { request: Request::Post { .. }, .. } => Ok(()),
            EventKind::CallSent { request_text, .. } => {
                if let Some(table) = table_in(request_text).filter(|table| is_telling(table)) {
                    self.tables.entry(table.to_owned()).or_insert(event.number);
                }
                Ok(())
            }
            EventKind::FrameReceived { connection, body, origin } => {
                let (word, invocation) = match origin {
                    Origin::Reply { invocation } => ("reply", invocation),
                    Origin::Post { call } => match ledger.call(call) {
                        Some(call) => ("post", &call.invocation),
                        None => return Ok(()),
                    },
                    Origin::GatewayError { .. } => return Ok(()),
                };
                self.times += 1;
                let sent = sent_text(ledger, invocation);
                let Some(internal) = self.internal_in(body, sent) else { return Ok(()) };
                let frame = Frame { word, connection, event: event.number };
                indiscreet(&frame, invocation, &internal, ledger)
            }
            _ => Ok(()),
        }
    }

    fn times(&self) -> u64 {
        self.times
    }

    fn sketch(&self, sketch: &mut Sketch) -> bool {
        sketch.list(self.tables.keys(), |sketch, table| sketch.text(table));
        true
    }
}

impl Discreet {
    /// The first internal detail in `body` that was not in `sent` already.
    fn internal_in(&self, body: &str, sent: &str) -> Option<String> {
        for (table, event) in &self.tables {
            if body.contains(table) && !sent.contains(table) {
                return Some(format!("{table:?}, the table that step {event} calls"));
            }
        }
        let (lower_body, lower_sent) = (body.to_ascii_lowercase(), sent.to_ascii_lowercase());
        let telltale = TELLTALES
            .iter()
            .find(|words| lower_body.contains(**words) && !lower_sent.contains(**words));
        if let Some(words) = telltale {
            return Some(format!("{words:?}"));
        }
        let account = accounts_in(body).find(|digits| !sent.contains(digits));
        account.map(|digits| format!("{digits}, which reads as the number of an account"))
    }
}

/// A frame that a client got.
struct Frame<'a> {
    /// The kind of the frame: `reply` or `post`.
    word: &'static str,
    connection: &'a ConnectionName,
    event: u32,
}

fn indiscreet(
    frame: &Frame<'_>,
    invocation: &InvocationName,
    internal: &str,
    ledger: &Ledger,
) -> Result<(), Violation> {
    let Frame { word, connection, event } = frame;
    let message = invocation.message_text();
    let because = match ledger.frame(message) {
        Some(sent) => format!(
            "the {word} that {connection} got in step {event} holds {internal}; {message}, sent \
             in step {}, does not.",
            sent.sent.event
        ),
        None => format!("the {word} that {connection} got in step {event} holds {internal}."),
    };
    violated(because, [(*connection).into(), invocation.into()])
}

/// The text that a client had sent, which the reply to it and the posts for it may repeat.
fn sent_text<'a>(ledger: &'a Ledger, invocation: &str) -> &'a str {
    match ledger.frame(invocation).map(|frame| &frame.content) {
        Some(Content::Broadcast { text, .. } | Content::Text(text)) => text,
        Some(Content::Binary(_) | Content::Ping) | None => "",
    }
}

/// The table that a request names. Quotes in the request's own texts are escaped.
fn table_in(request_text: &str) -> Option<&str> {
    let (_, rest) = request_text.split_once(r#""TableName":""#)?;
    rest.split_once('"').map(|(table, _)| table)
}

/// True if a name cannot be a mere word: `connections` gives nothing away.
fn is_telling(table: &str) -> bool {
    !table.chars().all(|c| c.is_ascii_lowercase())
}

/// The numbers in a text that have as many digits as an account's number.
fn accounts_in(text: &str) -> impl Iterator<Item = &str> {
    let numbers = text.split(|c: char| !c.is_ascii_digit());
    numbers.filter(|digits| digits.len() == ACCOUNT_DIGITS)
}
