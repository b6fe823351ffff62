//! The handler: from an event to an answer, and to the one line of the log about it.

use std::time::{Duration, SystemTime};

use aws_smithy_async::time::SharedTimeSource;
use lambda_runtime::LambdaEvent;
use serde_json::Value;

use crate::claims;
use crate::policy::Policy;
use crate::refusal::{Refusal, Unauthorized};
use crate::request::{Request, text};
use crate::settings::Settings;
use crate::token;

/// The handler of the REQUEST authorizer of the `$connect` route.
///
/// The token comes as `Authorization: Bearer <token>`, or as the query parameter `token`, but not
/// as both. The gateway must be told of no identity source: it would refuse whoever uses the other
/// way before it asks.
#[derive(Debug)]
pub struct Authorizer {
    settings: Settings,
    clock: SharedTimeSource,
}

impl Authorizer {
    /// Tokens expire by `clock`.
    pub fn new(settings: Settings, clock: SharedTimeSource) -> Authorizer {
        Authorizer { settings, clock }
    }

    /// Lets the handshake go on if it carries a valid token.
    ///
    /// # Errors
    ///
    /// It does not, whatever the event is.
    pub async fn handle(&self, event: LambdaEvent<Value>) -> Result<Policy, Unauthorized> {
        let now = self.clock.now();
        let outcome = self.authorize(&event.payload, now);
        let duration = self.clock.now().duration_since(now).unwrap_or_default();
        log(&event, outcome.as_ref().err(), duration);
        outcome.map_err(|_| Unauthorized)
    }

    fn authorize(&self, event: &Value, now: SystemTime) -> Result<Policy, Refusal> {
        let request = Request::parse(event)?;
        let claims = token::verify(request.token, &self.settings.keys)?;
        let subject = claims::check(&claims, &self.settings, now)?;
        Policy::allow(request.method_arn, subject, &claims, &self.settings.claims)
    }
}

/// The route is not the gateway's `$connect`: that is the handshake's other function.
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
