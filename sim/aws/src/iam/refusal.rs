//! The answers of services to calls that are denied (FACTS 17.1).

use serde_json::Value;

use super::arn;
use super::{Denial, DenialKind};
use crate::ACCOUNT;
use crate::http::HttpAnswer;

/// The content type of services that speak JSON 1.0.
const JSON_1_0: &str = "application/x-amz-json-1.0";
/// The content type of EventBridge.
const JSON_1_1: &str = "application/x-amz-json-1.1";

/// A service, as far as its refusals differ from those of others.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum AwsService {
    /// DynamoDB and DynamoDB Streams.
    DynamoDb,
    /// The `@connections` API.
    Connections,
    /// SQS.
    Sqs,
    /// Lambda, for invocations.
    Lambda,
    /// SNS.
    Sns,
    /// EventBridge. It refuses a whole call; entries that fail one by one are of the service.
    EventBridge,
    /// EventBridge Scheduler.
    Scheduler,
}

/// Returns the answer of a service to a function whose role does not allow a call.
pub fn refusal(service: AwsService, denial: &Denial, function: &str, role: &str) -> HttpAnswer {
    let session = arn::session(role, function);
    let Denial { action, resource, kind } = denial;
    match service {
        AwsService::DynamoDb => {
            let message = message(&session, action, resource, *kind);
            let code = "com.amazon.coral.service#AccessDeniedException";
            HttpAnswer::new(400, JSON_1_0, json(&[("__type", code), ("Message", &message)]))
        }
        AwsService::Connections => {
            let text = connections_message(&session, denial);
            rest_json(&text)
        }
        AwsService::Sqs => {
            let message = message(&session, &action.to_ascii_lowercase(), resource, *kind);
            let code = "com.amazonaws.sqs#AccessDenied";
            HttpAnswer::new(403, JSON_1_0, json(&[("__type", code), ("message", &message)]))
                .header("x-amzn-query-error", "AccessDenied;Sender")
        }
        AwsService::Lambda | AwsService::Scheduler => {
            rest_json(&message(&session, action, resource, *kind))
        }
        AwsService::Sns => {
            let name = action.strip_prefix("sns:").unwrap_or(action);
            let message = message(&session, &format!("SNS:{name}"), resource, *kind);
            HttpAnswer::new(403, "text/xml", sns_error(&message))
        }
        AwsService::EventBridge => {
            let message = message(&session, action, resource, *kind);
            let code = "AccessDeniedException";
            HttpAnswer::new(400, JSON_1_1, json(&[("__type", code), ("Message", &message)]))
        }
    }
}

/// Returns the message of most services.
fn message(session: &str, action: &str, resource: &str, kind: DenialKind) -> String {
    let reason = match kind {
        DenialKind::NoAllow => {
            format!("because no identity-based policy allows the {action} action")
        }
        DenialKind::ExplicitDeny => EXPLICIT_DENY.to_owned(),
    };
    format!("{} {reason}", not_authorized(session, action, resource))
}

/// Returns the message of `@connections`: it masks the account of the resource, and does not name
/// the connection (FACTS 3.5).
fn connections_message(session: &str, denial: &Denial) -> String {
    let hidden = ACCOUNT.len() - 4;
    let masked = format!("{}{}", "*".repeat(hidden), &ACCOUNT[hidden..]);
    let resource = denial.resource.replacen(ACCOUNT, &masked, 1);
    let resource = match resource.split_once("/@connections/") {
        Some((stage, _)) => format!("{stage}/@connections/{{connectionId}}"),
        None => resource,
    };
    let text = not_authorized(session, &denial.action, &resource);
    match denial.kind {
        DenialKind::NoAllow => text,
        DenialKind::ExplicitDeny => format!("{text} {EXPLICIT_DENY}"),
    }
}

const EXPLICIT_DENY: &str = "with an explicit deny in an identity-based policy";

fn not_authorized(session: &str, action: &str, resource: &str) -> String {
    format!("User: {session} is not authorized to perform: {action} on resource: {resource}")
}

/// Returns the answer of a service whose SDK reads the code from a header.
fn rest_json(message: &str) -> HttpAnswer {
    HttpAnswer::new(403, "application/json", json(&[("Message", message)]))
        .header("x-amzn-errortype", "AccessDeniedException")
}

/// Writes an object of texts in the order of its members.
fn json(members: &[(&str, &str)]) -> String {
    let members: Vec<String> = members
        .iter()
        .map(|(name, text)| format!("{}:{}", Value::from(*name), Value::from(*text)))
        .collect();
    format!("{{{}}}", members.join(","))
}

