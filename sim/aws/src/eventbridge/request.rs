//! Requests to put events (FACTS 14.1, 14.4).

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::Value;

use super::answer::{EntryFailure, EventBridgeRefusal};
use super::rule::bus_arn;
use crate::ACCOUNT;
use crate::http::HttpRequest;

/// The prefix of the header `x-amz-target`.
const API: &str = "AWSEvents.";
/// The most entries of a call.
const ENTRIES_MAX: usize = 10;
/// The size of a time in an entry, in bytes.
const TIME_BYTES: usize = 14;
/// The bus of an entry that names none.
const DEFAULT_BUS: &str = "default";

/// A sound request to put events.
#[derive(Clone, Debug, PartialEq)]
pub struct PutEventsRequest {
    pub(super) entries: Vec<Entry>,
}

/// An entry of a request.
#[derive(Clone, Debug, Default, PartialEq, Deserialize)]
#[serde(rename_all = "PascalCase", default)]
pub(super) struct Entry {
    pub(super) source: Option<String>,
    pub(super) detail_type: Option<String>,
    /// JSON in a text.
    pub(super) detail: Option<String>,
    pub(super) event_bus_name: Option<String>,
    pub(super) resources: Vec<String>,
    /// The time in seconds since 1970.
    pub(super) time: Option<f64>,
}

/// The body of a request.
#[derive(Deserialize)]
#[serde(rename_all = "PascalCase")]
struct Body {
    entries: Option<Vec<Entry>>,
    endpoint_id: Option<Value>,
}

impl PutEventsRequest {
    /// Parses a request.
    ///
    /// # Errors
    ///
    /// If AWS refuses the whole request: its answer. If the model lacks the operation or a member:
    /// a refusal with [`EventBridgeRefusal::is_unsupported`].
    pub fn parse(request: &HttpRequest) -> Result<PutEventsRequest, EventBridgeRefusal> {
        let target = request.header("x-amz-target").unwrap_or_default();
        match target.strip_prefix(API) {
            Some("PutEvents") => {}
            Some(operation) => return Err(EventBridgeRefusal::unsupported(operation)),
            None => return Err(EventBridgeRefusal::new("UnknownOperationException", "")),
        }
        let body: Body = serde_json::from_slice(&request.body).map_err(|error| {
            EventBridgeRefusal::new("SerializationException", &error.to_string())
        })?;
        if body.endpoint_id.is_some() {
            return Err(EventBridgeRefusal::unsupported("EndpointId of PutEvents"));
        }
        let entries = body.entries.unwrap_or_default();
        let bound = match entries.len() {
            0 => "greater than or equal to 1",
            1..=ENTRIES_MAX => "",
            _ => "less than or equal to 10",
        };
        if !bound.is_empty() {
            let message = format!(
                "1 validation error detected: Value at 'entries' failed to satisfy constraint: \
                 Member must have length {bound}"
            );
            return Err(EventBridgeRefusal::new("ValidationException", &message));
        }
        if let Some(bus) = entries.iter().find_map(Entry::foreign_bus) {
            return Err(EventBridgeRefusal::unsupported(&format!(
                "The bus of another account, {bus},"
            )));
        }
        Ok(PutEventsRequest { entries })
    }

    /// Returns the IAM action that the caller needs on each of [`resources`](Self::resources)
    /// (FACTS 17.2).
    pub fn action(&self) -> &'static str {
        "events:PutEvents"
    }

    /// Returns the ARNs of the buses that the entries name, each once.
    pub fn resources(&self) -> BTreeSet<String> {
        self.entries.iter().map(|entry| bus_arn(entry.bus())).collect()
    }

    /// Returns the number of entries.
    pub fn entries_count(&self) -> usize {
        self.entries.len()
    }

    /// Returns the size of all entries in bytes, as AWS counts it.
    pub(super) fn bytes(&self) -> usize {
        self.entries.iter().map(Entry::bytes).sum()
    }
}

impl Entry {
    /// Returns the name of the bus.
    pub(super) fn bus(&self) -> &str {
        let name = self.event_bus_name.as_deref().unwrap_or(DEFAULT_BUS);
        name.split_once(":event-bus/").map_or(name, |(_, name)| name)
    }

    fn foreign_bus(&self) -> Option<&str> {
        let name = self.event_bus_name.as_deref()?;
        let (owner, _) = name.split_once(":event-bus/")?;
        (!owner.ends_with(ACCOUNT)).then_some(name)
    }

    fn bytes(&self) -> usize {
        let texts = [&self.source, &self.detail_type, &self.detail];
        let texts = texts.into_iter().flatten().chain(&self.resources);
        let time_bytes = if self.time.is_some() { TIME_BYTES } else { 0 };
        time_bytes + texts.map(String::len).sum::<usize>()
    }

    /// Returns the failure of the entry at this place, if AWS refuses it.
    pub(super) fn failure(&self, entry: usize) -> Option<EntryFailure> {
        let required =
            [("Source", &self.source), ("DetailType", &self.detail_type), ("Detail", &self.detail)];
        let fails = |code: &str, message: String| {
            Some(EntryFailure { entry, code: code.to_owned(), message })
        };
        for (name, value) in required {
            if value.as_deref().is_none_or(str::is_empty) {
                let message = format!(
                    "Parameter {name} is not valid. Reason: {name} is a required argument."
                );
                return fails("InvalidArgument", message);
            }
        }
        if self.source.as_deref().is_some_and(|source| source.starts_with("aws.")) {
            let message = "Not authorized for the source.".to_owned();
            return fails("NotAuthorizedForSourceException", message);
        }
        let detail = self.detail.as_deref().unwrap_or_default();
        let detail = serde_json::from_str::<Value>(detail);
        if !detail.is_ok_and(|detail| detail.is_object()) {
            return fails("MalformedDetail", "Detail is malformed.".to_owned());
        }
        None
    }
}
