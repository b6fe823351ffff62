//! The gateway on a port, as clients and functions meet it.
//!
//! - `broadcasts`: the production handlers, from one client to all;
//! - `door`: what comes of a request for a socket;
//! - `frames`: what a client may send, and what it may not;
//! - `closing`: every way in which a connection ends;
//! - `management`: `@connections` through the AWS SDK, and without it;
//! - `functions`: what becomes of functions that fail, hang or leave work behind;
//! - `faults`: what goes wrong on purpose;
//! - `one_gateway`: that there is no second one;
//! - `doorman`, `served`: an application that does as it is told, and a server with its clients.

mod broadcasts;
mod closing;
mod door;
mod doorman;
mod faults;
mod frames;
mod functions;
mod management;
mod one_gateway;
mod served;
