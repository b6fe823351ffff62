//! Mermaid, asked whether it can draw a text: in the browser that it is made for.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::browser::Browser;

/// Draws a diagram as GitHub does; gives the error, or null.
const DRAW: &str = "
    const [text] = arguments;
    mermaid.initialize({ startOnLoad: false, securityLevel: 'strict' });
    const drawn = mermaid.parse(text).then(() => mermaid.render('diagram', text));
    return drawn.then(() => null, (error) => String(error && error.message || error));
";

/// Returns the problem of a diagram, in Mermaid's words; `None` if Mermaid can draw it.
///
/// Without Mermaid, a message on standard error says so and nothing is found wrong: ask
/// [`is_installed`] where that matters.
///
/// # Panics
///
/// If it is not installed although it must be (see [`needs::is_required`]).
pub fn problem(browser: &Browser, text: &str) -> Option<String> {
    if !needs::MERMAID.is_met() {
        return None;
    }
    let script = needs::find_mermaid()?;
    open(browser, &script);
    browser.run(DRAW, &[json!(text)]).as_str().map(str::to_owned)
}

/// True if Mermaid is where `STORMGLASS_MERMAID` says, or where `.ci/run` installs it.
pub fn is_installed() -> bool {
    needs::find_mermaid().is_some()
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
