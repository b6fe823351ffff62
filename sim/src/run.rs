//! Runs an application once, and replays cases.

use std::sync::Arc;

use stormglass_spec::Property;

use crate::app::App;
use crate::case::{Case, Plan};
use crate::outcome::{HarnessError, Run};
use crate::strategy::{Replay, Strategy};
use crate::world;

/// Runs a plan under a strategy, and judges the run by `properties`.
///
/// # Errors
///
/// If the harness itself fails. A broken promise is not an error: see [`Run::violation`].
pub fn run(
    app: &dyn App,
    plan: &Plan,
    strategy: &mut dyn Strategy,
    properties: &[Property],
) -> Result<Run, HarnessError> {
    let stack = app.stack();
    let api = stack.api().map_err(|reason| HarnessError::NoSelection {
        app: app.name().to_owned(),
        expression: stack.route_selection.clone(),
        reason,
    })?;
    let mut runtime = tokio::runtime::Builder::new_current_thread();
    if app.uses_tokio_time() {
        runtime.enable_time().start_paused(true);
    }
    let runtime =
        runtime.build().map_err(|error| HarnessError::NoRuntime { reason: Arc::new(error) })?;
    runtime.block_on(world::run(app, stack, api, plan, strategy, properties))
}

/// Runs a case again, and judges the run by `properties`.
///
/// # Errors
///
/// If the harness itself fails.
pub fn replay(app: &dyn App, case: &Case, properties: &[Property]) -> Result<Run, HarnessError> {
    run(app, &case.plan, &mut Replay::new(case.schedule.clone()), properties)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::app::Handler;
    use crate::case::Schedule;
    use crate::seam::Sdk;
    use crate::stack::Stack;

    struct Lost;

    impl App for Lost {
        fn name(&self) -> &str {
            "lost"
        }

        fn stack(&self) -> Stack {
            Stack::new().selecting("$request.header.action")
        }

        fn start(&self, _: &str, _: &Sdk) -> Box<dyn Handler> {
            unreachable!("no run starts")
        }
    }

    #[test]
    fn an_expression_that_no_gateway_would_take_is_an_error_of_the_harness() {
        let case = Case { plan: Plan::default(), schedule: Schedule::default() };
        let error = replay(&Lost, &case, &[]).expect_err("there is no such expression");
        assert_eq!(
            error.to_string(),
            "lost selects its routes by `$request.header.action`, and no gateway would take that: \
             a `$` in `$request.header.action` that begins no `${request.body...}`"
        );
    }
}
