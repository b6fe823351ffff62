//! For whom, by whom, and for when a token is (RFC 7519 4.1).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::settings::Settings;

/// What a token says, by the names of its claims.
pub(crate) type Claims = Map<String, Value>;

/// The subject of the token, if it is meant for this service and for this moment.
pub(crate) fn check<'a>(
    claims: &'a Claims,
    settings: &Settings,
    now: SystemTime,
) -> Result<&'a str, Refusal> {
    if claims.get("iss").and_then(Value::as_str) != Some(&settings.issuer) {
        return Err(Refusal("the token is from another issuer"));
    }
    if !is_for(claims.get("aud"), &settings.audience) {
        return Err(Refusal("the token is for another audience"));
    }
    check_times(claims, settings, now)?;
    let subject = claims.get("sub").and_then(Value::as_str);
    subject.filter(|subject| !subject.is_empty()).ok_or(Refusal("the token has no subject"))
}

/// A token may name one audience, or a list of them.
fn is_for(named: Option<&Value>, audience: &str) -> bool {
    match named {
        Some(Value::String(named)) => named == audience,
        Some(Value::Array(named)) => named.iter().any(|named| named == audience),
        _ => false,
    }
}

fn check_times(claims: &Claims, settings: &Settings, now: SystemTime) -> Result<(), Refusal> {
    let (now_s, leeway_s) = (epoch_seconds(now), settings.leeway.as_secs_f64());
    let expires_s = claims.get("exp").and_then(Value::as_f64);
    let expires_s = expires_s.ok_or(Refusal("the token does not say when it expires"))?;
    if now_s >= expires_s + leeway_s {
        return Err(Refusal("the token has expired"));
    }
    let Some(begins) = claims.get("nbf") else { return Ok(()) };
    let begins_s = begins.as_f64().ok_or(Refusal("the token's beginning is no time"))?;
    match now_s + leeway_s < begins_s {
        true => Err(Refusal("the token is not valid yet")),
        false => Ok(()),
    }
}

/// The times of a token are numbers, and need not be whole.
fn epoch_seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
