//! Records of a stream, and their JSON (FACTS 13.17).

use std::sync::Arc;

use stormglass_spec::{EPOCH_MS, REGION, Sketch, Time, hash};

use super::sequence::SequenceNumber;
use crate::item::Item;
use crate::json::{self, Object};
use crate::state::StreamView;

/// A record of a stream: one change of one item.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StreamRecord {
    pub(crate) sequence: SequenceNumber,
    /// The ARN of the stream.
    pub(crate) stream: Arc<str>,
    pub(crate) view: StreamView,
    pub(crate) kind: RecordKind,
    /// True if the item expired, false if a request changed it (FACTS 13.6).
    pub(crate) is_expiry: bool,
    pub(crate) created_at: Time,
    /// The partition key of the item, as text.
    pub(crate) partition: String,
    /// The attributes of the key.
    pub(crate) keys: Arc<Item>,
    /// The item before the change, if the view has it.
    pub(crate) old: Option<Arc<Item>>,
    /// The item after the change, if the view has it.
    pub(crate) new: Option<Arc<Item>>,
}

/// The kind of a change.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum RecordKind {
    Insert,
    Modify,
    Remove,
}

/// The reader for whom a record is written as JSON.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Reader {
    /// A function, in its event.
    Function,
    /// A client of the streams API.
    Client,
}

impl StreamRecord {
    /// The sequence number, 25 digits. It grows along a shard.
    pub fn sequence_number(&self) -> String {
        self.sequence.to_string()
    }

    /// The partition key of the item, as text. Records of one item have the same.
    pub fn partition_key(&self) -> &str {
        &self.partition
    }

    /// The time of the change. Its JSON has whole seconds.
    pub fn created_at(&self) -> Time {
        self.created_at
    }

    /// The size of the key and the images, in bytes.
    pub fn bytes(&self) -> usize {
        let images = [Some(&self.keys), self.old.as_ref(), self.new.as_ref()];
        images.into_iter().flatten().map(|item| item.bytes()).sum()
    }

    /// The record as an element of `Records` in the event of a function (FACTS 13.17).
    pub fn event_json(&self) -> String {
        self.json(Reader::Function)
    }

    /// The record as an element of `Records` in the answer to `GetRecords`.
    pub(crate) fn client_json(&self) -> String {
        self.json(Reader::Client)
    }

    fn json(&self, reader: Reader) -> String {
        let is_event = reader == Reader::Function;
        Object::new()
            .text("eventID", &self.event_id())
            .text("eventName", self.kind.name())
            .text("eventVersion", "1.1")
            .text("eventSource", "aws:dynamodb")
            .text("awsRegion", REGION)
            .json_if("userIdentity", self.is_expiry.then(|| reader.expiry_identity()))
            .json("dynamodb", &self.change_json())
            .json_if("eventSourceARN", is_event.then(|| json::string(&self.stream)))
            .finish()
    }

    fn change_json(&self) -> String {
        let image = |item: &Option<Arc<Item>>| item.as_ref().map(|item| item.json().to_owned());
        Object::new()
            .number("ApproximateCreationDateTime", (EPOCH_MS + self.created_at.millis()) / 1_000)
            .json("Keys", self.keys.json())
            .json_if("NewImage", image(&self.new))
            .json_if("OldImage", image(&self.old))
            .text("SequenceNumber", &self.sequence_number())
            .json("SizeBytes", &self.bytes().to_string())
            .text("StreamViewType", self.view.name())
            .finish()
    }

    /// An id of 32 hexadecimal digits that no other record has.
    fn event_id(&self) -> String {
        let own = format!("{}/{}", self.stream, self.sequence);
        let half = |purpose| hash::keyed_for(stormglass_spec::CONSTANT, &own, purpose);
        format!("{:016x}{:016x}", half("high"), half("low"))
    }

    /// Adds the record; the stream adds its name and its view.
    pub(crate) fn sketch(&self, sketch: &mut Sketch) {
        let StreamRecord {
            sequence,
            stream: _,
            view: _,
            kind,
            is_expiry,
            created_at,
            // The key has it.
            partition: _,
            keys,
            old,
            new,
        } = self;
        sketch.debug(sequence);
        sketch.debug(kind);
        sketch.flag(*is_expiry);
        sketch.time(*created_at);
        sketch.text(keys.json());
        for image in [old, new] {
            sketch.option(image.as_deref(), |sketch, item| sketch.text(item.json()));
        }
    }
}

impl RecordKind {
    fn name(self) -> &'static str {
        match self {
            RecordKind::Insert => "INSERT",
            RecordKind::Modify => "MODIFY",
            RecordKind::Remove => "REMOVE",
        }
    }
}

impl Reader {
    /// The `userIdentity` of an expiry (FACTS 13.6), whose members the API writes with capitals.
    fn expiry_identity(self) -> String {
        let (kind, principal) = match self {
            Reader::Function => ("type", "principalId"),
            Reader::Client => ("Type", "PrincipalId"),
        };
        Object::new().text(kind, "Service").text(principal, "dynamodb.amazonaws.com").finish()
    }
}
