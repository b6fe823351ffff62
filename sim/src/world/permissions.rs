//! Permissions: the calls that the role of a function does not allow (FACTS 17).

use serde_json::Value;
use stormglass_aws::gateway::{ManagementOperation, ManagementRequest};
use stormglass_aws::http::HttpAnswer;
use stormglass_aws::iam::actions::{self, TransactionItem};
use stormglass_aws::iam::{AccessDecision, AccessRequest, AwsService, refusal};
use stormglass_dynamodb::{self as dynamodb, Operation};
use stormglass_spec::REGION;

use super::World;
use super::target::Target;
use crate::stack::Function;

impl World<'_> {
    /// The refusal of a call that the role of its function does not allow; `None` if it is allowed.
    /// A function without a role may do everything.
    pub(super) fn denied(&mut self, invocation: usize, target: &Target) -> Option<HttpAnswer> {
        let function = self.invocations[invocation].purpose.function();
        let Function { role: Some(role), .. } = self.stack.added(function)? else { return None };
        let key = format!("{function} {}", subject(target)?);
        if self.allowed.contains(&key) {
            return None;
        }
        let (service, request) = self.access(target)?;
        match role.decide(&request) {
            AccessDecision::Allowed { .. } => {
                self.allowed.insert(key);
                None
            }
            AccessDecision::Denied(denial) => Some(refusal(service, &denial, function, &role.name)),
        }
    }

    /// The access that a call needs; `None` if its service asks for none.
    fn access(&self, target: &Target) -> Option<(AwsService, AccessRequest)> {
        Some(match target {
            Target::DynamoDb(request) => (AwsService::DynamoDb, access_to_tables(request)),
            Target::Connection { request, .. } => {
                let method = match request.operation {
                    ManagementOperation::Post { .. } => "POST",
                    ManagementOperation::Get => "GET",
                    ManagementOperation::Delete => "DELETE",
                };
                let stage = self.gateway.stage();
                let access =
                    actions::connections(REGION, &stage.api_id, &stage.name, method, &request.id);
                (AwsService::Connections, access)
            }
            Target::Queue(request) => {
                let queue = request.queue().unwrap_or("*");
                (AwsService::Sqs, actions::queue(REGION, request.operation(), queue))
            }
            Target::Function(request) => {
                let function = &request.function;
                let access = actions::invoke(REGION, &function.name, function.qualifier.as_deref());
                (AwsService::Lambda, access)
            }
            Target::Unreadable { .. }
            | Target::Nowhere(_)
            | Target::Refused { .. }
            | Target::Brought { .. } => return None,
        })
    }
}

/// The part of a call that decides if it is allowed: its operation and what it is about.
fn subject(target: &Target) -> Option<String> {
    match target {
        Target::DynamoDb(request) => {
            let (operation, body) = (request.operation().name(), request.body());
            match (body["TableName"].as_str(), body["IndexName"].as_str()) {
                (Some(table), None) => Some(format!("{operation} {table}")),
                _ => Some(request.canonical()),
            }
        }
        Target::Connection { request, .. } => {
            let ManagementRequest { id, operation } = request;
            Some(match operation {
                ManagementOperation::Post { .. } => format!("POST {id}"),
                ManagementOperation::Get => format!("GET {id}"),
                ManagementOperation::Delete => format!("DELETE {id}"),
            })
        }
        Target::Queue(request) => {
            Some(format!("{} {}", request.operation(), request.queue().unwrap_or_default()))
        }
        Target::Function(request) => Some(format!("Invoke {}", request.function)),
        Target::Unreadable { .. }
        | Target::Nowhere(_)
        | Target::Refused { .. }
        | Target::Brought { .. } => None,
    }
}

/// The access that a request to DynamoDB needs, on each of its tables (FACTS 17.2).
fn access_to_tables(request: &dynamodb::Request) -> AccessRequest {
    let operation = request.operation();
    let body = request.body();
    if matches!(operation, Operation::TransactGet | Operation::TransactWrite) {
        return access_of_transaction(body);
    }
    let index = body["IndexName"].as_str();
    let tables = crate::translate::tables_of(request);
    let accesses = tables.iter().map(|it| actions::table(REGION, operation.name(), it, index));
    accesses.fold(AccessRequest::default(), AccessRequest::and)
}

fn access_of_transaction(body: &Value) -> AccessRequest {
    let items = body["TransactItems"].as_array().into_iter().flatten();
    let actions = items.filter_map(Value::as_object).flatten();
    let accesses = actions.filter_map(|(kind, action)| {
        let item = match kind.as_str() {
            "Get" => TransactionItem::Get,
            "Put" => TransactionItem::Put,
            "Update" => TransactionItem::Update,
            "Delete" => TransactionItem::Delete,
            _ => TransactionItem::ConditionCheck,
        };
        Some(actions::transaction(REGION, item, action["TableName"].as_str()?))
    });
    accesses.fold(AccessRequest::default(), AccessRequest::and)
}
