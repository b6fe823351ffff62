//! The catalogue of faults: for each fault its sites, the facts that make it legal, and its rarity.

use std::fmt;

use super::{Fault, Site};

/// A fault at one site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Entry {
    /// The site at which the fault strikes.
    pub site: Site,
    /// The fault.
    pub fault: Fault,
    /// The rows of the project's collected facts about AWS that make the fault legal.
    pub facts: &'static str,
    /// The frequency of the fault in production.
    pub rarity: Rarity,
    /// The effect that shows that the fault mattered, in words.
    pub witness: &'static str,
}

/// The frequency of a fault in production.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Rarity {
    /// The fault strikes somewhere among a million requests, on any day.
    Daily,
    /// The fault strikes each time that load reaches a quota or a table's capacity.
    UnderLoad,
    /// The fault strikes for minutes at a time, during an outage.
    Incident,
    /// The frequency is not published; the fault may never happen.
    Unknown,
}

impl fmt::Display for Rarity {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Rarity::Daily => "daily",
            Rarity::UnderLoad => "under load",
            Rarity::Incident => "incident",
            Rarity::Unknown => "unknown",
        })
    }
}

/// Returns the index of an entry in [`ALL`].
pub fn place(site: Site, fault: Fault) -> Option<usize> {
    ALL.iter().position(|entry| entry.site == site && entry.fault == fault)
}

const fn entry(
    site: Site,
    fault: Fault,
    facts: &'static str,
    rarity: Rarity,
    witness: &'static str,
) -> Entry {
    Entry { site, fault, facts, rarity, witness }
}

