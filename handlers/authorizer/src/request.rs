//! The checks of an event, and the token in it.

use serde_json::Value;

use crate::refusal::Refusal;

const HEADER: &str = "authorization";
const PARAMETER: &str = "token";
const SCHEME: &str = "bearer";

/// The fields of an event that decide about its handshake.
#[derive(Clone, Copy)]
pub(crate) struct Request<'a> {
    /// The name of the method that the client wants to invoke.
    pub(crate) method_arn: &'a str,
    pub(crate) token: &'a str,
}

impl<'a> Request<'a> {
    /// Reads the fields of an event.
    ///
    /// The event comes as JSON, because a typed event would fail on some events before this crate
    /// sees them, and their clients would get another status.
    ///
    /// # Errors
    ///
    /// The event is not for a REQUEST authorizer, or it does not carry exactly one token.
    pub(crate) fn parse(event: &'a Value) -> Result<Request<'a>, Refusal> {
        if text(event, "type") != Some("REQUEST") {
            return Err(Refusal("this is no event of a REQUEST authorizer"));
        }
        let method_arn = text(event, "methodArn").filter(|arn| !arn.is_empty());
        let method_arn = method_arn.ok_or(Refusal("the event names no method"))?;
        Ok(Request { method_arn, token: token(event)? })
    }
}

/// Returns the text of the field `name`, if `object` is an object and has such a text.
pub(crate) fn text<'a>(object: &'a Value, name: &str) -> Option<&'a str> {
    object.get(name)?.as_str()
}

/// Finds the token in the `Authorization` header or in the query. A page in a browser needs the
/// query, because it cannot set the headers of a handshake.
///
/// RFC 6750 2 forbids a client to send two tokens. Such a handshake is refused even if both are
/// valid: another program on the way may have checked the other token.
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

/// Returns all values whose name `is_name` accepts, from the first of two `maps` that has any.
///
/// The first map has a list for each name. The second one has the same names, each with the last
/// value only.
fn values<'a>(event: &'a Value, maps: [&str; 2], is_name: impl Fn(&str) -> bool) -> Vec<&'a str> {
    let [all, last] = maps.map(|map| {
        let entries = event.get(map).and_then(Value::as_object).into_iter().flatten();
        let named = entries.filter(|(name, _)| is_name(name));
        named.flat_map(|(_, value)| texts(value)).collect::<Vec<&str>>()
    });
    if all.is_empty() { last } else { all }
}

/// The texts of a list, or the text that stands alone.
fn texts(value: &Value) -> impl Iterator<Item = &str> {
    let items = value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice);
    items.iter().filter_map(Value::as_str)
}

/// The token of a header with the bearer scheme, in upper or lower case (RFC 9110 11.1).
fn bearer(header: &str) -> Result<&str, Refusal> {
    match header.trim().split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case(SCHEME) => Ok(token.trim_start()),
        _ => Err(Refusal("the Authorization header has no bearer token")),
    }
}
