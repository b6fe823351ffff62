//! What people look at: pictures of runs in a browser, and the page of an exploration.

mod deviations;
mod drawings;
mod exploration;
mod harness;
mod mermaid;
mod page;
mod stepping;
