//! The variables of a process: those of Lambda, those of its function, and next to nothing of the
//! server's own, so that a variable that is missing on AWS is missing here.

use std::collections::BTreeMap;
use std::env;

use super::deploy::LocalEndpoints;
use super::function::Function;

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
/// The function's own variables go before all others, except for the address of the Runtime API.
pub(super) fn of_lambda(
    function: &Function,
    endpoints: &LocalEndpoints,
    api: &str,
) -> BTreeMap<String, String> {
    let place = place(function, endpoints).map(|(name, value)| (name.to_owned(), value));
    let mut variables = BTreeMap::from(place);
    variables.extend(function.settings.variables());
    variables.insert("AWS_LAMBDA_RUNTIME_API".to_owned(), api.to_owned());
    variables
}

/// Returns the variables by which a process finds its code and the services of this machine.
fn place(function: &Function, endpoints: &LocalEndpoints) -> [(&'static str, String); 12] {
    let bundle = endpoints.bundle.to_string_lossy().into_owned();
    let folder = &function.process.folder;
    let folder = folder.canonicalize().unwrap_or_else(|_| folder.clone());
    [
        ("_HANDLER", function.process.handler.clone()),
        ("LAMBDA_TASK_ROOT", folder.to_string_lossy().into_owned()),
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
