//! A patch of the catalogue: the promise that it breaks, the mistake, and the diff.

use std::fs;
use std::path::Path;

/// The beginning of the line that names the promise.
const BREAKS: &str = "Breaks: ";

/// A mutation: the promise that it breaks, the mistake of a programmer, and a diff of one file.
#[derive(Debug)]
pub(crate) struct Patch {
    /// The name of the file of the patch, without `.patch`.
    pub(crate) name: String,
    /// The id of the promise that it must break.
    pub(crate) promise: String,
    /// The mistake of the programmer, in one sentence.
    pub(crate) mistake: String,
    diff: String,
}

impl Patch {
    /// Reads every patch of a folder, and sorts them by promise and name.
    pub(crate) fn read_all(folder: &Path) -> Result<Vec<Patch>, String> {
        let problem = |error| format!("{}: {error}", folder.display());
        let mut patches = Vec::new();
        for entry in fs::read_dir(folder).map_err(problem)? {
            let path = entry.map_err(problem)?.path();
            let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
            let Some(name) = name.strip_suffix(".patch") else { continue };
            let text = fs::read_to_string(&path).map_err(problem)?;
            patches.push(Patch::parse(name, &text)?);
        }
        patches.sort_by(|a, b| (&a.promise, &a.name).cmp(&(&b.promise, &b.name)));
        Ok(patches)
    }

    /// Reads the text of a patch.
    pub(crate) fn parse(name: &str, text: &str) -> Result<Patch, String> {
        let wrong = |problem: &str| format!("the mutation {name}: {problem}");
        let (head, diff) = text
            .find("\n--- a/")
            .map(|at| (&text[..at], &text[at + 1..]))
            .ok_or_else(|| wrong("no diff, which begins with `--- a/`"))?;
        let (first, rest) = head.split_once('\n').unwrap_or((head, ""));
        let promise = first
            .strip_prefix(BREAKS)
            .ok_or_else(|| wrong("its first line must be `Breaks: ` and the id of a promise"))?;
        let mistake = rest.split_whitespace().collect::<Vec<_>>().join(" ");
        if mistake.is_empty() {
            return Err(wrong("it does not describe the mistake of a programmer"));
        }
        Ok(Patch {
            name: name.to_owned(),
            promise: promise.to_owned(),
            mistake,
            diff: diff.to_owned(),
        })
    }

    /// Returns the name of the module of the mutant.
    pub(crate) fn module_name(&self) -> String {
        self.name.replace('-', "_")
    }

    /// Returns the path of the file that the diff changes.
    pub(crate) fn file(&self) -> &str {
        let line = self.diff.lines().next().unwrap_or_default();
        line.strip_prefix("--- a/").unwrap_or_default()
    }

    /// Returns the text of its file with the mutation. The lines that the diff shows must be in the
    /// file unchanged, and in one place only; their numbers do not matter.
    pub(crate) fn apply(&self, text: &str) -> Result<String, String> {
        let (name, file) = (&self.name, self.file());
        let patch = diffy::Patch::from_str(&self.diff)
            .map_err(|error| format!("the mutation {name} is no diff: {error}"))?;
        for (hunk, number) in patch.hunks().iter().zip(1..) {
            let places = text.matches(&before(hunk)).count();
            if places != 1 {
                let problem = match places {
                    0 => "no longer applies: the lines that it changes are not there any more",
                    _ => "is ambiguous: the lines that it changes are there more than once",
                };
                return Err(format!(
                    "the mutation {name} {problem} (hunk {number}, {file}); write \
                     sim/apps/mutations/{name}.patch anew"
                ));
            }
        }
        diffy::apply(text, &patch)
            .map_err(|error| format!("the mutation {name} does not apply to {file}: {error}"))
    }
}

/// Returns the lines of a hunk before the change.
fn before(hunk: &diffy::Hunk<'_, str>) -> String {
    let lines = hunk.lines().iter().filter_map(|line| match line {
        diffy::Line::Context(text) | diffy::Line::Delete(text) => Some(*text),
        diffy::Line::Insert(_) => None,
    });
    lines.collect()
}
