//! The format of an API's messages, from the file of `--message-format`.

use std::path::Path;

use serde::Deserialize;
use stormglass_spec::history::{Acknowledgement, Counts};
use toml::Spanned;

use super::pointer::{find, is_pointer, text_of};

/// The placeholder of the JSON value to send.
const DATA: &str = "${data}";

/// The placeholder of the id of the message.
const ID: &str = "${id}";

/// The format of an API's messages.
///
/// The default is that of the production handlers.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct MessageFormat {
    broadcast: Spanned<String>,
    #[serde(default = "PayloadKind::all")]
    payloads: Spanned<Vec<PayloadKind>>,
    #[serde(default)]
    received: ReceivedFormat,
    answers: AnswerFormat,
    #[serde(default)]
    bad_input: Vec<BadInput>,
}

/// A kind of payload that clients send.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub(super) enum PayloadKind {
    /// A JSON string, of which clients get the text.
    Text,
    /// Any other JSON value, which clients get as it was written.
    Json,
}

impl PayloadKind {
    fn all() -> Spanned<Vec<PayloadKind>> {
        Spanned::new(0..0, vec![PayloadKind::Text, PayloadKind::Json])
    }
}

#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct ReceivedFormat {
    /// The place of the data in the messages that clients get.
    data: Option<Spanned<String>>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct AnswerFormat {
    /// The sign that a broadcast was carried out.
    acknowledged: Spanned<AcknowledgementRule>,
    /// The place of the acknowledgement in a reply, if it is one.
    reply: Option<Spanned<String>>,
    /// The places of its counts, under their names in the specification.
    complete: Option<Spanned<String>>,
    delivered: Option<Spanned<String>>,
    gone: Option<Spanned<String>>,
    pending: Option<Spanned<String>>,
    failed: Option<Spanned<String>>,
    error: Option<Spanned<String>>,
    id: Option<Spanned<String>>,
}

/// The sign that a broadcast was carried out.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[serde(rename_all = "kebab-case")]
pub enum AcknowledgementRule {
    /// A reply to its sender.
    Reply,
    /// The absence of any reply: the API replies to failures only, or never.
    Silence,
    /// There is none.
    Never,
}

/// A message that no API understands.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct BadInput {
    pub(super) text: String,
    /// True if it is to be answered.
    pub(super) answered: bool,
}

/// The kind of a message that a client got.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum MessageShape {
    /// The reply to a broadcast that was carried out.
    Acknowledgement { id: Option<String>, acknowledgement: Acknowledgement },
    /// The reply to a message that was not carried out.
    Error { id: Option<String> },
    /// The gateway's own words (FACTS 2.4, 2.5, 2.6).
    GatewayError,
    /// Any other message, such as the broadcast of another client.
    Other,
}

/// The reason why a file is no format.
#[derive(Debug, thiserror::Error)]
pub enum FormatError {
    /// The file cannot be read.
    #[error("{path} cannot be read: {source}")]
    Unreadable {
        /// The file.
        path: String,
        /// The error of the machine.
        source: std::io::Error,
    },
    /// The file does not describe messages.
    #[error("{path}, line {line}: {what}; sim/probe/formats has examples")]
    Broken {
        /// The file.
        path: String,
        /// The line, from 1.
        line: usize,
        /// The mistake there, and the way to mend it.
        what: String,
    },
}

impl Default for MessageFormat {
    fn default() -> MessageFormat {
        let format = MessageFormat::parse("stormglass.toml", STORMGLASS);
        format.expect("the format of the production handlers is tested")
    }
}

/// The format of the production handlers.
const STORMGLASS: &str = include_str!("../formats/stormglass.toml");

impl MessageFormat {
    /// Reads a file.
    ///
    /// # Errors
    ///
    /// If the file cannot be read, or does not describe messages.
    pub fn read(path: &Path) -> Result<MessageFormat, FormatError> {
        let name = path.display().to_string();
        match std::fs::read_to_string(path) {
            Ok(text) => MessageFormat::parse(&name, &text),
            Err(source) => Err(FormatError::Unreadable { path: name, source }),
        }
    }

    /// Parses the text of the file at `path`.
    ///
    /// # Errors
    ///
    /// If the text does not describe messages.
    pub fn parse(path: &str, text: &str) -> Result<MessageFormat, FormatError> {
        let broken = |at: usize, what: String| {
            let before = text.get(..at).unwrap_or(text);
            let line = before.matches('\n').count() + 1;
            FormatError::Broken { path: path.to_owned(), line, what }
        };
        let format: MessageFormat = toml::from_str(text).map_err(|error| {
            let at = error.span().map_or(0, |span| span.start);
            broken(at, error.message().trim_end().replace('\n', ", "))
        })?;
        match format.mistake() {
            Some((at, what)) => Err(broken(at, what)),
            None => Ok(format),
        }
    }

