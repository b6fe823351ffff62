//! The files that a broken promise leaves in `target/sim`: its case, its diagram, and a page that
//! steps through the run. Their names come from the promise and the trace, so the same run always
//! has the same files.

use std::collections::BTreeMap;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use stormglass_sim::Run;
use stormglass_sim::report::Files;
use stormglass_sim::report::kept::KeptCase;
use stormglass_sim::report::picture::Picture;
use stormglass_spec::Violation;

use crate::output::note;
use crate::workspace;

/// The kinds of the files of a run, which are the ends of their names.
const KINDS: [&str; 3] = ["case", "svg", "html"];

/// The number of runs whose files stay in the folder.
const RUNS_MAX: usize = 50;

/// The paths of the files of a run, relative to the current directory.
#[derive(Debug)]
pub(crate) struct FailureFiles {
    case: String,
    picture: String,
    page: String,
}

impl FailureFiles {
    /// Stores a run. A file that cannot be written is only noted: the report is complete without
    /// it.
    pub(crate) fn store(
        run: &Run,
        violation: &Violation,
        app: &str,
        replay: &str,
    ) -> Option<FailureFiles> {
        let folder = workspace::output().inspect_err(|error| note!("note: {error}")).ok()?;
        let stem = format!("{}-{:08x}", violation.property, run.trace_hash >> 32);
        let picture = Picture::of(run, app).replayed_by(replay);
        let case = KeptCase { case: &run.case, app, violation: Some(violation) };
        let write = |kind: &str, text: &str| {
            let path = folder.join(format!("{stem}.{kind}"));
            match workspace::write_whole(&path, text) {
                Ok(()) => Some(path.display().to_string()),
                Err(error) => {
                    note!("note: cannot write {}: {error}", path.display());
                    None
                }
            }
        };
        let [of_case, of_picture, of_page] = KINDS;
        let files = FailureFiles {
            case: write(of_case, &case.to_string())?,
            picture: write(of_picture, &picture.svg())?,
            page: write(of_page, &picture.html())?,
        };
        if let Err(error) = remove_oldest(&folder, RUNS_MAX) {
            note!("note: cannot clear {}: {error}", folder.display());
        }
        Some(files)
    }

    /// Returns the paths, for a report.
    pub(crate) fn paths(&self) -> Files<'_> {
        Files { case: &self.case, picture: &self.picture, page: &self.page }
    }
}

/// Removes the files of all runs but the last `runs_max`. It leaves files with other names.
fn remove_oldest(folder: &Path, runs_max: usize) -> io::Result<()> {
    let mut runs: BTreeMap<String, (SystemTime, Vec<PathBuf>)> = BTreeMap::new();
    for entry in fs::read_dir(folder)? {
        let entry = entry?;
        let name = entry.file_name().to_string_lossy().into_owned();
        let Some(stem) = stem_of(&name) else { continue };
        let written = entry.metadata()?.modified()?;
        let (last, paths) = runs.entry(stem.to_owned()).or_insert((written, Vec::new()));
        *last = written.max(*last);
        paths.push(entry.path());
    }
    let mut runs: Vec<_> = runs.into_values().collect();
    runs.sort_unstable_by(|(one, _), (other, _)| other.cmp(one));
    for path in runs.into_iter().skip(runs_max).flat_map(|(_, paths)| paths) {
        match fs::remove_file(&path) {
            // Another search clears the same folder.
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            removed => removed?,
        }
    }
    Ok(())
}

/// Returns the stem of a name as [`FailureFiles::store`] makes it: `delivered-0eb6da6e`.
fn stem_of(name: &str) -> Option<&str> {
    let (stem, kind) = name.rsplit_once('.')?;
    let (_, hash) = stem.rsplit_once('-')?;
    let is_hash = hash.len() == 8 && hash.bytes().all(|byte| byte.is_ascii_hexdigit());
    (KINDS.contains(&kind) && is_hash).then_some(stem)
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn the_files_of_the_last_runs_stay_and_other_files_as_well() {
        let folder = std::env::temp_dir().join(format!("stormglass-finds-{}", std::process::id()));
        fs::create_dir_all(&folder).expect("a temporary folder");
        let write = |name: &str, age_s: u64| {
            let file = fs::File::create(folder.join(name)).expect("a file");
            let written = SystemTime::UNIX_EPOCH + Duration::from_secs(1_000_000 - age_s);
            file.set_modified(written).expect("a time");
        };
        for (age_s, stem) in
            ["in-time-00000003", "delivered-00000002", "in-time-00000001"].into_iter().enumerate()
        {
            for kind in KINDS {
                write(&format!("{stem}.{kind}"), u64::try_from(age_s).expect("small"));
            }
        }
        for name in ["exploration.html", "known-bad.json", "mine.svg", "mine-0000000g.case"] {
            write(name, 100);
        }
        remove_oldest(&folder, 2).expect("a folder that can be cleared");
        let entries = fs::read_dir(&folder).expect("the folder");
        let names = entries.map(|entry| entry.expect("an entry").file_name());
        let mut names: Vec<String> =
            names.map(|name| name.into_string().expect("a name of Unicode")).collect();
        names.sort_unstable();
        assert_eq!(
            names,
            [
                "delivered-00000002.case",
                "delivered-00000002.html",
                "delivered-00000002.svg",
                "exploration.html",
                "in-time-00000003.case",
                "in-time-00000003.html",
                "in-time-00000003.svg",
                "known-bad.json",
                "mine-0000000g.case",
                "mine.svg",
            ]
        );
        fs::remove_dir_all(&folder).expect("it can go");
    }
}
