//! What pictures of runs look like where people look at them: in a browser.

mod harness;
mod mermaid;
