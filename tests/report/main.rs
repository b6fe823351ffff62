//! Tests of the pictures of runs in a browser, and of the page of an exploration.

mod deviations;
mod drawings;
mod exploration;
mod harness;
mod mermaid;
mod page;
mod stepping;
