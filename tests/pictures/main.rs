//! What pictures of runs look like where people look at them: in a browser.

mod deviations;
mod drawings;
mod harness;
mod mermaid;
mod page;
mod stepping;
