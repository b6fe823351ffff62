//! Functions that are programs, served by the very program that people start.
//!
//! - `file`, `keys`: what may be wrong with a file of functions, and the page of its keys;
//! - `processes`: processes that the server starts, and what becomes of those that fail;
//! - `restart`: functions that start again, when they are told to or when their files change;
//! - `ending`: that no process outlives the server;
//! - `log`: what the log says of answers and of calls that are wrong;
//! - `by_hand`: the Runtime API, to processes that these tests are;
//! - `secured`: `https://` and `wss://`;
//! - `examples`, `rust`: real functions, unmodified;
//! - `bootstrap`: the runtime for Node that is among the examples;
//! - `function`: the function that most tests serve;
//! - `server`, `http`: the server, its clients, and a client of HTTP.

mod bootstrap;
mod by_hand;
mod ending;
mod examples;
mod file;
mod function;
pub(crate) mod http;
mod keys;
mod log;
mod processes;
mod restart;
mod rust;
mod secured;
pub(crate) mod server;
