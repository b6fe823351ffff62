//! The gateway's callbacks, for as many connections as a test wants.

use std::cell::{Cell, RefCell};

use hyper::header::HeaderValue;

use crate::cloud::{Answer, status};
use crate::table::number;

/// The fate of a post.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fate {
    Accepted,
    Gone,
    /// There never is an answer.
    Hangs,
}

/// A set of numbers, at a bit for each.
#[derive(Debug, Default)]
pub(crate) struct Numbers(RefCell<Vec<u64>>);

impl Numbers {
    pub(crate) fn insert(&self, number: u64) {
        let mut words = self.0.borrow_mut();
        let index = usize::try_from(number / 64).expect("a small number");
        if words.len() <= index {
            words.resize(index + 1, 0);
        }
        words[index] |= 1 << (number % 64);
    }

    pub(crate) fn len(&self) -> u64 {
        self.0.borrow().iter().map(|word| u64::from(word.count_ones())).sum()
    }
}

/// A gateway that knows the fate of every post beforehand.
#[derive(Debug)]
pub(crate) struct Gateway {
    fate: fn(u64) -> Fate,
    posts: Cell<u64>,
    recipients: Numbers,
}

impl Gateway {
    /// `fate` gets the number of the connection.
    pub(crate) fn new(fate: fn(u64) -> Fate) -> Gateway {
        Gateway { fate, posts: Cell::new(0), recipients: Numbers::default() }
    }

    /// Returns the number of posts.
    pub(crate) fn posts(&self) -> u64 {
        self.posts.get()
    }

    /// Returns the number of connections that had a post accepted.
    pub(crate) fn recipients(&self) -> u64 {
        self.recipients.len()
    }

    /// Answers a post to the connection whose id, escaped, is `id`.
    pub(crate) async fn answer(&self, id: &str) -> Answer {
        self.posts.set(self.posts.get() + 1);
        let number = number(&id.replace("%3D", "="));
        match (self.fate)(number) {
            Fate::Accepted => {
                self.recipients.insert(number);
                status(200)
            }
            Fate::Gone => gone(),
            Fate::Hangs => std::future::pending().await,
        }
    }
}

/// FACTS 3.5.
fn gone() -> Answer {
    let mut answer = status(410);
    answer.headers_mut().insert("x-amzn-errortype", HeaderValue::from_static("GoneException"));
    answer
}