    /// Returns the first mistake and its place, counted in bytes.
    fn mistake(&self) -> Option<(usize, String)> {
        if !self.broadcast.get_ref().contains(DATA) {
            let what = format!("`broadcast` has no {DATA}; put it in the place of the data");
            return Some((self.broadcast.span().start, what));
        }
        if self.payloads.get_ref().is_empty() {
            let what = "`payloads` is empty; list \"text\", \"json\" or both".to_owned();
            return Some((self.payloads.span().start, what));
        }
        let answers = &self.answers;
        let AnswerFormat { acknowledged, reply, complete, error, id, .. } = answers;
        if *acknowledged.get_ref() == AcknowledgementRule::Reply && reply.is_none() {
            let what = "an API that acknowledges by a reply needs `reply`, a JSON pointer to a \
                        member that only an acknowledgement has";
            return Some((acknowledged.span().start, what.to_owned()));
        }
        let counts = [&answers.delivered, &answers.gone, &answers.pending, &answers.failed];
        let pointers = [&self.received.data, reply, complete, error, id].into_iter().chain(counts);
        let bad = pointers.flatten().find(|pointer| !is_pointer(pointer.get_ref()))?;
        let what = format!("{:?} is no JSON pointer; a pointer begins with a /", bad.get_ref());
        Some((bad.span().start, what))
    }

    /// Returns the sign that a broadcast was carried out.
    pub fn acknowledged(&self) -> AcknowledgementRule {
        *self.answers.acknowledged.get_ref()
    }

    /// Returns true if replies name the messages that they are for.
    pub(super) fn has_ids(&self) -> bool {
        self.answers.id.is_some() && self.broadcast.get_ref().contains(ID)
    }

    pub(super) fn payloads(&self) -> &[PayloadKind] {
        self.payloads.get_ref()
    }

    pub(super) fn bad_input(&self) -> &[BadInput] {
        &self.bad_input
    }

    /// Returns the message that broadcasts `data`, a JSON value.
    pub(super) fn broadcast(&self, data: &str, id: &str) -> String {
        self.broadcast.get_ref().replace(ID, id).replace(DATA, data)
    }

    /// Returns the text that clients must get of `data`, a JSON value.
    pub(super) fn expected(data: &str) -> String {
        text_of(data)
    }

    /// Returns the data in a message that a client got; `None` if the message is no broadcast.
    pub(super) fn received(&self, frame: &str) -> Option<String> {
        match self.received.data.as_ref().map(Spanned::get_ref) {
            None => Some(frame.to_owned()),
            Some(pointer) => find(frame, pointer).map(text_of),
        }
    }

    /// Returns the kind of a message that a client got.
    pub(super) fn shape(&self, frame: &str) -> MessageShape {
        if !frame.trim_start().starts_with(['{', '[']) {
            return MessageShape::Other;
        }
        let id = || value_at(frame, self.answers.id.as_ref()).map(text_of);
        if value_at(frame, self.answers.reply.as_ref()).is_some() {
            return MessageShape::Acknowledgement {
                id: id(),
                acknowledgement: self.acknowledgement(frame),
            };
        }
        if value_at(frame, self.answers.error.as_ref()).is_some() {
            return MessageShape::Error { id: id() };
        }
        let members = ["/message", "/connectionId", "/requestId"];
        if members.iter().all(|member| find(frame, member).is_some()) {
            MessageShape::GatewayError
        } else {
            MessageShape::Other
        }
    }

    /// Returns the counts of an acknowledgement. Without counts, it claims that all went well.
    fn acknowledgement(&self, frame: &str) -> Acknowledgement {
        let AnswerFormat { complete, delivered, gone, pending, failed, .. } = &self.answers;
        if complete.is_none() && failed.is_none() {
            return Acknowledgement { counts: None };
        }
        let count = |pointer: &Option<Spanned<String>>| {
            value_at(frame, pointer.as_ref()).and_then(|count| count.parse().ok()).unwrap_or(0)
        };
        let failed = count(failed);
        let complete = match complete {
            Some(_) => value_at(frame, complete.as_ref()) == Some("true"),
            None => failed == 0,
        };
        let (delivered, gone, pending) = (count(delivered), count(gone), count(pending));
        let counts = Counts { delivered, gone, pending, failed, complete };
        Acknowledgement { counts: Some(counts) }
    }
}

fn value_at<'a>(frame: &'a str, pointer: Option<&Spanned<String>>) -> Option<&'a str> {
    find(frame, pointer?.get_ref())
}
