//! The variables of a process: those of Lambda, those of its function, and next to nothing of the
//! server's own, so that a variable that is missing on AWS is missing here.

use std::collections::BTreeMap;
use std::env;

use stormglass_spec::REGION;

use super::deploy::LocalEndpoints;
use super::function::Function;
use super::template::{Template, Urls};

/// The variables that a program needs to be found and to run.
const INHERITED: [&str; 6] = ["PATH", "HOME", "TMPDIR", "SystemRoot", "TEMP", "USERPROFILE"];

/// Returns all variables of a process.
pub(super) fn whole(
    function: &Function,
    endpoints: &LocalEndpoints,
    api: &str,
) -> BTreeMap<String, String> {
    let inherited = INHERITED.into_iter().filter_map(|name| {
        let value = env::var(name).ok()?;
        Some((name.to_owned(), value))
    });
    let mut variables: BTreeMap<String, String> = inherited.collect();
    variables.extend(of_lambda(function, endpoints, api));
    variables
}

/// Returns the variables of a process besides those that it inherits.
///
/// The function's own variables go before Lambda's, except for the address of the Runtime API. In
/// their values `{callback}` stands for the URL of `@connections`, and `{dynamodb}` for that of
/// DynamoDB.
pub(super) fn of_lambda(
    function: &Function,
    endpoints: &LocalEndpoints,
    api: &str,
) -> BTreeMap<String, String> {
    let urls = Urls { callback: &endpoints.callback, dynamodb: &endpoints.dynamodb };
    let own = |(name, value): (&String, &Template)| (name.clone(), value.fill(urls));
    let lambda = lambda(function, endpoints).map(|(name, value)| (name.to_owned(), value));
    let mut variables = BTreeMap::from(lambda);
    variables.extend(function.environment.iter().map(own));
    variables.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), api.to_owned());
    variables
}

fn lambda(function: &Function, endpoints: &LocalEndpoints) -> [(&'static str, String); 22] {
    let bundle = endpoints.bundle.to_string_lossy().into_owned();
    let folder = function.folder.canonicalize().unwrap_or_else(|_| function.folder.clone());
    [
        ("AWS_LAMBDA_FUNCTION_NAME", function.name.clone()),
        ("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST".to_owned()),
        ("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", function.memory_mb.to_string()),
        ("AWS_LAMBDA_INITIALIZATION_TYPE", "on-demand".to_owned()),
        ("AWS_LAMBDA_LOG_GROUP_NAME", format!("/aws/lambda/{}", function.name)),
        ("AWS_LAMBDA_LOG_STREAM_NAME", "local".to_owned()),
        ("_HANDLER", function.handler.clone()),
        ("LAMBDA_TASK_ROOT", folder.to_string_lossy().into_owned()),
        ("TZ", ":UTC".to_owned()),
        ("LANG", "en_US.UTF-8".to_owned()),
        ("AWS_REGION", REGION.to_owned()),
        ("AWS_DEFAULT_REGION", REGION.to_owned()),
        // Signatures are not verified here, but the SDKs insist on making one.
        ("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE".to_owned()),
        ("AWS_SECRET_ACCESS_KEY", "nobody-checks-this".to_owned()),
        ("AWS_SESSION_TOKEN", "nobody-checks-this".to_owned()),
        ("AWS_ENDPOINT_URL_DYNAMODB", endpoints.dynamodb.clone()),
        ("AWS_ENDPOINT_URL_APIGATEWAYMANAGEMENTAPI", endpoints.callback.clone()),
        // Node, OpenSSL, rustls, botocore and Python's requests trust this machine because of
        // these.
        ("NODE_EXTRA_CA_CERTS", bundle.clone()),
        ("SSL_CERT_FILE", bundle.clone()),
        ("AWS_CA_BUNDLE", bundle.clone()),
        ("REQUESTS_CA_BUNDLE", bundle),
        ("AWS_EC2_METADATA_DISABLED", "true".to_owned()),
    ]
}
