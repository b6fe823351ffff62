//! Programs of WebSocket clients, without IO.
//!
//! A [`Program`] is the code between the user of an application and its socket: it connects, comes
//! back after the end of a connection, waits for replies, puts messages in order. It gets events
//! and answers with actions, and knows no socket and no clock. The same program runs in a
//! simulation, where the schedule decides when its timers fire, and on real sockets.
//!
//! [`ReconnectingProgram`] is a program that many applications can use as it is.
//!
//! | module | contents |
//! |---|---|
//! | `program` | the interface: events, actions, and the request for a connection |
//! | `reconnecting` | a program that reconnects, resumes, waits for replies and orders messages |

mod program;
mod reconnecting;

pub use program::{Action, Event, Program, Request};
pub use reconnecting::ReconnectingProgram;
