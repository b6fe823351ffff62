//! The frame around every handler: it leaves one line in the log, and one with metrics.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_smithy_async::time::SharedTimeSource;
use futures_util::future::BoxFuture;
use tracing::Instrument;

use crate::budget::since_epoch;
use crate::metrics;
use crate::outcome::{Answer, InvocationRecord, Outcome};
use crate::reply::ErrorReply;
use crate::request::Event;

/// Awaits the `answer` to an event, writes both lines, and returns the response.
///
/// The answer is boxed because the futures of the SDK nest deeply: as a part of all the futures
/// around it, it would be too deep for the compiler.
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
    let ended_at = since_epoch(&time);
    let record = InvocationRecord {
        event,
        route,
        outcome: Outcome::new(answer.response.status_code, answer.ack),
        answer: &answer,
        error,
        ended_at,
        duration: ended_at.saturating_sub(began_at),
    };
    log(&record);
    metrics::emit(&record);
    answer.response
}

/// Writes the line about an invocation, which holds no data that the client sent or got.
fn log(record: &InvocationRecord<'_>) {
    let context = &record.event.payload.request_context;
    let ack = record.answer.ack;
    // A macro, because the level of an event of `tracing` must be a constant.
    macro_rules! line {
        ($level:ident) => {
            tracing::$level!(
                route = record.route,
                connection_id = context.connection_id.as_deref(),
                request_id = context.request_id.as_deref(),
                invocation_id = record.event.context.request_id.as_str(),
                outcome = record.outcome.name(),
                status = record.answer.response.status_code,
                error = record.error,
                cause = record.answer.cause.as_ref().map(tracing::field::display),
                delivered = ack.map(|ack| ack.delivered),
                gone = ack.map(|ack| ack.gone),
                pending = ack.map(|ack| ack.pending),
                failed = ack.map(|ack| ack.failed),
                complete = ack.map(|ack| ack.complete),
                duration_ms = record.duration.as_millis() as u64,
                "handled an event"
            )
        };
    }
    match record.outcome {
        Outcome::Done | Outcome::Refused => line!(info),
        Outcome::Incomplete => line!(warn),
        Outcome::Failed => line!(error),
    }
}
