//! What an event must say before anything is done about it.

use serde_json::Value;

use crate::refusal::Refusal;

const HEADER: &str = "authorization";
const PARAMETER: &str = "token";
const SCHEME: &str = "bearer";

/// The part of an event that decides.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// What the client wants to invoke.
    pub(crate) method_arn: &'a str,
    pub(crate) token: &'a str,
}

impl<'a> Request<'a> {
    /// Refuses whatever is no event of a REQUEST authorizer, or does not carry exactly one token.
    ///
    /// The event is read as JSON because a type for it would refuse some events before we see
    /// them, and the client would see another status for those.
    pub(crate) fn parse(event: &'a Value) -> Result<Request<'a>, Refusal> {
        if text(event, "type") != Some("REQUEST") {
            return Err(Refusal("this is no event of a REQUEST authorizer"));
        }
        let method_arn = text(event, "methodArn").filter(|arn| !arn.is_empty());
        let method_arn = method_arn.ok_or(Refusal("the event names no method"))?;
        Ok(Request { method_arn, token: token(event)? })
    }
}

/// The text that `object` has under this name, if it is an object and has one.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// The token from the `Authorization` header, or else from the query: a page in a browser cannot
/// set the headers of a handshake.
///
/// RFC 6750 2 forbids to send more than one. Such a handshake is refused, whatever the second one
/// is: another program on the way might have looked at that one.
fn token(event: &Value) -> Result<&str, Refusal> {
    let headers = ["multiValueHeaders", "headers"];
    let headers = values(event, headers, |name| name.eq_ignore_ascii_case(HEADER));
    let parameters = ["multiValueQueryStringParameters", "queryStringParameters"];
    let parameters = values(event, parameters, |name| name == PARAMETER);
    match (&headers[..], &parameters[..]) {
        ([], []) => Err(Refusal("there is no token")),
        ([header], []) => bearer(header),
        ([], [token]) => Ok(token),
        _ => Err(Refusal("there is more than one token")),
    }
}

/// All values of this name, from the first of two maps that has any.
///
/// The first map has a list for each name and the second one, with the same content, only the
/// last value.
fn values<'a>(event: &'a Value, maps: [&str; 2], is_name: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let [all, last] = maps.map(|map| {
        let entries = event.get(map).and_then(Value::as_object).into_iter().flatten();
        let named = entries.filter(|(name, _)| is_name(name));
        named.flat_map(|(_, value)| texts(value)).collect::<Vec<&str>>()
    });
    if all.is_empty() { last } else { all }
}

/// The texts of a list, or the one text that is no list.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().filter_map(Value::as_str)
}

/// The scheme's case does not matter (RFC 9110 11.1).
fn bearer(header: &str) -> Result<&str, Refusal> {
    match header.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(token.trim_start()),
        _ => Err(Refusal("the Authorization header has no bearer token")),
    }
}
