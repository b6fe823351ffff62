//! The result of an invocation, for its answer, its log and its metrics.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use serde::Serialize;

use crate::failure::Failure;
use crate::reply::Acknowledgement;
use crate::request::Event;

/// The response to an event, with the parts that only the log gets.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: ApiGatewayProxyResponse,
    /// The result of a broadcast, if there was one.
    pub(crate) ack: Option<Acknowledgement>,
    /// The cause of an error response. Otherwise the first error that did not change the
    /// response, or that the response already counts.
    pub(crate) cause: Option<Failure>,
}

impl From<ApiGatewayProxyResponse> for Answer {
    fn from(response: ApiGatewayProxyResponse) -> Answer {
        Answer { response, ack: None, cause: None }
    }
}

/// The class of a result, as the log and the metrics name it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// The handler did everything that the event asked for.
    Done,
    /// A broadcast did not reach all recipients, or is not known to have reached them.
    Incomplete,
    /// The handler refused the request of the client.
    Refused,
    /// The service could not do its part.
    Failed,
}

impl Outcome {
    /// The outcome that a response shows by its `status` and its acknowledgement.
    pub(crate) fn new(status: i64, ack: Option<Acknowledgement>) -> Outcome {
        match (status, ack) {
            (500.., _) => Outcome::Failed,
            (400.., _) => Outcome::Refused,
            (_, Some(ack)) if !ack.complete => Outcome::Incomplete,
            _ => Outcome::Done,
        }
    }

    /// The name in the log.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Incomplete => "incomplete",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        }
    }
}

/// The record of an invocation that is over.
#[derive(Debug)]
pub(crate) struct InvocationRecord<'a> {
    pub(crate) event: &'a Event,
    pub(crate) route: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) answer: &'a Answer,
    /// The text that the client got, if the response is an error.
    pub(crate) error: Option<&'static str>,
    /// The end of the invocation, since the Unix epoch.
    pub(crate) ended_at: Duration,
    pub(crate) duration: Duration,
}
