//! Checks of the routes of a front.

use super::route::Target;
use super::{FrontError, FrontKind, HttpRoute};
use crate::gateway::Stage;

/// Checks the routes of a front, and the name of its stage.
pub(super) fn check(
    kind: FrontKind,
    stage: &Stage,
    routes: &[HttpRoute],
) -> Result<(), FrontError> {
    for (index, route) in routes.iter().enumerate() {
        if let Some(earlier) = routes[..index].iter().find(|earlier| earlier.is_alike(route)) {
            return Err(FrontError::Duplicate(earlier.key(), route.key()));
        }
        if let Some(authorizer) = &route.authorizer {
            authorizer.check(route.key())?;
        }
    }
    match kind {
        FrontKind::HttpApi => Ok(()),
        FrontKind::RestApi => check_rest(stage, routes),
        FrontKind::FunctionUrl => match routes {
            [HttpRoute { target: Target::Default, authorizer: None, .. }] => Ok(()),
            _ => Err(FrontError::RoutesOfUrl),
        },
    }
}

fn check_rest(stage: &Stage, routes: &[HttpRoute]) -> Result<(), FrontError> {
    if stage.name == "$default" {
        return Err(FrontError::StageOfRest);
    }
    if routes.iter().any(|route| route.target == Target::Default) {
        return Err(FrontError::DefaultOfRest);
    }
    let authorized = routes.iter().find(|route| route.authorizer.is_some());
    authorized.map_or(Ok(()), |route| {
        let authorizer = "authorizers of REST APIs";
        Err(FrontError::Unsupported { route: route.key(), authorizer })
    })
}
