//! The handler, from an event to its answer and its line in the log.

use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;

use crate::claims;
use crate::policy::Policy;
use crate::refusal::{Refusal, UnauthorizedError};
use crate::request::{Request, text};
use crate::settings::Settings;
use crate::token;

/// The handler of the REQUEST authorizer of the `$connect` route.
///
/// The token comes as `Authorization: Bearer <token>` or as the query parameter `token`, but not
/// as both. The gateway must have no identity source: it would refuse the clients that use the
/// other way, without asking the authorizer.
#[derive(Debug)]
pub struct Authorizer {
    settings: Settings,
    clock: SharedTimeSource,
}

impl Authorizer {
    /// Builds a handler for which tokens expire by `clock`.
    pub fn new(settings: Settings, clock: SharedTimeSource) -> Authorizer {
        Authorizer { settings, clock }
    }

    /// Accepts a handshake that carries a valid token.
    ///
    /// # Errors
    ///
    /// The event carries no valid token, or is not a handshake at all.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Policy, UnauthorizedError> {
        let now = self.clock.now();
        let outcome = self.authorize(&event.payload, now);
        let duration = self.clock.now().duration_since(now).unwrap_or_default();
        log(&event, outcome.as_ref().err(), duration);
        outcome.map_err(|_| UnauthorizedError)
    }

    fn authorize(&self, event: &Value, now: SystemTime) -> Result<Policy, Refusal> {
        let request = Request::parse(event)?;
        let claims = token::verify(request.token, &self.settings.keys)?;
        let subject = claims::check(&claims, &self.settings, now)?;
        Policy::allow(request.method_arn, subject, &claims, &self.settings.claims)
    }
}

/// Writes the line of the log. Its route is `authorize`, because `$connect` is the route of the
/// other function that a handshake runs.
fn log(event: &LambdaEvent<Value>, refusal: Option<&Refusal>, duration: Duration) {
    let context = event.payload.get("requestContext").unwrap_or(&Value::Null);
    tracing::info!(
        route = "authorize",
        connection_id = text(context, "connectionId"),
        request_id = text(context, "requestId"),
        invocation_id = event.context.request_id.as_str(),
        outcome = if refusal.is_some() { "refused" } else { "allowed" },
        reason = refusal.map(|refusal| refusal.0),
        duration_ms = u64::try_from(duration.as_millis()).unwrap_or(u64::MAX),
        "handled an event"
    );
}
