//! The workflow that GitHub runs: the parts that can be tested here.

use std::fs;
use std::process::Command;

use saphyr::{LoadableYamlNode, Scalar, Yaml};
use serde_json::Value;

use crate::folder::Folder;
use crate::{line, program, sim, stderr, stdout};

/// The first seed of the half that is for commits.
const COMMITS_FROM: u64 = 1 << 63;

const COMMIT: &str = "a5d6cc7d0f2b4e1c9a8877665544332211ffeedd";

/// Returns the text of a file of the repository.
fn file(path: &str) -> String {
    let path = format!("{}/../../{path}", env!("CARGO_MANIFEST_DIR"));
    fs::read_to_string(&path).unwrap_or_else(|error| panic!("{path}: {error}"))
}

fn workflow() -> Value {
    let text = file(".github/workflows/stormglass.yml");
    let documents = Yaml::load_from_str(&text).expect("the workflow is YAML");
    let [document] = documents.as_slice() else { panic!("the workflow is one document") };
    as_json(document)
}

fn as_json(yaml: &Yaml<'_>) -> Value {
    match yaml {
        Yaml::Value(Scalar::Null) => Value::Null,
        Yaml::Value(Scalar::Boolean(value)) => Value::from(*value),
        Yaml::Value(Scalar::Integer(value)) => Value::from(*value),
        Yaml::Value(Scalar::String(value)) => Value::from(value.to_string()),
        Yaml::Sequence(items) => items.iter().map(as_json).collect(),
        Yaml::Mapping(entries) => {
            let key = |key: &Yaml<'_>| key.as_str().expect("keys are strings").to_owned();
            Value::Object(entries.iter().map(|(name, it)| (key(name), as_json(it))).collect())
        }
        other => panic!("no workflow needs this: {other:?}"),
    }
}

/// Returns the steps of a job.
fn steps<'a>(workflow: &'a Value, job: &str) -> &'a [Value] {
    workflow["jobs"][job]["steps"].as_array().expect("a job has steps")
}

/// Returns the calls of `cargo sim` that the scripts of a job make on a day, with their arguments.
fn calls(job: &str, folder: &Folder, day: &str) -> Vec<Vec<String>> {
    let workflow = workflow();
    let file = folder.file("calls");
    let seeds = workflow["on"]["workflow_dispatch"]["inputs"]["seeds"]["default"].to_string();
    let scripts = steps(&workflow, job).iter().filter_map(|step| step["run"].as_str());
    for script in scripts.filter(|script| script.contains("cargo sim ")) {
        let stand_ins =
            r#"cargo() { printf '%s\n' "$@" "" >>"$CALLS"; }; date() { echo "$DAY"; };"#;
        let status = Command::new("bash")
            .args(["-euo", "pipefail", "-c", &format!("{stand_ins}\n{script}")])
            .envs([("CALLS", file.as_str()), ("DAY", day), ("SEEDS", &seeds)])
            .env("GITHUB_SHA", COMMIT)
            .current_dir(&folder.0)
            .status();
        assert!(status.expect("bash runs").success(), "{script}");
    }
    let calls = fs::read_to_string(&file).expect("there are calls");
    let calls = calls.split_terminator("\n\n").map(|call| {
        let arguments = call.lines().map(str::to_owned).collect::<Vec<_>>();
        assert_eq!(arguments[0], "sim");
        arguments[1..].to_vec()
    });
    calls.collect()
}

fn value<'a>(call: &'a [String], option: &str) -> Option<&'a str> {
    let at = call.iter().position(|argument| argument == option)?;
    call.get(at + 1).map(String::as_str)
}

fn number(call: &[String], option: &str) -> u64 {
    value(call, option).and_then(|text| text.parse().ok()).expect("a number")
}

