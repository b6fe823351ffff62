//! The pictures of a run that `replay` was asked for.

use std::fs;
use std::path::Path;

use stormglass_sim::report::picture::Picture;

use crate::arguments::PictureArguments;
use crate::outcome::SimError;
use crate::output::print;

/// Writes the picture to each file that the arguments name, and prints the Mermaid diagram.
///
/// # Errors
///
/// If a file cannot be written.
pub(crate) fn draw(arguments: &PictureArguments, picture: &Picture<'_>) -> Result<(), SimError> {
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

fn write(path: &Path, text: &str) -> Result<(), SimError> {
    fs::write(path, text).map_err(SimError::io(format!("cannot write {}", path.display())))
}
