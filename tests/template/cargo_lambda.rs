//! The settings for cargo-lambda in the manifests.

use std::collections::BTreeSet;

use stormglass_spec::quotas::INTEGRATION_TIMEOUT;
use toml::{Table, Value};

use crate::functions::{FUNCTION, function_name, setting};
use crate::stack::{GUARDED, Stack};
use crate::template::file;

fn manifest(path: &str) -> Table {
    file(path).parse().expect("a manifest is TOML")
}

/// The settings for `cargo lambda` in the manifest of the workspace.
fn workspace() -> Value {
    manifest("Cargo.toml")["workspace"]["metadata"]["lambda"].clone()
}

/// The packages whose binaries are deployed.
fn packages() -> [Table; 2] {
    ["handlers/Cargo.toml", "handlers/authorizer/Cargo.toml"].map(manifest)
}

/// The names of the binaries that are deployed.
pub(crate) fn binaries() -> BTreeSet<String> {
    let packages = packages();
    let binaries = packages.iter().flat_map(|package| package["bin"].as_array());
    let names = binaries.flatten().map(|binary| binary["name"].as_str());
    names.map(|name| name.expect("a name").to_owned()).collect()
}

/// The keys in the table of a binary replace those of its package, and are laid over those of the
/// workspace.
#[test]
fn cargo_lambda_and_the_template_agree_on_memory_and_time() {
    let stack = Stack::with(&GUARDED);
    let own: Table = packages()
        .iter()
        .flat_map(|package| package["package"]["metadata"]["lambda"]["bin"].as_table().cloned())
        .flatten()
        .collect();
    let timeout_s = workspace()["deploy"]["timeout"].as_integer();
    for id in stack.ids(FUNCTION) {
        let name = function_name(&stack, id);
        let deploy = own[name.as_str()]["deploy"].as_table().expect("a table");
        assert_eq!(deploy.keys().collect::<Vec<_>>(), ["memory"], "{name}");
        assert_eq!(setting(&stack, id, "MemorySize").as_i64(), deploy["memory"].as_integer());
        assert_eq!(setting(&stack, id, "Timeout").as_i64(), timeout_s, "{name}");
    }
    assert_eq!(own.keys().cloned().collect::<BTreeSet<_>>(), binaries());
}

#[test]
fn the_platform_lets_a_function_run_as_long_as_the_gateway_waits() {
    let timeout_s = workspace()["deploy"]["timeout"].as_integer().expect("seconds");
    assert!(timeout_s.cast_unsigned() >= INTEGRATION_TIMEOUT.as_secs());
}

/// Other keys would overwrite what the stack says.
#[test]
fn cargo_lambda_leaves_everything_else_to_the_stack() {
    let deploy = workspace()["deploy"].clone();
    let keys: Vec<String> = deploy.as_table().expect("a table").keys().cloned().collect();
    assert_eq!(keys, ["timeout"]);
}

#[test]
fn cargo_lambda_builds_what_is_deployed_for_what_it_runs_on() {
    let workspace = workspace();
    assert_eq!(workspace["build"]["arm64"].as_bool(), Some(true));
    let packages = ["stormglass-handlers", "stormglass-authorizer"].map(Value::from);
    // `cargo run` takes one package, and so does what runs it.
    for (command, packages) in [("build", &packages[..]), ("watch", &packages[..1])] {
        let features = workspace[command]["features"].as_array().expect("features");
        assert_eq!(features, &[Value::from("deploy")], "{command}");
        assert_eq!(workspace[command]["packages"].as_array().map(Vec::as_slice), Some(packages));
    }
}
