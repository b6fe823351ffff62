//! One post, and the endpoint it goes to.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::config::{Builder, Region};
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;

use super::fan_out::Job;
use crate::failure::Failure;
use crate::request::Event;
use crate::settings::Settings;

const CALL: &str = "PostToConnection";

const NO_ENDPOINT: &str = "no endpoint: the region, the event's apiId or its stage is missing";

/// What is known of a recipient after an attempt.
#[derive(Debug)]
pub(super) enum Outcome {
    /// The gateway accepted the data.
    Accepted,
    /// The gateway has no such connection, or not yet.
    Gone,
    /// Another attempt may do better.
    Transient(Failure),
    /// Another attempt would do no better.
    Refused(Failure),
}

/// What the clients of the gateway's callbacks are built from.
#[derive(Debug)]
pub(super) struct Callback {
    builder: Builder,
    region: Option<Region>,
    endpoint: Option<String>,
}

impl Callback {
    /// The SDK must not retry: the retries of all posts share one bucket in there, so recipients
    /// who fail would use up the retries of others. Nor does it know a bare 429 for what it is
    /// (FACTS 3.6). Every attempt is bounded here as well, so its timeouts would come on top.
    pub(super) fn new(settings: &Settings, management: Builder) -> Callback {
        let builder = management
            .retry_config(RetryConfig::disabled())
            .timeout_config(TimeoutConfig::disabled());
        Callback {
            region: builder.clone().build().region().cloned(),
            builder,
            endpoint: settings.callback_endpoint.clone(),
        }
    }

    /// A client for the connections of the API that `event` comes from.
    ///
    /// All of them share the connections, the credentials and the clock of the builder, and there
    /// is little more to a client.
    pub(super) fn client(&self, event: &Event) -> Result<Client, Failure> {
        let endpoint = self.endpoint.clone().or_else(|| self.endpoint_of(event));
        let endpoint = endpoint.ok_or_else(|| Failure::new(NO_ENDPOINT))?;
        Ok(Client::from_conf(self.builder.clone().endpoint_url(endpoint).build()))
    }

    /// The event's own domain, if it is the one that every API has. Behind a custom domain, it is
    /// made up from the region instead: what the event names then is the custom domain, whose
    /// paths may lack the stage (FACTS 3.4).
    fn endpoint_of(&self, event: &Event) -> Option<String> {
        let context = &event.payload.request_context;
        let api_id = context.apiid.as_deref()?;
        let stage = context.stage.as_deref()?;
        let host = format!("{api_id}.execute-api.");
        match context.domain_name.as_deref().filter(|domain| domain.starts_with(&host)) {
            Some(domain) => Some(format!("https://{domain}/{stage}")),
            None => {
                let region = self.region.as_ref()?;
                let suffix = suffix_of(region.as_ref());
                Some(format!("https://{host}{region}.{suffix}/{stage}"))
            }
        }
    }
}

/// The domain that AWS has for the services of a region.
fn suffix_of(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Attempts once to post the data of `job`.
pub(super) async fn post(job: Job<'_>, connection_id: &str) -> Outcome {
    let post = job.callback.post_to_connection();
    let post = post.connection_id(connection_id).data(job.data.clone());
    match job.budget.within(job.settings.post_timeout, post.send()).await {
        Some(Ok(_)) => Outcome::Accepted,
        Some(Err(error)) => classify(&error),
        None => Outcome::Transient(Failure::late(CALL)),
    }
}

/// The status counts as much as the error's code: the gateway does not always send a code, and
/// the SDK does not always understand it (FACTS 3.5, 3.6).
fn classify(error: &SdkError<PostToConnectionError>) -> Outcome {
    let status = error.raw_response().map(|response| response.status().as_u16());
    let service = error.as_service_error();
    if status == Some(410) || service.is_some_and(PostToConnectionError::is_gone_exception) {
        return Outcome::Gone;
    }
    let failure = Failure::of(CALL, error);
    tracing::debug!(%failure, "a post failed");
    if service.is_some_and(PostToConnectionError::is_limit_exceeded_exception) {
        return Outcome::Transient(failure);
    }
    match (status, error) {
        (Some(429 | 500..=599), _) => Outcome::Transient(failure),
        // The gateway accepted the data, and then the rest of its answer was lost.
        (Some(200..=299), _) => Outcome::Accepted,
        (Some(_), _) | (None, SdkError::ConstructionFailure(_)) => Outcome::Refused(failure),
        (None, _) => Outcome::Transient(failure),
    }
}
