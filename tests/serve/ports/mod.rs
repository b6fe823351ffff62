//! The simulated services on a port, byte by byte and through the AWS SDK.
//!
//! - `http`: methods, paths, types of a body and headers;
//! - `order`: which of several mistakes is complained of;
//! - `signature`: what is asked of a signature;
//! - `pages`: the headers that let pages of other origins read answers;
//! - `connections`: bad input, keep-alive, the end of a server;
//! - `sdk`: the SDK's client, over a socket;
//! - `gateway`: WebSockets, `@connections` and functions.

mod connections;
mod gateway;
mod http;
mod order;
mod pages;
mod sdk;
mod signature;
mod wire;
