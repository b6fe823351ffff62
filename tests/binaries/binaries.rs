//! A process of a function, and the memory it took.

use std::env;
use std::ffi::OsString;
use std::fs;
use std::io::{Read, Write};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};

/// Prints a line even if the test passes.
pub(crate) fn say(line: &str) {
    writeln!(std::io::stderr(), "{line}").expect("somebody reads the output of a test");
}

/// Returns the folder of the binaries, if this run has one to test.
pub(crate) fn folder() -> Option<PathBuf> {
    if !needs::BINARIES.is_met() {
        return None;
    }
    needs::find_binaries()
}

/// The name of the table that every function is told.
pub(crate) const TABLE_NAME: &str = "connections";

/// A sandbox of a function: one process, which ends with this.
#[derive(Debug)]
pub(crate) struct Function {
    process: Child,
}

impl Function {
    /// Starts a function in an environment of its own, with `variables` besides what Lambda sets.
    pub(crate) fn start(binary: &Path, cloud: SocketAddr, variables: &[(&str, &str)]) -> Function {
        let url = format!("http://{cloud}");
        // A name that has to be looked up, as on AWS.
        let callback = format!("http://localhost:{}/production", cloud.port());
        let process = Command::new(binary)
            .env_clear()
            .envs(windows_needs())
            .env("AWS_LAMBDA_RUNTIME_API", cloud.to_string())
            .env("AWS_LAMBDA_FUNCTION_NAME", "function")
            .env("AWS_LAMBDA_FUNCTION_MEMORY_SIZE", "128")
            .env("AWS_LAMBDA_FUNCTION_VERSION", "$LATEST")
            .env("AWS_REGION", "eu-central-1")
            .env("AWS_ACCESS_KEY_ID", "AKIAIOSFODNN7EXAMPLE")
            .env("AWS_SECRET_ACCESS_KEY", "nobody-checks-this")
            .env("AWS_ENDPOINT_URL_DYNAMODB", url)
            .env("CALLBACK_ENDPOINT", callback)
            .env("TABLE_NAME", TABLE_NAME)
            .envs(variables.iter().copied())
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn();
        let failed = |error| panic!("{} does not start: {error}", binary.display());
        Function { process: process.unwrap_or_else(failed) }
    }

    /// Returns the exit status and the messages of the process, if it has ended.
    pub(crate) fn ended(&mut self) -> Option<(ExitStatus, String)> {
        let status = self.process.try_wait().expect("a process of ours")?;
        let mut said = String::new();
        if let Some(mut errors) = self.process.stderr.take() {
            errors.read_to_string(&mut said).expect("a message is text");
        }
        Some((status, said))
    }

    /// The most memory that the process has held so far, in KiB, where the system says so.
    pub(crate) fn memory_peak_kib(&self) -> Option<u64> {
        self.status("VmHWM:")?.strip_suffix(" kB")?.trim().parse().ok()
    }

    /// Returns the number of threads of the process, if the system says it.
    pub(crate) fn threads(&self) -> Option<u64> {
        self.status("Threads:")?.parse().ok()
    }

    fn status(&self, name: &str) -> Option<String> {
        let status = fs::read_to_string(format!("/proc/{}/status", self.process.id())).ok()?;
        let value = status.lines().find_map(|line| line.strip_prefix(name))?;
        Some(value.trim().to_owned())
    }
}

impl Drop for Function {
    fn drop(&mut self) {
        // It may have ended by itself.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

/// Sockets do not work there without it.
fn windows_needs() -> Option<(&'static str, OsString)> {
    env::var_os("SystemRoot").map(|folder| ("SystemRoot", folder))
}