/// Writes an error of SNS, which speaks XML (FACTS 15.3).
fn sns_error(message: &str) -> String {
    let message = message.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;");
    format!(
        "<ErrorResponse xmlns=\"http://sns.amazonaws.com/doc/2010-03-31/\"><Error>\
         <Type>Sender</Type><Code>AuthorizationError</Code><Message>{message}</Message>\
         </Error></ErrorResponse>"
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::iam::{AccessRequest, actions};

    fn denial(request: &AccessRequest, kind: DenialKind) -> Denial {
        let (action, resource) = request.pairs()[0].clone();
        Denial { action, resource, kind }
    }

    /// Returns the status, the headers but the content type, the content type and the body.
    fn parts(answer: &HttpAnswer) -> (u16, Vec<(&str, &str)>, &str, &str) {
        let mut headers: Vec<(&str, &str)> =
            answer.headers.iter().map(|(name, value)| (*name, &value[..])).collect();
        let (name, content_type) = headers.remove(0);
        assert_eq!(name, "content-type");
        (answer.status, headers, content_type, std::str::from_utf8(&answer.body).unwrap())
    }

    #[test]
    fn each_service_refuses_in_its_own_way() {
        let error_type = vec![("x-amzn-errortype", "AccessDeniedException")];
        for (service, request, status, headers, content_type, body) in [
            (
                AwsService::DynamoDb,
                actions::table("eu-west-1", "PutItem", "rooms", None),
                400,
                vec![],
                "application/x-amz-json-1.0",
                concat!(
                    r#"{"__type":"com.amazon.coral.service#AccessDeniedException","Message":"Us"#,
                    r#"er: arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: dynamodb:PutItem on resource: "#,
                    r#"arn:aws:dynamodb:eu-west-1:123456789012:table/rooms because no "#,
                    r#"identity-based policy allows the dynamodb:PutItem action"}"#,
                ),
            ),
            (
                AwsService::Connections,
                actions::connections("eu-west-1", "abc", "dev", "POST", "Fq1="),
                403,
                error_type.clone(),
                "application/json",
                concat!(
                    r#"{"Message":"User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: execute-api:ManageConnections on resource: "#,
                    r#"arn:aws:execute-api:eu-west-1:********9012:abc/dev/POST/@connections/{co"#,
                    r#"nnectionId}"}"#,
                ),
            ),
            (
                AwsService::Sqs,
                actions::queue("eu-west-1", "SendMessageBatch", "work"),
                403,
                vec![("x-amzn-query-error", "AccessDenied;Sender")],
                "application/x-amz-json-1.0",
                concat!(
                    r#"{"__type":"com.amazonaws.sqs#AccessDenied","message":"User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: sqs:sendmessage on resource: "#,
                    r#"arn:aws:sqs:eu-west-1:123456789012:work because no identity-based "#,
                    r#"policy allows the sqs:sendmessage action"}"#,
                ),
            ),
            (
                AwsService::Lambda,
                actions::invoke("eu-west-1", "other", None),
                403,
                error_type.clone(),
                "application/json",
                concat!(
                    r#"{"Message":"User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: lambda:InvokeFunction on resource: "#,
                    r#"arn:aws:lambda:eu-west-1:123456789012:function:other because no "#,
                    r#"identity-based policy allows the lambda:InvokeFunction action"}"#,
                ),
            ),
            (
                AwsService::Sns,
                actions::publish("eu-west-1", "news"),
                403,
                vec![],
                "text/xml",
                concat!(
                    r#"<ErrorResponse "#,
                    r#"xmlns="http://sns.amazonaws.com/doc/2010-03-31/"><Error><Type>Sender</Ty"#,
                    r#"pe><Code>AuthorizationError</Code><Message>User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: SNS:Publish on resource: "#,
                    r#"arn:aws:sns:eu-west-1:123456789012:news because no identity-based "#,
                    r#"policy allows the SNS:Publish action</Message></Error></ErrorResponse>"#,
                ),
            ),
            (
                AwsService::EventBridge,
                actions::put_events("eu-west-1", "default"),
                400,
                vec![],
                "application/x-amz-json-1.1",
                concat!(
                    r#"{"__type":"AccessDeniedException","Message":"User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: events:PutEvents on resource: "#,
                    r#"arn:aws:events:eu-west-1:123456789012:event-bus/default because no "#,
                    r#"identity-based policy allows the events:PutEvents action"}"#,
                ),
            ),
            (
                AwsService::Scheduler,
                actions::schedule("eu-west-1", "CreateSchedule", "default", "wake"),
                403,
                error_type,
                "application/json",
                concat!(
                    r#"{"Message":"User: "#,
                    r#"arn:aws:sts::123456789012:assumed-role/app-role/on-connect is not "#,
                    r#"authorized to perform: scheduler:CreateSchedule on resource: "#,
                    r#"arn:aws:scheduler:eu-west-1:123456789012:schedule/default/wake because "#,
                    r#"no identity-based policy allows the scheduler:CreateSchedule action"}"#,
                ),
            ),
        ] {
            let denial = denial(&request, DenialKind::NoAllow);
            let answer = refusal(service, &denial, "on-connect", "app-role");
            assert_eq!(parts(&answer), (status, headers, content_type, body), "{service:?}");
        }
    }

    #[test]
    fn an_explicit_deny_says_so() {
        for (service, request, end) in [
            (
                AwsService::DynamoDb,
                actions::table("eu-west-1", "Scan", "rooms", None),
                ":table/rooms with an explicit deny in an identity-based policy\"}",
            ),
            (
                AwsService::Connections,
                actions::connections("eu-west-1", "abc", "dev", "GET", "Fq1="),
                "/{connectionId} with an explicit deny in an identity-based policy\"}",
            ),
        ] {
            let denial = denial(&request, DenialKind::ExplicitDeny);
            let answer = refusal(service, &denial, "on-connect", "app-role");
            let (_, _, _, body) = parts(&answer);
            assert!(body.ends_with(end), "{body}");
        }
    }

    #[test]
    fn names_are_escaped() {
        let request = actions::table("eu-west-1", "Scan", "a\"b", None);
        let denial = denial(&request, DenialKind::NoAllow);
        let json = refusal(AwsService::DynamoDb, &denial, "f", "r").body;
        let json: Value = serde_json::from_slice(&json).unwrap();
        assert!(json["Message"].as_str().unwrap().contains("table/a\"b because"));

        let xml = refusal(AwsService::Sns, &denial, "a<b", "c&d").body;
        assert!(String::from_utf8(xml).unwrap().contains("assumed-role/c&amp;d/a&lt;b is not"));
    }
}
