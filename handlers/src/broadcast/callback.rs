//! One post, and the endpoint that it goes to.

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::timeout::TimeoutConfig;
use aws_sdk_apigatewaymanagement::config::{Builder, Region};
use aws_sdk_apigatewaymanagement::error::SdkError;
use aws_sdk_apigatewaymanagement::operation::post_to_connection::PostToConnectionError;

use super::job::Job;
use crate::failure::Failure;
use crate::request::Event;
use crate::settings::Settings;

const CALL: &str = "PostToConnection";

const NO_ENDPOINT: &str = "no endpoint: the region, the event's apiId or its stage is missing";

/// The result of one attempt to post to a connection.
#[derive(Debug)]
pub(super) enum PostOutcome {
    /// The gateway accepted the data.
    Accepted,
    /// The gateway has no such connection, or not yet.
    Gone,
    /// The attempt failed, and another one may succeed.
    Transient(Failure),
    /// The attempt failed, and so would any other.
    Refused(Failure),
}

/// The configuration from which the clients for posts to connections are built.
#[derive(Debug)]
pub(super) struct Callback {
    builder: Builder,
    region: Option<Region>,
    endpoint: Option<String>,
}

impl Callback {
    /// Takes the platform's configuration, without the retries and timeouts of the SDK.
    ///
    /// In the SDK, the retries of all posts share one bucket, so recipients that fail would use up
    /// the retries of others. Nor does the SDK retry a 429 without an error code (FACTS 3.6).
    /// [`post`] limits the time of every attempt, so the SDK needs no timeouts.
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

    /// Builds a client for the connections of the API that `event` comes from.
    ///
    /// All clients share the sockets, the credentials and the clock of the configuration, so a
    /// client for each event costs little.
    ///
    /// # Errors
    ///
    /// The settings have no endpoint, and the event or the region is too incomplete to make one.
    pub(super) fn client(&self, event: &Event) -> Result<Client, Failure> {
        let endpoint = self.endpoint.clone().or_else(|| self.default_endpoint(event));
        let endpoint = endpoint.ok_or_else(|| Failure::new(NO_ENDPOINT))?;
        Ok(Client::from_conf(self.builder.clone().endpoint_url(endpoint).build()))
    }

    /// The endpoint of the API that `event` comes from.
    ///
    /// It is on the event's domain, if that is the domain that AWS gave to the API. If the event
    /// names a custom domain, whose paths may lack the stage (FACTS 3.4), the endpoint is composed
    /// from the region instead.
    fn default_endpoint(&self, event: &Event) -> Option<String> {
        let context = &event.payload.request_context;
        let api_id = context.apiid.as_deref()?;
        let stage = context.stage.as_deref()?;
        let host = format!("{api_id}.execute-api.");
        match context.domain_name.as_deref().filter(|domain| domain.starts_with(&host)) {
            Some(domain) => Some(format!("https://{domain}/{stage}")),
            None => {
                let region = self.region.as_ref()?;
                let suffix = domain_suffix(region.as_ref());
                Some(format!("https://{host}{region}.{suffix}/{stage}"))
            }
        }
    }
}

/// The domain of AWS that the services of a region are in.
fn domain_suffix(region: &str) -> &'static str {
    if region.starts_with("cn-") { "amazonaws.com.cn" } else { "amazonaws.com" }
}

/// Makes one attempt to post the data of `job` to a connection.
pub(super) async fn post(job: Job<'_>, connection_id: &str) -> PostOutcome {
    let post = job.callback.post_to_connection();
    let post = post.connection_id(connection_id).data(job.data.clone());
    match job.budget.within(job.settings.post_timeout, post.send()).await {
        Some(Ok(_)) => PostOutcome::Accepted,
        Some(Err(error)) => classify(&error),
        None => PostOutcome::Transient(Failure::timeout(CALL)),
    }
}

/// The outcome that an error of the SDK means.
///
/// The status counts as much as the code of the error: the gateway does not always send a code,
/// and the SDK does not understand every code (FACTS 3.5, 3.6).
fn classify(error: &SdkError<PostToConnectionError>) -> PostOutcome {
    let status = error.raw_response().map(|response| response.status().as_u16());
    let service = error.as_service_error();
    if status == Some(410) || service.is_some_and(PostToConnectionError::is_gone_exception) {
        return PostOutcome::Gone;
    }
    let failure = Failure::from_sdk(CALL, error);
    tracing::debug!(%failure, "a post failed");
    if service.is_some_and(PostToConnectionError::is_limit_exceeded_exception) {
        return PostOutcome::Transient(failure);
    }
    match (status, error) {
        (Some(429 | 500..=599), _) => PostOutcome::Transient(failure),
        // The gateway accepted the data, and then the rest of its answer was lost.
        (Some(200..=299), _) => PostOutcome::Accepted,
        (Some(_), _) | (None, SdkError::ConstructionFailure(_)) => PostOutcome::Refused(failure),
        (None, _) => PostOutcome::Transient(failure),
    }
}
