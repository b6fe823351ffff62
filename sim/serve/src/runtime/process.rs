//! A process of a function: its start, its Runtime API, and its end.
//!
//! Each process has a process group of its own, which ends with it. If the server itself is killed,
//! the group goes on; but the Runtime API is gone then, and clients of it stop when they ask for
//! their next event.

use std::io;
use std::net::Ipv4Addr;
use std::process::{ExitStatus, Stdio};
use std::sync::Arc;
use std::time::Duration;

use tokio::net::TcpListener;
use tokio::process::{Child, Command};
use tokio::task::JoinSet;
use tokio::time::timeout;

use super::api;
use super::deploy::LocalEndpoints;
use super::endpoint::Endpoint;
use super::environment;
use super::function::Function;
use super::output::{self, CurrentEvent};
use super::program;

/// The time that a process has to end after a request to end.
const GRACE: Duration = Duration::from_secs(1);

/// The time within which the last output of a process must arrive.
const LAST_OUTPUT_MAX: Duration = Duration::from_millis(500);

/// A process, which is killed when this is dropped.
#[derive(Debug)]
pub(super) struct Process {
    child: Child,
    group: ProcessGroup,
    pub(super) endpoint: Endpoint,
    pub(super) current: CurrentEvent,
    /// The tasks that carry its output to the log.
    outputs: JoinSet<()>,
    /// The server of its Runtime API.
    _api: JoinSet<()>,
}

impl Process {
    /// Starts a process of a function.
    ///
    /// # Errors
    ///
    /// If there is no such program, or the machine has no room for it.
    pub(super) async fn start(
        function: &Arc<Function>,
        command: &[String],
        endpoints: &LocalEndpoints,
    ) -> io::Result<Process> {
        let listener = TcpListener::bind((Ipv4Addr::LOCALHOST, 0)).await?;
        let address = listener.local_addr()?.to_string();
        let mut child = self::command(function, command)
            .env_clear()
            .envs(environment::whole(function, endpoints, &address))
            .spawn()?;
        let group = ProcessGroup::of(&child);
        let endpoint = Endpoint::new(Arc::clone(function), endpoints.clock, false);
        let current = CurrentEvent::default();
        let mut outputs = JoinSet::new();
        if let Some(out) = child.stdout.take() {
            let (function, current) = (Arc::clone(function), current.clone());
            outputs
                .spawn(async move { output::copy(out, &function.settings.name, &current).await });
        }
        if let Some(errors) = child.stderr.take() {
            let (function, current) = (Arc::clone(function), current.clone());
            outputs.spawn(
                async move { output::copy(errors, &function.settings.name, &current).await },
            );
        }
        let mut serving = JoinSet::new();
        serving.spawn(api::serve(listener, endpoints.guard.clone(), endpoint.clone()));
        Ok(Process { child, group, endpoint, current, outputs, _api: serving })
    }

    /// Waits for the end of the process, and returns Lambda's words for it.
    pub(super) async fn ended(&mut self) -> String {
        let status = self.child.wait().await;
        // Its last lines may tell the reason.
        self.finish_output().await;
        status.map_or_else(|error| error.to_string(), in_words)
    }

    /// Ends the process at once.
    pub(super) async fn kill(mut self) {
        self.group.kill();
        let _ = self.child.kill().await;
        self.finish_output().await;
    }

    /// Asks the process to end, and kills it if it does not.
    pub(super) async fn stop(mut self) {
        self.group.ask_to_end();
        if timeout(GRACE, self.child.wait()).await.is_err() {
            self.kill().await;
        } else {
            self.finish_output().await;
        }
    }

    /// Waits until all of its output is in the log.
    async fn finish_output(&mut self) {
        let output = async { while self.outputs.join_next().await.is_some() {} };
        let _ = timeout(LAST_OUTPUT_MAX, output).await;
    }
}

fn command(function: &Function, words: &[String]) -> Command {
    let (program, arguments) =
        words.split_first().map_or(("", words), |(first, rest)| (first.as_str(), rest));
    let mut command = Command::new(program::started_as(&function.process.folder, program));
    command.args(arguments).current_dir(&function.process.folder).kill_on_drop(true);
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    // Ctrl-C at a terminal goes to the server alone, which ends its processes in its own time.
    #[cfg(unix)]
    command.process_group(0);
    command
}

/// Returns Lambda's words for the end of a process.
fn in_words(status: ExitStatus) -> String {
    #[cfg(unix)]
    if let Some(signal) = std::os::unix::process::ExitStatusExt::signal(&status) {
        let name = match signal {
            6 => "aborted".to_owned(),
            9 => "killed".to_owned(),
            11 => "segmentation fault".to_owned(),
            15 => "terminated".to_owned(),
            other => format!("signal {other}"),
        };
        return format!("Runtime exited with error: signal: {name}");
    }
    match status.code() {
        Some(0) | None => "Runtime exited without providing a reason".to_owned(),
        Some(code) => format!("Runtime exited with error: exit status {code}"),
    }
}

/// The process group of a process, which is killed when this is dropped.
#[derive(Debug)]
struct ProcessGroup {
    #[cfg(unix)]
    id: Option<rustix::process::Pid>,
}

#[cfg(unix)]
impl ProcessGroup {
    fn of(child: &Child) -> ProcessGroup {
        let id = child.id().and_then(|id| i32::try_from(id).ok());
        ProcessGroup { id: id.and_then(rustix::process::Pid::from_raw) }
    }

    fn ask_to_end(&self) {
        self.signal(rustix::process::Signal::TERM);
    }

    fn kill(&self) {
        self.signal(rustix::process::Signal::KILL);
    }

    /// The group may have ended by itself.
    fn signal(&self, signal: rustix::process::Signal) {
        if let Some(id) = self.id {
            let _ = rustix::process::kill_process_group(id, signal);
        }
    }
}

/// The process group where there is none: only the process itself is killed.
#[cfg(not(unix))]
impl ProcessGroup {
    fn of(_: &Child) -> ProcessGroup {
        ProcessGroup {}
    }

    fn ask_to_end(&self) {}

    fn kill(&self) {}
}

impl Drop for ProcessGroup {
    fn drop(&mut self) {
        self.kill();
    }
}
