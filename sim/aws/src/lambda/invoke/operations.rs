//! The operations of the Lambda API, by their methods and paths.

use percent_encoding::percent_decode_str;

/// The name of the one operation that the model has.
pub(super) const INVOKE: &str = "Invoke";

/// Every operation with its method and its path, in which `*` stands for one part.
const OPERATIONS: &[(&str, &str, &str)] = &[
    ("POST", "/2015-03-31/functions/*/invocations", INVOKE),
    ("POST", "/2014-11-13/functions/*/invoke-async", "InvokeAsync"),
    ("POST", "/2021-11-15/functions/*/response-streaming-invocations", "InvokeWithResponseStream"),
    ("POST", "/2015-03-31/functions", "CreateFunction"),
    ("GET", "/2015-03-31/functions", "ListFunctions"),
    ("GET", "/2015-03-31/functions/*", "GetFunction"),
    ("DELETE", "/2015-03-31/functions/*", "DeleteFunction"),
    ("GET", "/2015-03-31/functions/*/configuration", "GetFunctionConfiguration"),
    ("PUT", "/2015-03-31/functions/*/configuration", "UpdateFunctionConfiguration"),
    ("PUT", "/2015-03-31/functions/*/code", "UpdateFunctionCode"),
    ("GET", "/2015-03-31/functions/*/policy", "GetPolicy"),
    ("POST", "/2015-03-31/functions/*/policy", "AddPermission"),
    ("DELETE", "/2015-03-31/functions/*/policy/*", "RemovePermission"),
    ("GET", "/2015-03-31/functions/*/versions", "ListVersionsByFunction"),
    ("POST", "/2015-03-31/functions/*/versions", "PublishVersion"),
    ("GET", "/2015-03-31/functions/*/aliases", "ListAliases"),
    ("POST", "/2015-03-31/functions/*/aliases", "CreateAlias"),
    ("GET", "/2015-03-31/functions/*/aliases/*", "GetAlias"),
    ("PUT", "/2015-03-31/functions/*/aliases/*", "UpdateAlias"),
    ("DELETE", "/2015-03-31/functions/*/aliases/*", "DeleteAlias"),
    ("GET", "/2015-03-31/event-source-mappings", "ListEventSourceMappings"),
    ("POST", "/2015-03-31/event-source-mappings", "CreateEventSourceMapping"),
    ("GET", "/2015-03-31/event-source-mappings/*", "GetEventSourceMapping"),
    ("PUT", "/2015-03-31/event-source-mappings/*", "UpdateEventSourceMapping"),
    ("DELETE", "/2015-03-31/event-source-mappings/*", "DeleteEventSourceMapping"),
    ("GET", "/2016-08-19/account-settings", "GetAccountSettings"),
    ("GET", "/2017-03-31/tags/*", "ListTags"),
    ("POST", "/2017-03-31/tags/*", "TagResource"),
    ("DELETE", "/2017-03-31/tags/*", "UntagResource"),
    ("PUT", "/2017-10-31/functions/*/concurrency", "PutFunctionConcurrency"),
    ("DELETE", "/2017-10-31/functions/*/concurrency", "DeleteFunctionConcurrency"),
    ("GET", "/2019-09-30/functions/*/concurrency", "GetFunctionConcurrency"),
    ("GET", "/2019-09-30/functions/*/provisioned-concurrency", "GetProvisionedConcurrencyConfig"),
    ("PUT", "/2019-09-30/functions/*/provisioned-concurrency", "PutProvisionedConcurrencyConfig"),
    (
        "DELETE",
        "/2019-09-30/functions/*/provisioned-concurrency",
        "DeleteProvisionedConcurrencyConfig",
    ),
    ("GET", "/2019-09-25/functions/*/event-invoke-config", "GetFunctionEventInvokeConfig"),
    ("PUT", "/2019-09-25/functions/*/event-invoke-config", "PutFunctionEventInvokeConfig"),
    ("POST", "/2019-09-25/functions/*/event-invoke-config", "UpdateFunctionEventInvokeConfig"),
    ("DELETE", "/2019-09-25/functions/*/event-invoke-config", "DeleteFunctionEventInvokeConfig"),
    ("GET", "/2019-09-25/functions/*/event-invoke-config/list", "ListFunctionEventInvokeConfigs"),
    ("GET", "/2018-10-31/layers", "ListLayers"),
    ("GET", "/2018-10-31/layers/*/versions", "ListLayerVersions"),
    ("POST", "/2018-10-31/layers/*/versions", "PublishLayerVersion"),
    ("GET", "/2018-10-31/layers/*/versions/*", "GetLayerVersion"),
    ("DELETE", "/2018-10-31/layers/*/versions/*", "DeleteLayerVersion"),
    ("GET", "/2018-10-31/layers/*/versions/*/policy", "GetLayerVersionPolicy"),
    ("POST", "/2018-10-31/layers/*/versions/*/policy", "AddLayerVersionPermission"),
    ("DELETE", "/2018-10-31/layers/*/versions/*/policy/*", "RemoveLayerVersionPermission"),
    ("GET", "/2020-04-22/code-signing-configs", "ListCodeSigningConfigs"),
    ("POST", "/2020-04-22/code-signing-configs", "CreateCodeSigningConfig"),
    ("GET", "/2020-04-22/code-signing-configs/*", "GetCodeSigningConfig"),
    ("PUT", "/2020-04-22/code-signing-configs/*", "UpdateCodeSigningConfig"),
    ("DELETE", "/2020-04-22/code-signing-configs/*", "DeleteCodeSigningConfig"),
    ("GET", "/2020-04-22/code-signing-configs/*/functions", "ListFunctionsByCodeSigningConfig"),
    ("GET", "/2020-06-30/functions/*/code-signing-config", "GetFunctionCodeSigningConfig"),
    ("PUT", "/2020-06-30/functions/*/code-signing-config", "PutFunctionCodeSigningConfig"),
    ("DELETE", "/2020-06-30/functions/*/code-signing-config", "DeleteFunctionCodeSigningConfig"),
    ("GET", "/2021-07-20/functions/*/runtime-management-config", "GetRuntimeManagementConfig"),
    ("PUT", "/2021-07-20/functions/*/runtime-management-config", "PutRuntimeManagementConfig"),
    ("GET", "/2021-10-31/functions/*/url", "GetFunctionUrlConfig"),
    ("POST", "/2021-10-31/functions/*/url", "CreateFunctionUrlConfig"),
    ("PUT", "/2021-10-31/functions/*/url", "UpdateFunctionUrlConfig"),
    ("DELETE", "/2021-10-31/functions/*/url", "DeleteFunctionUrlConfig"),
    ("GET", "/2021-10-31/functions/*/urls", "ListFunctionUrlConfigs"),
    ("GET", "/2024-08-31/functions/*/recursion-config", "GetFunctionRecursionConfig"),
    ("PUT", "/2024-08-31/functions/*/recursion-config", "PutFunctionRecursionConfig"),
];

