//! Pictures of a run, in files and on the terminal.

use std::fs;
use std::path::Path;

use stormglass_sim::report::picture::Picture;

use crate::CommandError;
use crate::arguments::PictureArguments;
use crate::output::print;

/// Draws a run in all the ways that were asked for.
pub(crate) fn draw(
    arguments: &PictureArguments,
    picture: &Picture<'_>,
) -> Result<(), CommandError> {
    if let Some(path) = &arguments.svg {
        write(path, &picture.svg())?;
    }
    if let Some(path) = &arguments.html {
        write(path, &picture.html())?;
    }
    if arguments.mermaid {
        print(format_args!("{}", picture.mermaid()));
    }
    Ok(())
}

/// Writes a file that somebody asked for.
fn write(path: &Path, text: &str) -> Result<(), CommandError> {
    let what = || format!("cannot write {}", path.display());
    fs::write(path, text).map_err(|source| CommandError::Io { what: what(), source })
}
