//! The messages that a client may send: `{"action":"broadcast","data":...,"id":...}`.

use std::borrow::Cow;

use serde::Deserialize;
use serde_json::value::RawValue;

use crate::json::{has_lone_surrogate, raw_field};
use crate::reply::ErrorReply;
use crate::request::{Event, can_be_echoed, message_text, read_id};

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
    /// The text that every recipient gets.
    pub(crate) data: Cow<'a, str>,
    /// The client's own mark, which the reply repeats.
    pub(crate) id: Option<&'a RawValue>,
}

impl<'a> Message<'a> {
    /// Reads the message that an event carries.
    ///
    /// # Errors
    ///
    /// A field is missing or wrong, or the data is longer than `bytes_max`.
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

/// The fields of a message as the client wrote them. All other fields are ignored.
#[derive(Debug, Deserialize)]
pub(crate) struct Fields<'a> {
    #[serde(borrow, default, deserialize_with = "raw_field")]
    action: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw_field")]
    data: Option<&'a RawValue>,
    #[serde(borrow, default, deserialize_with = "raw_field")]
    pub(crate) id: Option<&'a RawValue>,
}

impl<'a> Fields<'a> {
    /// Reads the fields of the message that an event carries.
    ///
    /// # Errors
    ///
    /// The message is not a JSON object, repeats a field, or has an `id` that no reply can repeat.
    pub(crate) fn parse(event: &'a Event) -> Result<Fields<'a>, ErrorReply<'a>> {
        let text = message_text(event).map_err(|error| ErrorReply::client(error, None))?;
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

/// Reports whether the action is `broadcast`.
///
/// It may be written with escapes, which the gateway decodes to find the route.
fn is_broadcast(action: &RawValue) -> bool {
    serde_json::from_str::<Cow<'_, str>>(action.get()).is_ok_and(|action| action == "broadcast")
}

/// The text to post: the content of a string, and the source text of any other value.
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
