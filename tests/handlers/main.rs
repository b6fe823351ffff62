//! Tests of the handlers: every call they make, and every answer they give.

mod any_event;
mod broadcast;
mod connect;
mod disconnect;
mod fallback;
mod message;
mod scale;
mod services;
mod settings;
mod situations;
mod steps;
mod support;
mod time;
