//! What is true of every reply.

use aws_lambda_events::apigw::ApiGatewayProxyResponse;
use aws_lambda_events::encodings::Body;
use serde::Deserialize;
use serde_json::value::RawValue;

/// The most that the gateway sends, in bytes (FACTS 3.1).
const BYTES_MAX: usize = 128 * 1024;

/// What no error may say.
const INTERNALS: [&str; 4] = ["secret-table", "table name", "arn:", "amazonaws"];

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Reply<'a> {
    #[serde(borrow)]
    error: Option<&'a RawValue>,
    #[serde(borrow)]
    ack: Option<&'a RawValue>,
    /// The client's, and so of any depth and with any number.
    #[serde(borrow, rename = "id")]
    _id: Option<&'a RawValue>,
}

/// Panics if the reply, which so many calls to services came before, is none that may be given.
pub fn check(response: &ApiGatewayProxyResponse, calls: u64) {
    let status = response.status_code;
    assert!([200, 400, 403, 500].contains(&status), "status {status}");
    assert!(calls == 0 || ![400, 403].contains(&status), "{calls} calls for a refused request");
    let Some(body) = &response.body else {
        assert_eq!(status, 200, "an error without a text");
        return;
    };
    let Body::Text(body) = body else { panic!("a reply is text") };
    assert!(body.len() <= BYTES_MAX, "{} bytes", body.len());
    let reply: Reply<'_> = serde_json::from_str(body).expect("a reply is JSON");
    assert_eq!(reply.error.is_some(), status != 200, "{body}");
    assert_eq!(reply.ack.is_some(), status == 200, "{body}");
    if let Some(error) = reply.error {
        assert!(INTERNALS.iter().all(|word| !error.get().contains(word)), "{error}");
    }
}
