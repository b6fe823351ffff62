//! The checks of the issuer, the audience and the times of a token (RFC 7519 4.1).

use std::time::{SystemTime, UNIX_EPOCH};

use serde_json::{Map, Value};

use crate::refusal::Refusal;
use crate::settings::Settings;

/// The claims of a token, by their names.
pub(crate) type Claims = Map<String, Value>;

/// Returns the subject of a token that is meant for this service and for this moment.
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

/// Reports whether `named`, which is one audience or a list of them, includes `audience`.
fn is_for(named: Option<&Value>, audience: &str) -> bool {
    match named {
        Some(Value::String(named)) => named == audience,
        Some(Value::Array(named)) => named.iter().any(|named| named == audience),
        _ => false,
    }
}

/// Checks that a token is valid by now and has not expired.
fn check_times(claims: &Claims, settings: &Settings, now: SystemTime) -> Result<(), Refusal> {
    let (now_s, leeway_s) = (epoch_seconds(now), settings.leeway.as_secs_f64());
    let expires_s = claims.get("exp").and_then(Value::as_f64);
    let expires_s = expires_s.ok_or(Refusal("the token does not say when it expires"))?;
    if now_s >= expires_s + leeway_s {
        return Err(Refusal("the token has expired"));
    }
    let Some(begins) = claims.get("nbf") else { return Ok(()) };
    let begins_s = begins.as_f64().ok_or(Refusal("the token's beginning is no time"))?;
    if now_s + leeway_s < begins_s {
        return Err(Refusal("the token is not valid yet"));
    }
    Ok(())
}

/// The seconds since the Unix epoch, with a fraction, as the times of a token may have one.
fn epoch_seconds(time: SystemTime) -> f64 {
    time.duration_since(UNIX_EPOCH).unwrap_or_default().as_secs_f64()
}