/// An operation that a request asks for.
#[derive(Debug)]
pub(super) struct OperationMatch {
    /// The name of the operation.
    pub(super) name: &'static str,
    /// The first variable part of the path, decoded: the function of most operations.
    pub(super) subject: String,
}

impl OperationMatch {
    /// Finds the operation of a request. A `/` at the end of the path does not matter.
    pub(super) fn find(method: &str, path: &str) -> Option<OperationMatch> {
        let parts: Vec<&str> = path.strip_suffix('/').unwrap_or(path).split('/').collect();
        let mut candidates = OPERATIONS.iter().filter(|(needed, _, _)| *needed == method);
        candidates.find_map(|(_, pattern, name)| {
            let variables = variables(pattern, &parts)?;
            let subject = decode(variables.first().copied().unwrap_or_default());
            Some(OperationMatch { name, subject })
        })
    }
}

/// Returns the parts of a path that stand for the `*` of a pattern, if the path matches it.
fn variables<'a>(pattern: &str, parts: &[&'a str]) -> Option<Vec<&'a str>> {
    let pattern: Vec<&str> = pattern.split('/').collect();
    if pattern.len() != parts.len() {
        return None;
    }
    let mut variables = Vec::new();
    for (wanted, part) in pattern.into_iter().zip(parts) {
        match wanted {
            "*" if !part.is_empty() => variables.push(*part),
            wanted if wanted == *part => {}
            _ => return None,
        }
    }
    Some(variables)
}

/// Decodes a part of a path or a query. Bytes that are no text become characters that no name has.
pub(super) fn decode(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}
