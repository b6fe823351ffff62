//! The status page of a server, and the record under it.
//!
//! - `record`: what a server has seen, judged by the promises that judge a simulation;
//! - `answers`: methods, paths, hosts and origins, and what the page is told;
//! - `page`: the page in a browser;
//! - `served`: a server with its clients.

mod answers;
mod page;
mod record;
pub(crate) mod served;