/// The entries for every fault at every site where it strikes.
#[rustfmt::skip]
pub const ALL: [Entry; 75] = [
    entry(
        Site::Handshake, Fault::Throttled, "1, 3.1", Rarity::UnderLoad,
        "the client got a 429",
    ),
    entry(
        Site::Message, Fault::Throttled, "3.1", Rarity::UnderLoad,
        "no function ran, and the client was told",
    ),
    entry(
        Site::Invocation, Fault::Throttled, "2.5, 4.9", Rarity::UnderLoad,
        "the function never ran",
    ),
    entry(
        Site::Invocation, Fault::Error, "2.5", Rarity::Incident,
        "the function never ran",
    ),
    entry(
        Site::Invocation, Fault::Crash, "1.4, 2.5", Rarity::Daily,
        "the function died before it did anything",
    ),
    entry(
        Site::Invocation, Fault::Duplicate, "4.7", Rarity::Unknown,
        "the function ran twice",
    ),
    entry(
        Site::Invocation, Fault::Cold, "4.2", Rarity::Daily,
        "the function ran in a sandbox without a past",
    ),
    entry(
        Site::Disconnect, Fault::Throttled, "4.9", Rarity::UnderLoad,
        "a row stayed without its connection",
    ),
    entry(
        Site::Disconnect, Fault::Error, "4.9", Rarity::Incident,
        "a row stayed without its connection",
    ),
    entry(
        Site::Disconnect, Fault::Crash, "1.11", Rarity::Daily,
        "the function died before it did anything",
    ),
    entry(
        Site::Disconnect, Fault::Duplicate, "4.7", Rarity::Unknown,
        "the function ran twice",
    ),
    entry(
        Site::Disconnect, Fault::Cold, "4.2", Rarity::Daily,
        "the function ran in a sandbox without a past",
    ),
    entry(
        Site::Disconnect, Fault::Dropped, "1.11, 1.14", Rarity::Daily,
        "a row stayed without its connection",
    ),
    entry(
        Site::Answer, Fault::ReplyLost, "2.5, 4.8", Rarity::Incident,
        "the function had ended well, and the gateway did not know",
    ),
    entry(
        Site::Write, Fault::Throttled, "6.2, 6.8, 6.9", Rarity::UnderLoad,
        "the caller was refused",
    ),
    entry(
        Site::Write, Fault::Error, "6.2, 6.13", Rarity::Daily,
        "the caller was refused",
    ),
    entry(
        Site::Write, Fault::ErrorAfter, "6.13", Rarity::Incident,
        "the row was written, and the caller was told of a failure",
    ),
    entry(
        Site::Write, Fault::RequestLost, "3.6, 6.2", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::Write, Fault::ReplyLost, "6.2", Rarity::Daily,
        "the row was written, and the caller lost its connection",
    ),
    entry(
        Site::Write, Fault::Hang, "3.6", Rarity::Incident,
        "the caller had to do without an answer",
    ),
    entry(
        Site::Write, Fault::HangAfter, "3.6, 6.2", Rarity::Incident,
        "the row was written, and the caller had to do without an answer",
    ),
    entry(
        Site::Write, Fault::Crash, "2.5, 4.8", Rarity::Incident,
        "the function died with its write under way",
    ),
    entry(
        Site::Read, Fault::Throttled, "6.2, 6.8, 6.9", Rarity::UnderLoad,
        "the caller was refused",
    ),
    entry(
        Site::Read, Fault::Error, "6.2", Rarity::Daily,
        "the caller was refused",
    ),
    entry(
        Site::Read, Fault::RequestLost, "3.6, 6.2", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::Read, Fault::ReplyLost, "6.2", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::Read, Fault::Hang, "3.6", Rarity::Incident,
        "the caller had to do without an answer",
    ),
    entry(
        Site::Read, Fault::Crash, "2.5, 4.8", Rarity::Incident,
        "the function died with its read under way",
    ),
    entry(
        Site::EventualRead, Fault::Throttled, "6.2, 6.8, 6.9", Rarity::UnderLoad,
        "the caller was refused",
    ),
    entry(
        Site::EventualRead, Fault::Error, "6.2", Rarity::Daily,
        "the caller was refused",
    ),
    entry(
        Site::EventualRead, Fault::RequestLost, "3.6, 6.2", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::EventualRead, Fault::ReplyLost, "6.2", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::EventualRead, Fault::Hang, "3.6", Rarity::Incident,
        "the caller had to do without an answer",
    ),
    entry(
        Site::EventualRead, Fault::Crash, "2.5, 4.8", Rarity::Incident,
        "the function died with its read under way",
    ),
    entry(
        Site::EventualRead, Fault::Stale, "6.4", Rarity::Daily,
        "the read missed a write, or saw what was gone",
    ),
    entry(
        Site::Connections, Fault::Throttled, "3.1, 3.5", Rarity::UnderLoad,
        "the caller was refused",
    ),
    entry(
        Site::Connections, Fault::ThrottledBare, "3.5, 3.6", Rarity::Unknown,
        "the caller was refused",
    ),
    entry(
        Site::Connections, Fault::Error, "3.5, 3.6", Rarity::Incident,
        "the caller was refused",
    ),
    entry(
        Site::Connections, Fault::ErrorAfter, "3.6", Rarity::Incident,
        "the message was taken, and the caller was told of a failure",
    ),
    entry(
        Site::Connections, Fault::RequestLost, "3.6", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::Connections, Fault::ReplyLost, "3.6", Rarity::Daily,
        "the message was taken, and the caller lost its connection",
    ),
    entry(
        Site::Connections, Fault::Hang, "1.8, 3.4, 3.6", Rarity::Incident,
        "the caller had to do without an answer",
    ),
    entry(
        Site::Connections, Fault::HangAfter, "3.6", Rarity::Incident,
        "the message was taken, and the caller had to do without an answer",
    ),
    entry(
        Site::Connections, Fault::Crash, "2.5, 4.8", Rarity::Incident,
        "the function died with its call under way",
    ),
    entry(
        Site::Service, Fault::Throttled, "12.3, 12.4", Rarity::UnderLoad,
        "the caller was refused",
    ),
    entry(
        Site::Service, Fault::Error, "12.3, 12.4", Rarity::Incident,
        "the caller was refused",
    ),
    entry(
        Site::Service, Fault::ErrorAfter, "11.27, 12.8", Rarity::Incident,
        "the service did its work, and the caller was told of a failure",
    ),
    entry(
        Site::Service, Fault::RequestLost, "12.8", Rarity::Daily,
        "the caller lost its connection",
    ),
    entry(
        Site::Service, Fault::ReplyLost, "11.27, 12.8", Rarity::Daily,
        "the service did its work, and the caller lost its connection",
    ),
    entry(
        Site::Service, Fault::Hang, "3.6", Rarity::Incident,
        "the caller had to do without an answer",
    ),
    entry(
        Site::Service, Fault::HangAfter, "3.6, 12.8", Rarity::Incident,
        "the service did its work, and the caller had to do without an answer",
    ),
    entry(
        Site::Service, Fault::Crash, "2.5, 4.8", Rarity::Incident,
        "the function died with its call under way",
    ),
    entry(
        Site::Batch, Fault::Partial, "12.4, 14.2", Rarity::UnderLoad,
        "an entry failed, and the call did not",
    ),
    entry(
        Site::Queue, Fault::Duplicate, "12.7, 12.29", Rarity::Unknown,
        "a function got the message twice",
    ),
    entry(
        Site::Delivery, Fault::Throttled, "12.26", Rarity::UnderLoad,
        "the function did not run with the batch",
    ),
    entry(
        Site::Delivery, Fault::Error, "12.25", Rarity::Incident,
        "the function did not run with the batch",
    ),
    entry(
        Site::Delivery, Fault::Crash, "12.25", Rarity::Daily,
        "the function died before it did anything",
    ),
    entry(
        Site::Delivery, Fault::Duplicate, "12.29", Rarity::Unknown,
        "the function ran twice",
    ),
    entry(
        Site::Delivery, Fault::Cold, "4.2", Rarity::Daily,
        "the function ran in a sandbox without a past",
    ),
    entry(
        Site::Removal, Fault::Error, "12.20", Rarity::Unknown,
        "the messages returned although the function had handled them",
    ),
    entry(
        Site::Asynchronous, Fault::Throttled, "11.13", Rarity::UnderLoad,
        "the function did not run with the event",
    ),
    entry(
        Site::Asynchronous, Fault::Error, "11.13", Rarity::Incident,
        "the function did not run with the event",
    ),
    entry(
        Site::Asynchronous, Fault::Crash, "11.12", Rarity::Daily,
        "the function died before it did anything",
    ),
    entry(
        Site::Asynchronous, Fault::Duplicate, "11.14", Rarity::Unknown,
        "the function ran twice",
    ),
    entry(
        Site::Asynchronous, Fault::Cold, "4.2", Rarity::Daily,
        "the function ran in a sandbox without a past",
    ),
    entry(
        Site::Asynchronous, Fault::Dropped, "11.14", Rarity::Unknown,
        "the function never ran",
    ),
    entry(
        Site::Synchronous, Fault::Throttled, "11.9", Rarity::UnderLoad,
        "the function never ran",
    ),
    entry(
        Site::Synchronous, Fault::Error, "11.9", Rarity::Incident,
        "the function never ran",
    ),
    entry(
        Site::Synchronous, Fault::Crash, "11.6", Rarity::Daily,
        "the function died before it did anything",
    ),
    entry(
        Site::Synchronous, Fault::Cold, "4.2", Rarity::Daily,
        "the function ran in a sandbox without a past",
    ),
    entry(
        Site::Gone, Fault::Bare, "3.5, 3.6", Rarity::Unknown,
        "the caller got a 410 without a name",
    ),
    entry(
        Site::Connection, Fault::Maintenance, "1.16", Rarity::Daily,
        "the gateway closed the connection",
    ),
    entry(
        Site::Refusal, Fault::Fires, "1.17, 1.19", Rarity::Unknown,
        "`$disconnect` ran for a connection that never was",
    ),
    entry(
        Site::Vanishing, Fault::Reset, "1.14, 4.5", Rarity::Daily,
        "the gateway learned of it",
    ),
    entry(
        Site::Leaving, Fault::Unnoticed, "1.19", Rarity::Unknown,
        "the gateway opened a connection for nobody",
    ),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_fault_strikes_somewhere_and_nowhere_twice() {
        for fault in Fault::ALL {
            assert!(ALL.iter().any(|entry| entry.fault == fault), "{fault:?}");
        }
        for (index, entry) in ALL.iter().enumerate() {
            assert_eq!(place(entry.site, entry.fault), Some(index), "{entry:?}");
        }
    }

    #[test]
    fn every_fault_cites_the_facts_that_make_it_legal() {
        for entry in ALL {
            assert!(entry.facts.split(", ").all(|row| row.parse::<f32>().is_ok()), "{entry:?}");
        }
    }
}
