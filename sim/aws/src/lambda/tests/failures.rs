use std::time::Duration;

use super::*;

#[test]
fn an_error_has_the_type_and_the_text_of_the_handlers_error() {
    assert_eq!(
        FunctionFailure::boxed("no \"room\"").payload("r1"),
        r#"{"errorType":"alloc::boxed::Box<dyn core::error::Error + core::marker::Send + core::marker::Sync>","errorMessage":"no \"room\""}"#
    );
    let (error_type, message) = ("notify::Error".to_owned(), "gone".to_owned());
    assert_eq!(
        FunctionFailure::Error { error_type, message }.payload("r1"),
        r#"{"errorType":"notify::Error","errorMessage":"gone"}"#
    );
}

#[test]
fn a_panic_is_an_error_of_the_function() {
    assert_eq!(
        FunctionFailure::Panic { message: "index 3".to_owned() }.payload("r1"),
        r#"{"errorType":"alloc::boxed::Box<dyn core::any::Any + core::marker::Send>","errorMessage":"Lambda panicked: index 3"}"#
    );
}

#[test]
fn the_end_of_a_process_names_the_request() {
    assert_eq!(
        FunctionFailure::Exit(FunctionExit::Status(1)).payload("r1"),
        r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r1 Error: Runtime exited with error: exit status 1"}"#
    );
    assert_eq!(
        FunctionFailure::Exit(FunctionExit::Signal("killed".to_owned())).payload("r1"),
        r#"{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r1 Error: Runtime exited with error: signal: killed"}"#
    );
}

#[test]
fn a_timeout_names_the_request_and_the_time_that_it_had() {
    let timeout = FunctionFailure::Timeout { at: at(3), after: Duration::from_millis(3_070) };
    assert_eq!(
        timeout.payload("r1"),
        r#"{"errorType":"Sandbox.Timedout","errorMessage":"2026-01-01T00:00:03.000Z r1 Task timed out after 3.07 seconds"}"#
    );
}

#[test]
fn a_response_over_the_limit_is_an_error_of_the_function() {
    let bytes_max = InvokeLimits::default().response_bytes_max;
    assert_eq!(
        FunctionFailure::ResponseTooLarge { bytes_max }.payload("r1"),
        r#"{"errorType":"Function.ResponseSizeTooLarge","errorMessage":"Response payload size exceeded maximum allowed payload size (6291456 bytes)."}"#
    );
}
