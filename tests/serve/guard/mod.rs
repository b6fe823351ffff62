//! Requests of pages and for hosts that are no business of a server's.
//!
//! - `ports`: hosts and origins at every port of the program;
//! - `browser`: a page of a stranger in a browser.

mod browser;
mod ports;
