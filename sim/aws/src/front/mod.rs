//! HTTP in front of Lambda, sans IO: HTTP APIs, REST APIs and function URLs (FACTS 16).
//!
//! A request goes in, an invocation of a function comes out; the outcome of the function goes in,
//! the answer to the client comes out. The driver keeps the time: if a function has not answered
//! after [`Front::times_out_after`], its outcome is [`Outcome::TimedOut`], and a later one counts
//! for nothing.
//!
//! Not modelled: answers in parts, CORS, the format 1.0 behind HTTP APIs, mapping templates, usage
//! plans, caches, and all authorizers but the simple one of HTTP APIs.
//!
//! - `route`, `path`, `selection`: routes, and the one that a request selects.
//! - `request`, `effect`: the words of the interface.
//! - `settings`, `check`, `error`: choices, and the mistakes in them.
//! - `visit`, `headers`: a request whose route is known, and its parts.
//! - `v2`, `v1`: the events that functions get.
//! - `answer`, `response`, `refusal`: answers to clients: those of functions, and of the front.
//! - `authorizer`: functions that let requests pass.

mod answer;
mod authorizer;
mod check;
mod effect;
mod error;
mod headers;
mod path;
mod refusal;
mod request;
mod response;
mod route;
mod selection;
mod settings;
mod v1;
mod v2;
mod visit;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::Value;
use stormglass_spec::{Sketch, Time};

pub use authorizer::Authorizer;
use authorizer::{Decision, identity};
pub use effect::{FrontEffect, Outcome};
pub use error::FrontError;
use refusal::Refusal;
pub use request::{ClientAnswer, ClientRequest};
pub use route::HttpRoute;
pub use settings::FrontSettings;
use visit::Visit;

use crate::gateway::{RequestId, Stage, TokenBucket};

/// The largest body of a request, in bytes (FACTS 16.8).
pub const REQUEST_BYTES_MAX: usize = 10 * 1024 * 1024;

/// The largest event and the largest answer of a function, in bytes (FACTS 16.8).
pub const LAMBDA_BYTES_MAX: usize = 6 * 1024 * 1024;

/// A kind of front.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum FrontKind {
    /// An HTTP API of API Gateway, with events in the format 2.0.
    HttpApi,
    /// A REST API of API Gateway, with proxy integrations.
    RestApi,
    /// The URL of a function, without authorization.
    FunctionUrl,
}

/// One stage of an HTTP API or a REST API, or the URL of a function.
#[derive(Debug)]
pub struct Front {
    kind: FrontKind,
    stage: Stage,
    routes: Vec<HttpRoute>,
    settings: FrontSettings,
    /// The requests whose function has not answered yet.
    pending: BTreeMap<RequestId, PendingAnswer>,
}

/// A request that waits for a function.
#[derive(Clone, Debug)]
enum PendingAnswer {
    /// The authorizer lets it pass, or refuses it.
    Authorizer { at: Time, request: ClientRequest },
    /// The function answers it.
    Function { accepts_binary: bool },
}

impl Front {
    /// Creates a front without requests. The `api_id` of the stage of a function URL is the id of
    /// the URL; the name of its stage is `$default`, whatever `stage` says (FACTS 16.4).
    ///
    /// # Errors
    ///
    /// If two routes are for the same requests, if a kind of front cannot have a route, the stage
    /// or the timeout, or if an authorizer is not modelled.
    pub fn new(
        kind: FrontKind,
        stage: Stage,
        routes: Vec<HttpRoute>,
        settings: FrontSettings,
    ) -> Result<Front, FrontError> {
        settings.check(kind)?;
        check::check(kind, &stage, &routes)?;
        let name = if kind == FrontKind::FunctionUrl { "$default".to_owned() } else { stage.name };
        let stage = Stage { name, ..stage };
        Ok(Front { kind, stage, routes, settings, pending: BTreeMap::new() })
    }

    /// A request of a client arrives. `requests` is the bucket of the account, which APIs share
    /// with WebSocket APIs (FACTS 16.7); a function URL does not use it. `id` is an id of API
    /// Gateway, as [`crate::gateway::request_id`] makes it.
    ///
    /// # Panics
    ///
    /// If a request with this id waits for its function.
    pub fn on_request(
        &mut self,
        now: Time,
        requests: &mut TokenBucket,
        id: RequestId,
        request: &ClientRequest,
    ) -> FrontEffect {
        let (effect, pending) = match self.begin(now, requests, &id, request) {
            Ok(begun) => begun,
            Err(refusal) => return self.refuse(&id, refusal),
        };
        let earlier = self.pending.insert(id, pending);
        assert!(earlier.is_none(), "two requests have the same id");
        effect
    }

