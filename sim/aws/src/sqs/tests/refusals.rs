//! Errors that a driver asks for (FACTS 12.3, 12.4, 17.1).

use super::*;

fn on_the_wire(error: &SqsError) -> (u16, String, String) {
    let answer = error.answer();
    let header = answer.headers.iter().find(|(name, _)| *name == "x-amzn-query-error").unwrap();
    (answer.status, header.1.to_string(), String::from_utf8(answer.body.clone()).unwrap())
}

#[test]
fn a_denial_has_the_status_403() {
    let body = r#"{"__type":"com.amazon.coral.service#AccessDeniedException","message":"User: x is not authorized to perform: sqs:sendmessage"}"#;
    let error = SqsError::access_denied("User: x is not authorized to perform: sqs:sendmessage");
    assert_eq!(on_the_wire(&error), (403, "AccessDenied;Sender".into(), body.into()));
}

#[test]
fn an_error_of_the_service_is_not_the_fault_of_the_sender() {
    let body = r#"{"__type":"com.amazon.coral.service#InternalFailure","message":"We encountered an internal error. Please try again."}"#;
    let error = SqsError::internal();
    assert_eq!(on_the_wire(&error), (500, "InternalError;Receiver".into(), body.into()));
}

#[test]
fn throttling_has_the_name_that_clients_retry() {
    let body = r#"{"__type":"com.amazon.coral.availability#ThrottlingException","message":"Rate exceeded"}"#;
    let error = SqsError::throttled();
    assert_eq!(on_the_wire(&error), (400, "ThrottlingException;Sender".into(), body.into()));
}
