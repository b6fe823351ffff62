//! The services of a stack as they are before a run.

use stormglass_aws::gateway::Limits;
use stormglass_aws::lambda::{AsyncEvents, Lambda};
use stormglass_dynamodb as dynamodb;
use stormglass_dynamodb::{DynamoDb, ReplicaView};
use stormglass_spec::Time;

use crate::app::App;
use crate::case::Deployment;
use crate::outcome::HarnessError;
use crate::stack::{Function, Stack};

/// The queue of asynchronous events, with the settings of the functions.
pub(super) fn async_events_of(app: &dyn App, stack: &Stack) -> Result<AsyncEvents, HarnessError> {
    let mut events = AsyncEvents::default();
    for Function { name, asynchronous, .. } in &stack.functions {
        events.configure(name, asynchronous.clone()).map_err(|error| HarnessError::NoFunction {
            app: app.name().to_owned(),
            reason: error.to_string(),
        })?;
    }
    Ok(events)
}

/// The Lambda platform, with the concurrency that functions reserve.
pub(super) fn lambda_of(
    app: &dyn App,
    stack: &Stack,
    deployment: &Deployment,
) -> Result<Lambda, HarnessError> {
    let mut lambda = Lambda::new(deployment.lambda_concurrency);
    for Function { name, reserved_concurrency, .. } in &stack.functions {
        let Some(concurrency) = reserved_concurrency else { continue };
        lambda = lambda.with_reserved(name, *concurrency).map_err(|error| {
            HarnessError::NoFunction { app: app.name().to_owned(), reason: error.to_string() }
        })?;
    }
    Ok(lambda)
}

/// DynamoDB with the tables of the application and their first rows.
pub(super) fn dynamodb_of(
    app: &dyn App,
    stack: &Stack,
    deployment: &Deployment,
) -> Result<DynamoDb, HarnessError> {
    let page_rows_max = deployment.page_rows_max.and_then(|rows| usize::try_from(rows).ok());
    let mut dynamodb = DynamoDb::new(dynamodb::Limits {
        page_rows_max,
        expiry_lag_max: deployment.expiry_lag,
        ..dynamodb::Limits::default()
    });
    for (operation, body) in stack.table_requests() {
        let target = format!("DynamoDB_20120810.{operation}");
        let answer = match dynamodb::Request::parse(&target, body.as_bytes()) {
            Ok(request) => dynamodb.apply(Time::ZERO, &request, ReplicaView::Fresh),
            Err(refusal) => refusal,
        };
        if !answer.is_success() {
            let app = app.name().to_owned();
            return Err(HarnessError::NoTable { app, answer: answer.body });
        }
    }
    Ok(dynamodb)
}

/// The limits of the gateway in this deployment.
pub(super) fn limits_of(deployment: &Deployment) -> Limits {
    Limits {
        requests_per_second: deployment.requests_per_second,
        burst: deployment.burst,
        connects_per_second: deployment.connects_per_second,
        buffer_frames_max: deployment.buffer_frames_max,
        routes_reserved: deployment.routes_reserved,
        pings_reset_idle: deployment.pings_reset_idle,
        ..Limits::default()
    }
}
