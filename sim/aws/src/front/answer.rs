//! Answers to clients, with the ids of their requests.

use super::refusal::{self, Refusal};
use super::{ClientAnswer, Front, FrontEffect, FrontKind, LAMBDA_BYTES_MAX, Outcome, response};
use crate::uuid::uuid;

impl Front {
    /// Reads the outcome of a function as an answer to the client.
    pub(super) fn read(
        &self,
        outcome: &Outcome,
        accepts_binary: bool,
    ) -> Result<ClientAnswer, Refusal> {
        let json = match outcome {
            Outcome::Response(json) if json.len() > LAMBDA_BYTES_MAX => {
                return Err(Refusal::FunctionError);
            }
            Outcome::Response(json) => json,
            Outcome::Error => return Err(Refusal::FunctionError),
            Outcome::FunctionTimedOut => return Err(Refusal::FunctionTimeout),
            Outcome::TimedOut => return Err(Refusal::IntegrationTimeout),
            Outcome::Throttled => return Err(Refusal::LambdaThrottled),
            Outcome::NoPermission => return Err(Refusal::NoPermission),
        };
        let answer = match self.kind {
            FrontKind::RestApi => response::read_strict(json, accepts_binary),
            FrontKind::HttpApi | FrontKind::FunctionUrl => response::read_lenient(self.kind, json),
        };
        let sends_anyway = self.kind == FrontKind::FunctionUrl && self.settings.url_sends_malformed;
        match answer {
            Some(answer) => Ok(answer),
            None if sends_anyway => Ok(ClientAnswer::new(200, "application/json", json.as_str())),
            None => Err(Refusal::Malformed),
        }
    }

    /// Answers a client instead of a function.
    pub(super) fn refuse(&self, id: &str, refusal: Refusal) -> FrontEffect {
        self.answer(id, refusal::answer(self.kind, &self.settings, refusal))
    }

    /// Answers a client, with the ids of the request.
    pub(super) fn answer(&self, id: &str, answer: ClientAnswer) -> FrontEffect {
        let own = request_id(self.kind, id);
        let answer = match self.kind {
            FrontKind::HttpApi => answer.with("apigw-requestid", &own),
            FrontKind::RestApi => answer.with("x-amzn-requestid", &own).with("x-amz-apigw-id", id),
            FrontKind::FunctionUrl => answer.with("x-amzn-requestid", &own),
        };
        FrontEffect::Answer { request: id.to_owned(), answer }
    }
}

/// Returns the id of a request as events have it: HTTP APIs have ids of API Gateway, the others a
/// UUID.
pub(super) fn request_id(kind: FrontKind, id: &str) -> String {
    match kind {
        FrontKind::HttpApi => id.to_owned(),
        FrontKind::RestApi | FrontKind::FunctionUrl => uuid(id, "request"),
    }
}
