//! `cargo probe`: real clients hold a live endpoint to the promises.
//!
//! Exit codes: 0 no promise is broken, 1 one is, 2 wrong use, which an endpoint that nobody serves
//! counts as, 3 the machine failed, or nothing was put to the test.

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
use clap::Parser;
use tokio::time::interval;

use arguments::Arguments;
use progress::Progress;

/// How often progress is shown.
const LOOK_EVERY: Duration = Duration::from_millis(100);

/// What keeps a probe from its end.
#[derive(Debug, thiserror::Error)]
enum CommandError {
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

impl CommandError {
    fn exit_code(&self) -> ExitCode {
        match self {
            CommandError::Target(_) | CommandError::Format(_) | CommandError::Unreachable(_) => {
                ExitCode::from(2)
            }
            CommandError::Io { .. } => ExitCode::from(3),
        }
    }
}

/// Runs `cargo probe` with the arguments of this process.
pub fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let probed = runtime
        .map_err(|source| CommandError::Io { what: "no threads can be started".into(), source })
        .and_then(|runtime| runtime.block_on(probe(&arguments)));
    probed.unwrap_or_else(|error| {
        // Nobody may read it.
        let _ = writeln!(io::stderr(), "error: {error}");
        error.exit_code()
    })
}

async fn probe(arguments: &Arguments) -> Result<ExitCode, CommandError> {
    let target = Target::parse(&arguments.url)?;
    let format = match &arguments.message_format {
        Some(path) => MessageFormat::read(path)?,
        None => MessageFormat::default(),
    };
    let seed = arguments.seed.unwrap_or_else(|| fastrand::u32(..).into());
    let settings = arguments.settings(seed);
    let seen = watch(arguments, &target, &format, seed).await?;
    let verdicts = judge(&seen, &format, arguments.assumptions(), settings.settle);
    let again = arguments.again(seed);
    let pictures = draw(&verdicts, target.address(), &again)?;
    let report = ProbeReport {
        address: target.address(),
        settings,
        again: &again,
        is_whole: seen.is_whole,
        verdicts: &verdicts,
        first: seen.first(),
        figures: &Figures::of(&seen, &format),
        pictures: &pictures,
    };
    print(&report, arguments.json);
    Ok(match (report.is_broken(), report.is_vacuous()) {
        (true, _) => ExitCode::from(1),
        (false, true) => ExitCode::from(3),
        (false, false) => ExitCode::SUCCESS,
    })
}

/// Runs the workload, and shows how far it is.
async fn watch(
    arguments: &Arguments,
    target: &Target,
    format: &MessageFormat,
    seed: u64,
) -> Result<ProbeRun, CommandError> {
    let settings = arguments.settings(seed);
    let workload = Workload::new(seed, settings.clients, settings.messages, format);
    let mut progress = Progress::new(workload.messages());
    let sent = Arc::new(AtomicU64::new(0));
    let mut looks = interval(LOOK_EVERY);
    let running = run(target, format, &settings, Arc::clone(&sent), interrupted());
    let mut running = std::pin::pin!(running);
    let seen = loop {
        tokio::select! {
            biased;
            seen = &mut running => break seen,
            _ = looks.tick() => progress.show(sent.load(Ordering::Relaxed)),
        }
    };
    progress.finish();
    Ok(seen?)
}

/// Completes on Ctrl-C. Where no handler can be had, Ctrl-C ends the process at once.
async fn interrupted() {
    if tokio::signal::ctrl_c().await.is_err() {
        pending().await
    }
}

/// Draws what is broken.
fn draw(
    verdicts: &[PropertyVerdict],
    address: &str,
    again: &str,
) -> Result<Vec<(&'static str, String)>, CommandError> {
    let mut pictures = Vec::new();
    for verdict in verdicts {
        let Some(found) = verdict.found.as_ref().filter(|found| found.is_certain) else { continue };
        let id = verdict.judged.property.id;
        let folder = Path::new("target").join("probe");
        let path: PathBuf = folder.join(format!("{id}.svg"));
        let svg = picture(found, address, again);
        let written = fs::create_dir_all(&folder).and_then(|()| fs::write(&path, svg));
        let what = || format!("cannot write {}", path.display());
        written.map_err(|source| CommandError::Io { what: what(), source })?;
        pictures.push((id, path.display().to_string()));
    }
    Ok(pictures)
}

/// Whoever reads it may have gone; the exit code still tells what was found.
fn print(report: &ProbeReport<'_>, is_json: bool) {
    let mut out = anstream::stdout().lock();
    let _ = match is_json {
        true => report.json().iter().try_for_each(|object| writeln!(out, "{object}")),
        false => write!(out, "{report}"),
    };
}
