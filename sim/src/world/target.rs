//! The destinations of the calls of handlers.

use std::sync::Arc;

use stormglass_aws::gateway::{ManagementOutcome, ManagementRequest};
use stormglass_aws::http::{HttpAnswer, HttpRequest};
use stormglass_aws::lambda::{InvokeLimits, InvokeRequest};
use stormglass_aws::sqs::SqsRequest;
use stormglass_dynamodb as dynamodb;
use stormglass_spec::history::{Effect, Request};

use super::{Latency, World};
use crate::faults::Site;
use crate::service::Call;
use crate::translate::{self, refusal_of_unreadable};

/// The header that names an operation of DynamoDB, SQS and other services.
const TARGET: &str = "x-amz-target";

/// The beginning of the operations of SQS in that header, and of the paths of Lambda.
const SQS: &str = "AmazonSQS.";
const LAMBDA_API: &str = "/2015-03-31/functions/";

/// The end of every host that AWS gives to API Gateway.
const GATEWAY_HOSTS: &str = ".amazonaws.com";

/// The destination of a call.
#[derive(Clone, Debug)]
pub(super) enum Target {
    DynamoDb(Box<dynamodb::Request>),
    /// DynamoDB, with a request that it cannot read.
    Unreadable {
        answer: Box<dynamodb::Answer>,
        refusal: Effect,
    },
    /// `@connections`; `body` is the message of a post.
    Connection {
        request: ManagementRequest,
        body: Arc<str>,
    },
    /// A host, stage, path or method that `@connections` does not have.
    Nowhere(ManagementOutcome),
    /// A service that the application brings, by its index.
    Brought {
        service: usize,
        call: Call,
        request: HttpRequest,
    },
    Queue(SqsRequest),
    Function(InvokeRequest),
    /// A service beside the table and the gateway, with a request that it cannot read.
    Refused {
        service: &'static str,
        operation: String,
        answer: HttpAnswer,
        is_unsupported: bool,
    },
}

impl Target {
    /// The site of the faults that can strike at the destination.
    pub(super) fn site(&self) -> Option<Site> {
        match self {
            Target::Connection { .. } => Some(Site::Connections),
            Target::DynamoDb(request) => Some(Site::of_request(request)),
            Target::Brought { .. } | Target::Queue(_) | Target::Function(_) => Some(Site::Service),
            Target::Unreadable { .. } | Target::Nowhere(_) | Target::Refused { .. } => None,
        }
    }

    pub(super) fn latency(&self) -> Latency {
        match self {
            Target::DynamoDb(_) | Target::Unreadable { .. } => Latency::DYNAMODB,
            Target::Connection { .. } | Target::Nowhere(_) => Latency::CONNECTIONS,
            Target::Brought { .. }
            | Target::Queue(_)
            | Target::Function(_)
            | Target::Refused { .. } => Latency::SERVICE,
        }
    }

    /// True if the model refuses a request that AWS would serve.
    pub(super) fn is_unsupported(&self) -> bool {
        match self {
            Target::Unreadable { answer, .. } => answer.is_unsupported,
            Target::Refused { is_unsupported, .. } => *is_unsupported,
            _ => false,
        }
    }
}

