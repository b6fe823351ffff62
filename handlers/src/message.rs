//! What a client may send: `{"action":"broadcast","data":...,"id":...}`.

use std::borrow::Cow;

use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use crate::reply::ErrorReply;
use crate::request::Event;

/// The longest `id` that is echoed, in bytes as it was written.
///
/// An `id` that fills a message would make the reply to it too long to be sent (FACTS 3.1).
const ID_BYTES_MAX: usize = 1_024;

const NOT_JSON: &str = "the message is not valid JSON";
const NOT_AN_OBJECT: &str = "the message is not a JSON object";
const BAD_FIELDS: &str = "a field of the message is repeated, or its name cannot be decoded";
const BAD_ID: &str = "the id is longer than 1024 bytes or holds a lone surrogate";
const BAD_ACTION: &str = "the action is not \"broadcast\"";
const NO_DATA: &str = "the message has no data";
const BAD_DATA: &str = "the data holds a lone surrogate";
const LONG_DATA: &str = "the data is longer than a message may be";

/// A message to broadcast.
#[derive(Debug)]
pub(crate) struct Message<'a> {
    /// The bytes that every recipient gets.
    pub(crate) data: Cow<'a, str>,
    pub(crate) id: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    /// Refuses data that is longer than `bytes_max`.
    pub(crate) fn parse(event: &'a Event, bytes_max: usize) -> Result<Message<'a>, ErrorReply<'a>> {
        let fields = Fields::parse(event)?;
        let refuse = |text| ErrorReply::client(text, fields.id);
        if !fields.action.is_some_and(is_broadcast) {
            return Err(refuse(BAD_ACTION));
        }
        let data = outgoing(fields.data.ok_or_else(|| refuse(NO_DATA))?);
        let data = data.ok_or_else(|| refuse(BAD_DATA))?;
        if data.len() > bytes_max {
            return Err(refuse(LONG_DATA));
        }
        Ok(Message { data, id: fields.id })
    }
}

/// The fields of a message as they were written. Other fields are nobody's business.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields<'a> {
    #[serde(borrow, default, deserialize_with = "written")]
    action: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "written")]
    data: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "written")]
    pub(crate) id: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    pub(crate) fn parse(event: &'a Event) -> Result<Fields<'a>, ErrorReply<'a>> {
        let text = text_of(event).map_err(|error| ErrorReply::client(error, None))?;
        Fields::parse_text(text).map_err(|error| ErrorReply::client(error, read_id(event)))
    }

    fn parse_text(text: &'a str) -> Result<Fields<'a>, &'static str> {
        let whole: &RawValue = serde_json::from_str(text).map_err(|_| NOT_JSON)?;
        // Serde would also take an array, with the fields in order.
        if !whole.get().starts_with('{') {
            return Err(NOT_AN_OBJECT);
        }
        let fields: Fields<'_> = serde_json::from_str(text).map_err(|_| BAD_FIELDS)?;
        match fields.id {
            Some(id) if !can_be_echoed(id) => Err(BAD_ID),
            _ => Ok(fields),
        }
    }
}

/// The `id` of a message that may be wrong in every other respect.
pub(crate) fn read_id(event: &Event) -> Option<&RawValue> {
    #[derive(Deserialize)]
    struct OnlyId<'a> {
        #[serde(borrow, default, deserialize_with = "written")]
        id: Option<&'a RawValue>,
    }
    let text = text_of(event).ok()?;
    let whole: &RawValue = serde_json::from_str(text).ok()?;
    if !whole.get().starts_with('{') {
        return None;
    }
    let only: OnlyId<'_> = serde_json::from_str(text).ok()?;
    only.id.filter(|id| can_be_echoed(id))
}

/// The gateway never hands over a binary message (FACTS 2.12), so one that claims to be encoded
/// is not from the gateway.
fn text_of(event: &Event) -> Result<&str, &'static str> {
    if event.payload.is_base64_encoded {
        return Err("the message is not text");
    }
    event.payload.body.as_deref().ok_or("the message is missing")
}

/// Tells `null` from a field that is not there.
fn written<'de, D: Deserializer<'de>>(field: D) -> Result<Option<&'de RawValue>, D::Error> {
    <&RawValue>::deserialize(field).map(Some)
}

/// The action may have been written with escapes, which the gateway decodes to find the route.
fn is_broadcast(action: &RawValue) -> bool {
    serde_json::from_str::<Cow<'_, str>>(action.get()).is_ok_and(|action| action == "broadcast")
}

fn can_be_echoed(id: &RawValue) -> bool {
    id.get().len() <= ID_BYTES_MAX && !has_lone_surrogate(id.get())
}

/// A string goes out as it reads, anything else as it was written.
fn outgoing(data: &RawValue) -> Option<Cow<'_, str>> {
    let written = data.get();
    if has_lone_surrogate(written) {
        return None;
    }
    if written.starts_with('"') {
        return serde_json::from_str::<String>(written).ok().map(Cow::Owned);
    }
    Some(Cow::Borrowed(written))
}

/// Whether valid JSON escapes half of a surrogate pair.
///
/// JSON's grammar allows it, but no text in UTF-8 can hold it, so it could not be delivered.
fn has_lone_surrogate(json: &str) -> bool {
    let mut rest = json;
    while let Some(at) = rest.find('\\') {
        rest = &rest[at..];
        let length = match escaped_unit(rest) {
            Some(0xDC00..=0xDFFF) => return true,
            Some(0xD800..=0xDBFF) => match rest.get(6..).and_then(escaped_unit) {
                Some(0xDC00..=0xDFFF) => 12,
                _ => return true,
            },
            Some(_) => 6,
            // Every other escape is a backslash and one ASCII character.
            None => 2,
        };
        rest = rest.get(length..).unwrap_or_default();
    }
    false
}

/// The UTF-16 code unit that `json` begins with, if it begins with `\uXXXX`.
fn escaped_unit(json: &str) -> Option<u16> {
    let digits = json.strip_prefix("\\u")?.get(..4)?;
    u16::from_str_radix(digits, 16).ok()
}
