//! `cargo probe`, the command.
//!
//! Exit codes: 0 no promise is broken, 1 a promise is broken, 2 wrong use, which an address without
//! an endpoint counts as, 3 the machine failed, or nothing was put to the test.

mod arguments;
mod progress;

use std::fs;
use std::future::pending;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use crate::report::{ProbeReport, picture};
use crate::{
    Figures, FormatError, MessageFormat, ProbeRun, PropertyVerdict, Target, TargetError,
    UnreachableError, Workload, judge, run,
};
use tokio::time::interval;

use arguments::ProbeArguments;
use progress::Progress;

/// The time between two looks at the progress.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// The reason why a probe fails.
#[derive(Debug, thiserror::Error)]
enum ProbeCommandError {
    #[error(transparent)]
    Target(#[from] TargetError),
    #[error(transparent)]
    Format(#[from] FormatError),
    #[error(transparent)]
    Unreachable(#[from] UnreachableError),
    /// The machine failed.
    #[error("{what}: {source}")]
    Io { what: String, source: io::Error },
}

impl ProbeCommandError {
    fn exit_code(&self) -> ExitCode {
        match self {
            ProbeCommandError::Target(_)
            | ProbeCommandError::Format(_)
            | ProbeCommandError::Unreachable(_) => ExitCode::from(2),
            ProbeCommandError::Io { .. } => ExitCode::from(3),
        }
    }
}

/// Runs `cargo probe` with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = ProbeArguments::parse_checked();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let probed = runtime
        .map_err(|source| ProbeCommandError::Io {
            what: "no threads can be started".into(),
            source,
        })
        .and_then(|runtime| {
            let probed = runtime.block_on(probe(&arguments));
            // A name that is still being looked up would hold the process back.
            runtime.shutdown_background();
            probed
        });
    probed.unwrap_or_else(|error| {
        // The reader of standard error may be gone.
        let _ = writeln!(io::stderr(), "error: {error}");
        error.exit_code()
    })
}

async fn probe(arguments: &ProbeArguments) -> Result<ExitCode, ProbeCommandError> {
    let target = Target::parse(&arguments.url)?;
    let format = match &arguments.message_format {
        Some(path) => MessageFormat::read(path)?,
        None => MessageFormat::default(),
    };
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u32(..).into());
    let settings = arguments.settings(seed);
    let run = watch(arguments, &target, &format, seed).await?;
    let verdicts = judge(&run, &format, arguments.assumptions(), settings.settle);
    let again = arguments.again(seed);
    let pictures = draw(&verdicts, target.address(), &again)?;
    let report = ProbeReport {
        address: target.address(),
        settings,
        again: &again,
        is_whole: run.is_whole,
        verdicts: &verdicts,
        first_message: run.first_message(),
        figures: &Figures::of(&run, &format),
        pictures: &pictures,
    };
    print(&report, arguments.json);
    Ok(match (report.is_broken(), report.is_vacuous()) {
        (true, _) => ExitCode::from(1),
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// Runs the workload, and shows its progress.
async fn watch(
    arguments: &ProbeArguments,
    target: &Target,
    format: &MessageFormat,
    seed: u64,
) -> Result<ProbeRun, ProbeCommandError> {
    let settings = arguments.settings(seed);
    let workload = Workload::new(seed, settings.clients, settings.messages, format);
    let mut progress = Progress::new(workload.messages());
    let sent = Arc::new(AtomicU64::new(0));
    let mut looks = interval(LOOK_EVERY);
    let running = run(target, format, &settings, Arc::clone(&sent), interrupted());
    let mut running = std::pin::pin!(running);
    let run = loop {
        tokio::select! {
            biased;
            run = &mut running => break run,
            _ = looks.tick() => progress.show(sent.load(Ordering::Relaxed)),
        }
    };
    progress.finish();
    Ok(run?)
}

/// Completes on Ctrl-C. Where no handler can be had, Ctrl-C ends the process at once.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending().await
    }
}

/// Draws broken promises, each into a file, and returns the paths.
fn draw(
    verdicts: &[PropertyVerdict],
    address: &str,
    again: &str,
) -> Result<Vec<(&'static str, String)>, ProbeCommandError> {
    let mut pictures = Vec::new();
    for verdict in verdicts {
        let Some(evidence) = verdict.evidence.as_ref().filter(|evidence| evidence.is_certain)
        else {
            continue;
        };
        let id = verdict.judged.property.id;
        let folder = Path::new("target").join("probe");
        let path: PathBuf = folder.join(format!("{id}.svg"));
        let svg = picture(evidence, address, again);
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, svg));
        let what = || format!("cannot write {}", path.display());
        written.map_err(|source| ProbeCommandError::Io { what: what(), source })?;
        pictures.push((id, path.display().to_string()));
    }
    Ok(pictures)
}

/// Prints the report. If its reader is gone, the exit code still tells the verdict.
fn print(report: &ProbeReport<'_>, is_json: bool) {
    let mut out = anstream::stdout().lock();
    let _ = if is_json {
        report.json().iter().try_for_each(|object| writeln!(out, "{object}"))
    } else {
        write!(out, "{report}")
    };
}
