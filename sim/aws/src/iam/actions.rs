//! The actions and the resources that each call of a function needs (FACTS 17.2).
//!
//! Each function returns the request of one call. A call about several tables needs the requests
//! for all of them, joined by [`AccessRequest::and`].

use super::AccessRequest;
use super::arn;

/// An item of a transaction, which needs the action of a single operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TransactionItem {
    /// `Get`, of `TransactGetItems`.
    Get,
    /// `Put`, of `TransactWriteItems`.
    Put,
    /// `Update`, of `TransactWriteItems`.
    Update,
    /// `Delete`, of `TransactWriteItems`.
    Delete,
    /// `ConditionCheck`, of `TransactWriteItems`.
    ConditionCheck,
}

/// An operation of DynamoDB by its name, like `PutItem`, on a table or on an index of it. For a
/// batch, the request for one of its tables.
pub fn table(region: &str, operation: &str, table: &str, index: Option<&str>) -> AccessRequest {
    let resource = match index {
        Some(index) => format!("table/{table}/index/{index}"),
        None => format!("table/{table}"),
    };
    request("dynamodb", operation, region, &resource)
}

/// One item of a transaction on a table.
pub fn transaction(region: &str, item: TransactionItem, name: &str) -> AccessRequest {
    let operation = match item {
        TransactionItem::Get => "GetItem",
        TransactionItem::Put => "PutItem",
        TransactionItem::Update => "UpdateItem",
        TransactionItem::Delete => "DeleteItem",
        TransactionItem::ConditionCheck => "ConditionCheckItem",
    };
    table(region, operation, name, None)
}

/// A call of `@connections`: its method in upper case, and the id of the connection.
pub fn connections(
    region: &str,
    api_id: &str,
    stage: &str,
    method: &str,
    connection: &str,
) -> AccessRequest {
    let resource = format!("{api_id}/{stage}/{method}/@connections/{connection}");
    request("execute-api", "ManageConnections", region, &resource)
}

/// An operation of SQS by its name, on a queue. A batch needs the action of the single operation:
/// those of batches do not exist.
pub fn queue(region: &str, operation: &str, queue: &str) -> AccessRequest {
    let action = operation.strip_suffix("Batch").unwrap_or(operation);
    request("sqs", action, region, queue)
}

/// An invocation of a function in either mode, perhaps of a version or an alias of it.
pub fn invoke(region: &str, function: &str, qualifier: Option<&str>) -> AccessRequest {
    let resource = match qualifier {
        Some(qualifier) => format!("function:{function}:{qualifier}"),
        None => format!("function:{function}"),
    };
    request("lambda", "InvokeFunction", region, &resource)
}

/// `Publish` or `PublishBatch` on a topic.
pub fn publish(region: &str, topic: &str) -> AccessRequest {
    request("sns", "Publish", region, topic)
}

/// `PutEvents` on an event bus. For entries on several buses, the request for one of them.
pub fn put_events(region: &str, bus: &str) -> AccessRequest {
    request("events", "PutEvents", region, &format!("event-bus/{bus}"))
}

/// An operation of EventBridge Scheduler by its name, like `DeleteSchedule`, on a schedule.
pub fn schedule(region: &str, operation: &str, group: &str, name: &str) -> AccessRequest {
    request("scheduler", operation, region, &format!("schedule/{group}/{name}"))
}

/// The passing of a role to EventBridge Scheduler, which `CreateSchedule` and `UpdateSchedule` need
/// beside their own action.
pub fn pass_role_to_scheduler(role_arn: &str) -> AccessRequest {
    let service = ["scheduler.amazonaws.com"];
    AccessRequest::new("iam:PassRole", role_arn).with("iam:PassedToService", service)
}

/// An operation of DynamoDB Streams by its name, on a stream of a table. `ListStreams` is about all
/// streams of the table.
pub fn stream(region: &str, operation: &str, table: &str, label: &str) -> AccessRequest {
    let label = if operation == "ListStreams" { "*" } else { label };
    request("dynamodb", operation, region, &format!("table/{table}/stream/{label}"))
}

/// All that an event source mapping of a queue does with the role of its function.
pub fn queue_mapping(region: &str, name: &str) -> AccessRequest {
    let operations = ["ReceiveMessage", "DeleteMessage", "GetQueueAttributes"];
    all(operations.map(|operation| queue(region, operation, name)))
}

/// All that an event source mapping of a stream does with the role of its function.
pub fn stream_mapping(region: &str, table: &str, label: &str) -> AccessRequest {
    let operations = ["DescribeStream", "GetRecords", "GetShardIterator", "ListStreams"];
    all(operations.map(|operation| stream(region, operation, table, label)))
}

