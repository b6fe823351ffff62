//! `measure`: prints the measures of a workspace.
//!
//! Exit codes: 0 it is printed, 2 wrong use, which a folder that cannot be read counts as.

use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use stormglass_measure::{Package, Workspace, report};

const USAGE: &str = "usage: measure [FOLDER] [--tests] [--arrows PACKAGE] [--words PACKAGE]";

/// The parts of the command line.
#[derive(Debug)]
struct Arguments {
    folder: PathBuf,
    with_tests: bool,
    arrows: Option<String>,
    words: Option<String>,
}

fn main() -> ExitCode {
    let text = match parse(std::env::args().skip(1)).and_then(|arguments| measure(&arguments)) {
        Ok(text) => text,
        Err(message) => {
            let _ = writeln!(io::stderr(), "measure: {message}");
            return ExitCode::from(2);
        }
    };
    // A reader that has seen enough closes the pipe.
    let _ = io::stdout().write_all(text.as_bytes());
    ExitCode::SUCCESS
}

fn parse(mut words: impl Iterator<Item = String>) -> Result<Arguments, String> {
    let mut folder = None;
    let mut arguments =
        Arguments { folder: ".".into(), with_tests: false, arrows: None, words: None };
    while let Some(word) = words.next() {
        let mut value = || words.next().ok_or(format!("{word} needs a package; {USAGE}"));
        match word.as_str() {
            "--tests" => arguments.with_tests = true,
            "--arrows" => arguments.arrows = Some(value()?),
            "--words" => arguments.words = Some(value()?),
            _ if word.starts_with('-') => return Err(format!("no option {word}; {USAGE}")),
            _ if folder.is_some() => return Err(format!("a second folder {word}; {USAGE}")),
            _ => folder = Some(PathBuf::from(word)),
        }
    }
    arguments.folder = folder.unwrap_or(arguments.folder);
    Ok(arguments)
}

fn measure(arguments: &Arguments) -> Result<String, String> {
    let workspace = Workspace::read(&arguments.folder).map_err(|error| error.to_string())?;
    let find = |name: &String| find(&workspace, name);
    let mut text = String::new();
    if let Some(name) = &arguments.arrows {
        text += &report::arrows(find(name)?);
    }
    if let Some(name) = &arguments.words {
        text += &report::words(find(name)?);
    }
    if arguments.arrows.is_none() && arguments.words.is_none() {
        text = report::tables(&workspace, arguments.with_tests);
    }
    Ok(text)
}

fn find<'a>(workspace: &'a Workspace, name: &str) -> Result<&'a Package, String> {
    workspace.packages.get(name).ok_or_else(|| {
        let names: Vec<&str> = workspace.packages.keys().map(String::as_str).collect();
        format!("no package {name}; there are {}", names.join(", "))
    })
}
