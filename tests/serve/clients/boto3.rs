//! boto3: `@connections` as in `connections.py`, and DynamoDB as in `tables.py`.

use serde_json::json;

use super::programs::{script, told_by};
use super::server::Server;

const CALLING: &str = "when calling the";

#[test]
fn boto3_manages_connections_and_has_a_class_for_what_is_refused() {
    let Some(mut script) = script("connections.py") else { return };
    let server = Server::start();
    let seen = told_by(script.args([&server.url, &server.endpoint, &server.dynamodb]));
    let refused = |what: &str, exception: &str, code: &str, status: u16, text: &str| {
        let text = format!("An error occurred ({code}) {CALLING} {text}");
        let class = json!({"refused": what, "exception": exception, "code": code});
        let mut line = class;
        line["status"] = json!(status);
        line["text"] = json!(text);
        line
    };
    let typed = |what, class, status, text| refused(what, class, class, status, text);
    let post = "PostToConnection operation: ";
    let invalid = "PostToConnection operation: Invalid connectionId";
    let forbidden = "GetConnection operation: Forbidden";
    let wanted = [
        json!({"posted": "str", "length": 5}),
        json!({"posted": "str", "length": 131_072}),
        json!({"source": "127.0.0.1", "agent": "a test", "in_order": true}),
        typed("too much", "PayloadTooLargeException", 413, post),
        refused("no id", "ClientError", "BadRequestException", 400, invalid),
        json!({"deleted": 204}),
        json!({"code": 1000, "reason": "Connection Closed Normally"}),
        json!({"gone": format!("An error occurred (GoneException) {CALLING} {post}")}),
        typed("get", "GoneException", 410, "GetConnection operation: "),
        typed("delete", "GoneException", 410, "DeleteConnection operation: "),
        typed("stage", "ForbiddenException", 403, forbidden),
    ];
    assert_eq!(seen, wanted);
}

#[test]
fn boto3_works_on_tables() {
    let Some(mut script) = script("tables.py") else { return };
    let server = Server::start();
    let seen = told_by(script.arg(&server.dynamodb));
    let condition = "PutItem operation: The conditional request failed";
    let missing = "DescribeTable operation: Requested resource not found: Table: rooms not found";
    let error = |code, text| format!("An error occurred ({code}) {CALLING} {text}");
    let wanted = [
        json!({"tables": ["rooms", "stormglass-connections"]}),
        json!({"client": {"room": {"S": "a"}, "seat": {"N": "0"}, "who": {"S": "ana"}}}),
        json!({"tags": ["x", "y"], "picture": true, "deep": true}),
        json!({"updated": {"count": "1"}}),
        json!({"names": ["count", "deep", "room", "seat", "tags"]}),
        json!({"scanned": [25, 25, 10]}),
        json!({"queried": [18, 16, 14, 12, 10], "looked_at": 10}),
        json!({"pages": [40, 20]}),
        json!({"condition": error("ConditionalCheckFailedException", condition)}),
        json!({"cancelled": ["None", "ConditionalCheckFailed"]}),
        json!({"transacted": [{"room": {"S": "b"}, "seat": {"N": "0"}}]}),
        json!({"missing": error("ResourceNotFoundException", missing)}),
        json!({"invalid": "ValidationException"}),
    ];
    assert_eq!(seen, wanted);
}