fn all(requests: impl IntoIterator<Item = AccessRequest>) -> AccessRequest {
    requests.into_iter().fold(AccessRequest::default(), AccessRequest::and)
}

fn request(service: &str, operation: &str, region: &str, resource: &str) -> AccessRequest {
    let action = format!("{service}:{operation}");
    let request = AccessRequest::new(action, arn::new(service, region, resource));
    request.with("aws:RequestedRegion", [region])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn pairs(request: &AccessRequest) -> Vec<String> {
        let pairs = request.pairs().iter();
        pairs.map(|(action, resource)| format!("{action} {resource}")).collect()
    }

    #[test]
    fn each_call_needs_its_action_on_its_resource() {
        let region = "eu-west-1";
        for (request, pair) in [
            (
                table(region, "BatchGetItem", "rooms", None),
                "dynamodb:BatchGetItem arn:aws:dynamodb:eu-west-1:123456789012:table/rooms",
            ),
            (
                table(region, "Query", "rooms", Some("by-user")),
                "dynamodb:Query \
                 arn:aws:dynamodb:eu-west-1:123456789012:table/rooms/index/by-user",
            ),
            (
                transaction(region, TransactionItem::Get, "t"),
                "dynamodb:GetItem arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            ),
            (
                transaction(region, TransactionItem::Put, "t"),
                "dynamodb:PutItem arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            ),
            (
                transaction(region, TransactionItem::Update, "t"),
                "dynamodb:UpdateItem arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            ),
            (
                transaction(region, TransactionItem::Delete, "t"),
                "dynamodb:DeleteItem arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            ),
            (
                transaction(region, TransactionItem::ConditionCheck, "t"),
                "dynamodb:ConditionCheckItem arn:aws:dynamodb:eu-west-1:123456789012:table/t",
            ),
            (
                connections(region, "abc", "prod", "DELETE", "Fq="),
                "execute-api:ManageConnections \
                 arn:aws:execute-api:eu-west-1:123456789012:abc/prod/DELETE/@connections/Fq=",
            ),
            (
                queue(region, "SendMessageBatch", "work"),
                "sqs:SendMessage arn:aws:sqs:eu-west-1:123456789012:work",
            ),
            (
                queue(region, "GetQueueUrl", "work"),
                "sqs:GetQueueUrl arn:aws:sqs:eu-west-1:123456789012:work",
            ),
            (
                invoke(region, "f", None),
                "lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:f",
            ),
            (
                invoke(region, "f", Some("live")),
                "lambda:InvokeFunction arn:aws:lambda:eu-west-1:123456789012:function:f:live",
            ),
            (publish(region, "news"), "sns:Publish arn:aws:sns:eu-west-1:123456789012:news"),
            (
                put_events(region, "default"),
                "events:PutEvents arn:aws:events:eu-west-1:123456789012:event-bus/default",
            ),
            (
                schedule(region, "CreateSchedule", "default", "wake"),
                "scheduler:CreateSchedule \
                 arn:aws:scheduler:eu-west-1:123456789012:schedule/default/wake",
            ),
            (
                pass_role_to_scheduler("arn:aws:iam::123456789012:role/wake"),
                "iam:PassRole arn:aws:iam::123456789012:role/wake",
            ),
        ] {
            assert_eq!(pairs(&request), [pair]);
        }
    }

    #[test]
    fn a_mapping_needs_all_that_it_does() {
        let queue = "arn:aws:sqs:eu-west-1:123456789012:work";
        assert_eq!(
            pairs(&queue_mapping("eu-west-1", "work")),
            [
                format!("sqs:ReceiveMessage {queue}"),
                format!("sqs:DeleteMessage {queue}"),
                format!("sqs:GetQueueAttributes {queue}"),
            ]
        );
        let streams = "arn:aws:dynamodb:eu-west-1:123456789012:table/t/stream";
        assert_eq!(
            pairs(&stream_mapping("eu-west-1", "t", "2026")),
            [
                format!("dynamodb:DescribeStream {streams}/2026"),
                format!("dynamodb:GetRecords {streams}/2026"),
                format!("dynamodb:GetShardIterator {streams}/2026"),
                format!("dynamodb:ListStreams {streams}/*"),
            ]
        );
    }

    #[test]
    fn a_call_about_several_tables_needs_each_pair_once() {
        let put = |table| transaction("eu-west-1", TransactionItem::Put, table);
        let request = put("a").and(put("b")).and(put("a"));
        assert_eq!(pairs(&request).len(), 2);
        assert_eq!(put("a").and(put("a")), put("a"));
    }
}