    /// The outcome of a function arrives. `None` if no request waits for it: only the first
    /// outcome counts.
    pub fn on_outcome(&mut self, id: &str, outcome: &Outcome) -> Option<FrontEffect> {
        let pending = self.pending.remove(id)?;
        let (at, request) = match pending {
            PendingAnswer::Authorizer { at, request } => (at, request),
            PendingAnswer::Function { accepts_binary } => {
                let answer = self.read(outcome, accepts_binary);
                return Some(answer.map_or_else(
                    |refusal| self.refuse(id, refusal),
                    |answer| self.answer(id, answer),
                ));
            }
        };
        let invoked = self.after_authorizer(at, id, &request, outcome);
        Some(match invoked {
            Ok((effect, pending)) => {
                self.pending.insert(id.to_owned(), pending);
                effect
            }
            Err(refusal) => self.refuse(id, refusal),
        })
    }

    /// Returns the time after which the front no longer waits for a function (FACTS 16.5). `None`
    /// if it waits for as long as the function may run.
    pub fn times_out_after(&self) -> Option<Duration> {
        self.settings.timeout(self.kind)
    }

    /// Reports whether a request waits for a function.
    pub fn is_pending(&self, id: &str) -> bool {
        self.pending.contains_key(id)
    }

    /// Returns the kind of the front.
    pub fn kind(&self) -> FrontKind {
        self.kind
    }

    /// Returns the stage of the front.
    pub fn stage(&self) -> &Stage {
        &self.stage
    }

    /// Returns the routes of the front.
    pub fn routes(&self) -> &[HttpRoute] {
        &self.routes
    }

    /// Adds everything that can still make a difference.
    pub fn sketch(&self, sketch: &mut Sketch) {
        let Front {
            // Deployed once, and the same in all states of a run.
            kind: _,
            stage: _,
            routes: _,
            settings: _,
            pending,
        } = self;
        sketch.list(pending, |sketch, (request, pending)| {
            sketch.text(request);
            sketch.debug(pending);
        });
    }

    /// Invokes the authorizer of a request, or its function.
    fn begin(
        &self,
        now: Time,
        requests: &mut TokenBucket,
        id: &str,
        request: &ClientRequest,
    ) -> Result<(FrontEffect, PendingAnswer), Refusal> {
        if request.body.len() > REQUEST_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        let visit = self.visit(now, id, request)?;
        if self.kind != FrontKind::FunctionUrl && !requests.take(now) {
            return Err(Refusal::Throttled);
        }
        let Some(Authorizer::Simple { function, identity_sources }) = &visit.route.authorizer
        else {
            return self.invoke(&visit, None);
        };
        let identity = identity(identity_sources, request).ok_or(Refusal::NoIdentity)?;
        let event = v2::write_authorizer_event(&visit, &identity);
        let function = function.clone();
        let effect = FrontEffect::Authorize { request: id.to_owned(), function, event };
        Ok((effect, PendingAnswer::Authorizer { at: now, request: request.clone() }))
    }

    /// Goes on after an authorizer. One that fails is an error of the API.
    fn after_authorizer(
        &self,
        at: Time,
        id: &str,
        request: &ClientRequest,
        outcome: &Outcome,
    ) -> Result<(FrontEffect, PendingAnswer), Refusal> {
        let Outcome::Response(json) = outcome else { return Err(Refusal::FunctionError) };
        match Decision::parse(json) {
            Decision::Malformed => Err(Refusal::FunctionError),
            Decision::Deny => Err(Refusal::Denied),
            Decision::Allow(context) => {
                self.invoke(&self.visit(at, id, request)?, Some(context.as_ref()))
            }
        }
    }

    /// Invokes the function of a request.
    fn invoke(
        &self,
        visit: &Visit<'_>,
        grant: Option<Option<&BTreeMap<String, Value>>>,
    ) -> Result<(FrontEffect, PendingAnswer), Refusal> {
        let is_binary =
            |name| visit.request.header(name).is_some_and(|value| self.settings.is_binary(value));
        let event = match self.kind {
            FrontKind::RestApi => v1::write_event(visit, is_binary("content-type")),
            FrontKind::HttpApi | FrontKind::FunctionUrl => v2::write_event(visit, grant),
        };
        if event.len() > LAMBDA_BYTES_MAX {
            return Err(Refusal::TooLarge);
        }
        let (request, function) = (visit.id.to_owned(), visit.route.function.clone());
        let pending = PendingAnswer::Function { accepts_binary: is_binary("accept") };
        Ok((FrontEffect::Invoke { request, function, event }, pending))
    }

    /// Finds the place and the route of a request.
    fn visit<'a>(
        &'a self,
        at: Time,
        id: &'a str,
        request: &'a ClientRequest,
    ) -> Result<Visit<'a>, Refusal> {
        let place = visit::place(self.kind, &self.stage, request)?;
        let selected = match self.kind {
            FrontKind::RestApi => selection::select_rest(&self.routes, &request.method, place.rest),
            FrontKind::HttpApi | FrontKind::FunctionUrl => {
                selection::select_http(&self.routes, &request.method, place.rest)
            }
        };
        let selected = selected.ok_or(Refusal::UnknownRoute)?;
        Ok(Visit {
            kind: self.kind,
            stage: &self.stage,
            request,
            id,
            at,
            route: selected.route,
            variables: selected.variables,
            place,
            is_anonymous: self.kind == FrontKind::FunctionUrl
                && self.settings.url_account_is_anonymous,
        })
    }
}

#[cfg(test)]
mod tests;
