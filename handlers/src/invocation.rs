//! What every invocation does around its work: one line in the log, one of metrics.

use std::time::Duration;

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_smithy_async::time::SharedTimeSource;
use futures_util::future::BoxFuture;
use serde::Serialize;
use tracing::Instrument;

use crate::budget::since_epoch;
use crate::failure::Failure;
use crate::metrics;
use crate::reply::{Acknowledgement, ErrorReply};
use crate::request::Event;

/// What a handler answers, and what only the log gets to know.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) response: ApiGatewayProxyResponse,
    pub(crate) ack: Option<Acknowledgement>,
    /// The first thing that went wrong on the way to an answer that is none the worse for it, or
    /// that says so itself.
    pub(crate) cause: Option<Failure>,
}

impl From<ApiGatewayProxyResponse> for Answer {
    fn from(response: ApiGatewayProxyResponse) -> Answer {
        Answer { response, ack: None, cause: None }
    }
}

/// How an invocation went, for those who count.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "lowercase")]
pub(crate) enum Outcome {
    /// All is done that was asked for.
    Done,
    /// Some recipients of a broadcast are not known to have got it.
    Incomplete,
    /// The client asked for something that it cannot have.
    Refused,
    /// The service could not do what it should.
    Failed,
}

impl Outcome {
    fn of(status: i64, ack: Option<Acknowledgement>) -> Outcome {
        match (status, ack) {
            (500.., _) => Outcome::Failed,
            (400.., _) => Outcome::Refused,
            (_, Some(ack)) if !ack.complete => Outcome::Incomplete,
            _ => Outcome::Done,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Outcome::Done => "done",
            Outcome::Incomplete => "incomplete",
            Outcome::Refused => "refused",
            Outcome::Failed => "failed",
        }
    }
}

/// Waits for the `answer` to an event, and turns it into the response.
///
/// The answer comes in a box because the SDK's futures nest deeply: too deeply for the compiler,
/// if they were part of everything that waits for them.
pub(crate) async fn respond<'a>(
    time: SharedTimeSource,
    event: &'a Event,
    route: &'static str,
    answer: BoxFuture<'_, Result<Answer, ErrorReply<'a>>>,
) -> ApiGatewayProxyResponse {
    let began_at = since_epoch(&time);
    let context = &event.payload.request_context;
    let span = tracing::debug_span!("event", route, request_id = context.request_id.as_deref());
    let answer = answer.instrument(span).await;
    let (answer, error) = match answer {
        Ok(answer) => (answer, None),
        Err(reply) => {
            let (error, cause) = (reply.text(), reply.cause().cloned());
            (Answer { response: reply.into(), ack: None, cause }, Some(error))
        }
    };
    let now = since_epoch(&time);
    let finished = Finished {
        event,
        route,
        outcome: Outcome::of(answer.response.status_code, answer.ack),
        answer: &answer,
        error,
        at: now,
        duration: now.saturating_sub(began_at),
    };
    finished.log();
    metrics::emit(&finished);
    answer.response
}

/// An invocation that is over.
#[derive(Debug)]
pub(crate) struct Finished<'a> {
    pub(crate) event: &'a Event,
    pub(crate) route: &'static str,
    pub(crate) outcome: Outcome,
    pub(crate) answer: &'a Answer,
    /// What the client was told, if it was told of an error.
    pub(crate) error: Option<&'static str>,
    /// Since the Unix epoch.
    pub(crate) at: Duration,
    pub(crate) duration: Duration,
}

impl Finished<'_> {
    /// Writes the one line, which has everything but what the client sent and what it got.
    fn log(&self) {
        let context = &self.event.payload.request_context;
        let ack = self.answer.ack;
        macro_rules! line {
            ($level:ident) => {
                tracing::$level!(
                    route = self.route,
                    connection_id = context.connection_id.as_deref(),
                    request_id = context.request_id.as_deref(),
                    invocation_id = self.event.context.request_id.as_str(),
                    outcome = self.outcome.name(),
                    status = self.answer.response.status_code,
                    error = self.error,
                    cause = self.answer.cause.as_ref().map(tracing::field::display),
                    delivered = ack.map(|ack| ack.delivered),
                    gone = ack.map(|ack| ack.gone),
                    pending = ack.map(|ack| ack.pending),
                    failed = ack.map(|ack| ack.failed),
                    complete = ack.map(|ack| ack.complete),
                    duration_ms = self.duration.as_millis() as u64,
                    "handled an event"
                )
            };
        }
        match self.outcome {
            Outcome::Done | Outcome::Refused => line!(info),
            Outcome::Incomplete => line!(warn),
            Outcome::Failed => line!(error),
        }
    }
}
