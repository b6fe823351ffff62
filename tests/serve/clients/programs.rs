//! The programs of other people: where they are, and what they print.

use std::path::{Path, PathBuf};
use std::process::Command;

use serde_json::Value;

/// Returns a program that `.ci/clients` installs, by its path in `target/clients`.
fn find(path: &str) -> Option<PathBuf> {
    if !needs::CLIENTS.is_met() {
        return None;
    }
    needs::find_client(path)
}

/// wscat in a terminal of its own, which is the only place where it says all that it knows.
pub(super) fn wscat() -> Option<Command> {
    let wscat = find("node/node_modules/.bin/wscat")?;
    let mut command = Command::new(find("venv/bin/python")?);
    command.args(["-c", "import pty, sys; pty.spawn(sys.argv[1:])"]).arg(wscat).arg("--no-color");
    Some(command)
}

/// wscat as a script runs it: what it prints are messages, and errors.
pub(super) fn wscat_in_a_script() -> Option<Command> {
    Some(Command::new(find("node/node_modules/.bin/wscat")?))
}

/// AWS's command line, with the account of nobody.
pub(super) fn aws() -> Option<Command> {
    Some(of_nobody(find("venv/bin/aws")?))
}

/// One of the scripts beside this file.
pub(super) fn script(name: &str) -> Option<Command> {
    let mut command = of_nobody(find("venv/bin/python")?);
    let folder = Path::new(crate::SERVE).join("../../tests/serve/clients");
    // It leaves no folder of its own among the sources.
    command.arg("-B").arg(folder.join(name));
    Some(command)
}

/// Every line that a script prints, which are JSON, once it has ended well.
pub(super) fn told_by(command: &mut Command) -> Vec<Value> {
    let output = command.output().expect("Python runs");
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{errors}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    text.lines().map(|line| serde_json::from_str(line).expect("a line of JSON")).collect()
}

/// No account of whoever runs the tests is within reach, and no proxy is between.
fn of_nobody(program: PathBuf) -> Command {
    let mut command = Command::new(program);
    for (name, value) in [
        ("AWS_ACCESS_KEY_ID", "test"),
        ("AWS_SECRET_ACCESS_KEY", "test"),
        ("AWS_DEFAULT_REGION", "eu-central-1"),
        ("AWS_CONFIG_FILE", "/dev/null"),
        ("AWS_SHARED_CREDENTIALS_FILE", "/dev/null"),
        ("AWS_EC2_METADATA_DISABLED", "true"),
        ("AWS_PAGER", ""),
        ("NO_PROXY", "127.0.0.1"),
    ] {
        command.env(name, value);
    }
    for name in ["AWS_PROFILE", "AWS_SESSION_TOKEN", "AWS_REGION", "AWS_ENDPOINT_URL"] {
        command.env_remove(name);
    }
    command
}
