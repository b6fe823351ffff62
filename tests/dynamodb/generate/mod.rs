//! Tables and requests: few attributes and few values, so that requests meet each other's effects.
//!
//! - `shape`: keys and indexes of a table;
//! - `value`: values of attributes, keys, items;
//! - `path`, `condition`, `update`: expressions, before they are text;
//! - `placeholders`: expressions as text;
//! - `write`, `read`, `batch`: requests;
//! - `broken`: requests that have something wrong with them.

mod batch;
mod broken;
mod condition;
mod path;
mod placeholders;
mod read;
mod shape;
mod update;
mod value;
mod write;

use std::fmt;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::Value as Json;

pub(crate) use shape::{Shape, TABLE};

/// The most requests of one sequence.
const REQUESTS_MAX: usize = 14;

/// A table and what is asked of it, in order.
#[derive(Clone)]
pub(crate) struct Case {
    pub(crate) shape: Shape,
    pub(crate) requests: Vec<Request>,
}

/// One request.
#[derive(Clone)]
pub(crate) struct Request {
    pub(crate) operation: &'static str,
    pub(crate) body: Json,
    /// True if the body was broken on purpose.
    pub(crate) is_broken: bool,
}

impl Request {
    pub(crate) fn new(operation: &'static str, body: Json) -> Request {
        Request { operation, body, is_broken: false }
    }
}

impl fmt::Debug for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "CreateTable {}", self.shape.definition())?;
        self.requests.iter().try_for_each(|request| write!(f, "\n{request:?}"))
    }
}

impl fmt::Debug for Request {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} {}", self.operation, self.body)
    }
}

pub(crate) fn case() -> impl Strategy<Value = Case> {
    shape::shape().prop_flat_map(|shape| {
        let request = broken::sometimes(request(shape));
        let requests = vec(request, 1..=REQUESTS_MAX);
        requests.prop_map(move |requests| Case { shape, requests })
    })
}

fn request(shape: Shape) -> impl Strategy<Value = Request> {
    prop_oneof![
        6 => write::put(shape),
        6 => write::update(shape),
        2 => write::delete(shape),
        2 => read::get(shape),
        4 => read::query(shape),
        3 => read::scan(shape),
        1 => batch::batch_get(shape),
        2 => batch::batch_write(shape),
        1 => batch::transact_get(shape),
        3 => batch::transact_write(shape),
    ]
}