/// The test runs each call as it is written, but with fewer seeds.
#[test]
fn every_call_of_the_program_is_one_that_it_understands() {
    for (job, expected) in [("commit", &["explore"][..]), ("nightly", &["explore", "known-bad"])] {
        let folder = Folder::new(&format!("workflow-{job}"));
        let calls = calls(job, &folder, "20261124");
        let commands: Vec<&str> = calls.iter().map(|call| call[0].as_str()).collect();
        assert_eq!(commands, expected);
        for mut call in calls {
            if let Some(at) = call.iter().position(|argument| argument == "--seeds") {
                call[at + 1] = "1".to_owned();
            }
            if call[0] == "known-bad" {
                call.extend(["--only".to_owned(), "sender-left-out".to_owned()]);
            }
            let arguments: Vec<&str> = call.iter().map(String::as_str).collect();
            let output = program(&arguments).current_dir(&folder.0).output();
            let output = output.expect("the program runs");
            assert_eq!(output.status.code(), Some(0), "{call:?}: {}", stderr(&output));
            let junit = value(&call, "--junit").expect("a JUnit file");
            assert!(folder.0.join(junit).is_file(), "{junit}");
            let kept =
                steps(&workflow(), job).iter().any(|step| step["with"]["path"] == "target/sim");
            assert!(kept && junit.starts_with("target/sim/"), "{junit} is uploaded");
        }
    }
}

#[test]
fn no_night_has_a_seed_of_another_night_or_of_a_commit() {
    let mut last = 0..0;
    for day in ["20261124", "20261125", "99991231"] {
        let folder = Folder::new(&format!("workflow-{day}"));
        let calls = calls("nightly", &folder, day);
        let (from, seeds) = (number(&calls[0], "--from"), number(&calls[0], "--seeds"));
        assert!(last.end <= from, "{day}: {last:?}");
        assert!(from + seeds <= COMMITS_FROM, "{day}");
        last = from..from + seeds;
    }
    let folder = Folder::new("workflow-seeds");
    let calls = calls("commit", &folder, "20261124");
    assert_eq!(value(&calls[0], "--from"), Some(COMMIT));
    let held = stdout(&sim(&["replay", COMMIT]));
    let seed = line(&held, "HELD    every promise    seed ").split(' ').next();
    let seed: u64 = seed.and_then(|seed| seed.parse().ok()).expect("a seed");
    assert!(seed >= COMMITS_FROM);
    assert!(seed.checked_add(number(&calls[0], "--seeds")).is_some());
}

#[test]
fn the_script_for_the_night_takes_the_seeds_that_the_workflow_takes() {
    let from = "$(( $(date -u +%Y%m%d) * 10000000 ))";
    assert!(file(".ci/nightly").contains(from));
    assert!(file(".github/workflows/stormglass.yml").contains(from));
}

#[test]
fn the_workflow_may_read_the_repository_and_nothing_else_and_comes_to_an_end() {
    let workflow = workflow();
    assert_eq!(workflow["permissions"], serde_json::json!({ "contents": "read" }));
    assert!(workflow["concurrency"]["group"].is_string());
    for event in ["push", "pull_request", "schedule", "workflow_dispatch"] {
        assert!(workflow["on"].get(event).is_some(), "{event}");
    }
    let jobs = workflow["jobs"].as_object().expect("jobs");
    for (name, job) in jobs {
        assert!(job["timeout-minutes"].is_i64(), "{name}");
        assert_eq!(job.get("permissions"), None, "{name}");
        for action in steps(&workflow, name).iter().filter_map(|step| step["uses"].as_str()) {
            let (action, version) = action.split_once("@v").expect("a pinned version");
            assert!(action.starts_with("actions/"), "{action} is not of GitHub itself");
            assert!(version.bytes().all(|byte| byte.is_ascii_digit()), "{action}@v{version}");
        }
    }
}

#[test]
fn the_workflow_has_the_toolchain_that_the_workspace_asks_for() {
    let manifest = file("Cargo.toml");
    let oldest = line(&manifest, "rust-version = ").trim_matches('"');
    let toolchain = file("rust-toolchain.toml");
    let pinned = line(&toolchain, "channel = ").trim_matches('"');
    assert_eq!(pinned, format!("{oldest}.0"));
    let workflow = workflow();
    for job in ["commit", "nightly"] {
        let mut scripts = steps(&workflow, job).iter().filter_map(|step| step["run"].as_str());
        assert!(scripts.any(|script| script == "rustup toolchain install"), "{job}");
    }
}
