//! Mermaid, asked whether it can draw a text: in the browser that it is made for.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use serde_json::json;

use crate::browser::{self, Browser};

/// Where `.ci/run` installs it, from this package.
const INSTALLED: &str = "../target/mermaid";

/// What of it a page loads.
const SCRIPT: &str = "node_modules/mermaid/dist/mermaid.min.js";

/// Draws a diagram as GitHub does; gives the error, or null.
const DRAW: &str = "
    const [text] = arguments;
    mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
    const drawn = mermaid.parse(text).then(() => mermaid.render('diagram', text));
    return drawn.then(() => null, (error) => String(error && error.message || error));
";

/// What is wrong with the text of a diagram, in Mermaid's words; `None` where it can be drawn.
///
/// Where Mermaid is not installed, that is said on standard error, and nothing is found wrong: ask
/// [`is_installed`] where that matters.
///
/// # Panics
///
/// If it is not installed although it must be (see [`browser::is_required`]).
pub fn problem(browser: &Browser, text: &str) -> Option<String> {
    let Some(script) = script() else {
        browser::skip("no Mermaid in target/mermaid (`.ci/run` installs it with npm)");
        return None;
    };
    open(browser, &script);
    browser.run(DRAW, &[json!(text)]).as_str().map(str::to_owned)
}

/// Whether Mermaid is where `STORMGLASS_MERMAID` says, or where `.ci/run` installs it.
pub fn is_installed() -> bool {
    script().is_some()
}

fn script() -> Option<PathBuf> {
    let folder = match env::var_os("STORMGLASS_MERMAID") {
        Some(folder) => PathBuf::from(folder),
        None => Path::new(env!("CARGO_MANIFEST_DIR")).join(INSTALLED),
    };
    let script = fs::canonicalize(folder.join(SCRIPT)).ok()?;
    script.is_file().then_some(script)
}

/// Opens a page that has it.
fn open(browser: &Browser, script: &Path) {
    let page = format!(
        "<!doctype html><meta charset=utf-8><title>Mermaid</title>\n\
         <script src=\"file://{}\"></script>\n",
        script.display()
    );
    let path = browser.folder().join("mermaid.html");
    fs::write(&path, page).expect("a temporary file");
    browser.open_file(&path, (800, 600));
}