impl World<'_> {
    /// The destination of a request; `None` if no service takes it.
    pub(super) fn target(&self, request: &HttpRequest) -> Option<Target> {
        if let Some(target) = request.header(TARGET).filter(|it| it.starts_with("DynamoDB")) {
            return Some(match dynamodb::Request::parse(target, &request.body) {
                Ok(request) => Target::DynamoDb(Box::new(request)),
                Err(answer) => {
                    let refusal = refusal_of_unreadable(&answer, target, &request.body);
                    Target::Unreadable { answer: Box::new(answer), refusal }
                }
            });
        }
        let mut brought = self.services.iter().enumerate();
        let brought = brought.find_map(|(index, service)| Some((index, service.read(request)?)));
        if let Some((service, call)) = brought {
            return Some(Target::Brought { service, call, request: request.clone() });
        }
        if let Some(target) = request.header(TARGET).filter(|it| it.starts_with(SQS)) {
            return Some(queue_target(target, request));
        }
        if request.path().starts_with(LAMBDA_API) {
            return Some(function_target(request));
        }
        let HttpRequest { method, uri, body, .. } = request;
        match ManagementRequest::parse(self.gateway.stage(), method, uri, body.len()) {
            Ok(request) => {
                let body = String::from_utf8_lossy(body).into();
                Some(Target::Connection { request, body })
            }
            Err(refusal) => {
                let host = request.host();
                let is_of_gateway = host.contains("execute-api") && host.ends_with(GATEWAY_HOSTS);
                is_of_gateway.then_some(Target::Nowhere(refusal))
            }
        }
    }

    /// The request for the history, the operation with its target for the name, and the wire form.
    pub(super) fn describe(
        &self,
        target: &Target,
        outgoing: &HttpRequest,
    ) -> (Request, String, String) {
        let HttpRequest { method, uri, body: bytes, .. } = outgoing;
        match target {
            Target::DynamoDb(request) => {
                let request_text = format!("{} {}", request.operation(), request.canonical());
                let rows = request.keys(&self.dynamodb);
                let rows = rows.iter().map(|key| self.names.of_row(key)).collect();
                let (request, operation) = translate::table_request(request, rows);
                (request, operation, request_text)
            }
            Target::Connection { request, body } => {
                let connection = self.names.of_connection(&request.id);
                let request_text = format!("{method} {uri} {body}");
                let (request, operation) =
                    translate::connection_request(request.operation, connection, body.clone());
                (request, operation, request_text)
            }
            Target::Brought { service, call, .. } => {
                let name = self.services[*service].name();
                let (request, operation) =
                    translate::service_request(name, &call.operation, &call.resource);
                let request_text = format!("{method} {uri} {}", translate::canonical(bytes));
                (request, operation, request_text)
            }
            Target::Queue(request) => {
                let queue = request.queue().unwrap_or_default();
                let (described, operation) =
                    translate::service_request("sqs", request.operation(), queue);
                (described, operation, format!("{} {}", request.operation(), request.canonical()))
            }
            Target::Function(request) => {
                let (described, operation) =
                    translate::service_request("lambda", "Invoke", &request.function.name);
                (described, operation, request.canonical())
            }
            Target::Refused { service, operation, .. } => {
                let (request, stem) = translate::service_request(service, operation, "");
                let request_text = format!("{operation} {}", translate::canonical(bytes));
                (request, stem, request_text)
            }
            Target::Unreadable { .. } | Target::Nowhere(_) => {
                let target = outgoing.header(TARGET);
                let (request, operation) = match target {
                    Some(target) => translate::unreadable_request(target, bytes),
                    None => translate::misdirected_request(method, uri),
                };
                let what = target.unwrap_or(uri);
                let request_text = format!("{method} {what} {}", translate::canonical(bytes));
                (request, operation, request_text)
            }
        }
    }
}

fn queue_target(target: &str, request: &HttpRequest) -> Target {
    match SqsRequest::parse(request) {
        Ok(request) => Target::Queue(request),
        Err(refusal) => Target::Refused {
            service: "sqs",
            operation: target.trim_start_matches(SQS).to_owned(),
            answer: refusal.answer,
            is_unsupported: refusal.is_unsupported,
        },
    }
}

fn function_target(request: &HttpRequest) -> Target {
    match InvokeRequest::parse(request, &InvokeLimits::default()) {
        Ok(request) => Target::Function(request),
        Err(refusal) => Target::Refused {
            service: "lambda",
            operation: "Invoke".to_owned(),
            answer: refusal.http,
            is_unsupported: refusal.is_unsupported,
        },
    }
}
