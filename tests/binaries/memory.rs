//! The memory of a broadcast does not grow with the number of its recipients.

use std::path::Path;

use serde_json::{Value, json};

use crate::binaries::{self, Function, say};
use crate::cloud::Cloud;
use crate::gateway::{Fate, Gateway};
use crate::runtime::{Invocation, Outcome, in_an_hour_ms};
use crate::table::Table;

/// The most growth of memory from few recipients to many, in percent.
///
/// Only with several pages of the table are two of them in memory at a time, and an allocator
/// does not reuse memory the same way twice: together that is 1 to 13 %. Pages of 1 MB would add
/// 70 % for 100,000 recipients.
const GROWTH_PERCENT_MAX: u64 = 25;

/// The number of broadcasts to few recipients in one process before its memory is read.
///
/// A process takes more memory over its first 5,000 posts or so, in proportion to how many are in
/// flight at once, however few recipients those go to.
const FEW_BROADCASTS: u64 = 10;
const FEW_CONNECTIONS: u64 = 1_000;

/// One for the work, and four that look up the names of services.
const THREADS_MAX: u64 = 5;

/// Recipients who never answer, and how many of them there are.
const HUNG_EVERY: u64 = 100;

fn accepts(_: u64) -> Fate {
    Fate::Accepted
}

fn accepts_every_second(number: u64) -> Fate {
    if number.is_multiple_of(2) { Fate::Accepted } else { Fate::Gone }
}

fn accepts_most(number: u64) -> Fate {
    if number % HUNG_EVERY == HUNG_EVERY - 1 { Fate::Hangs } else { Fate::Accepted }
}

/// The figures of the last broadcast of a process.
struct Figures {
    ack: Value,
    /// The number of broadcasts, all with the same recipients.
    broadcasts: u64,
    cloud: Cloud,
    /// None where the system does not say.
    memory_peak_kib: Option<u64>,
    threads: Option<u64>,
}

/// Broadcasts to so many connections, one after another in a process of its own.
fn broadcast(folder: &Path, broadcasts: u64, connections: u64, fate: fn(u64) -> Fate) -> Figures {
    let asked_at = in_an_hour_ms();
    // Older than any handshake.
    let table = Table::new(connections, asked_at - 90_000);
    let cloud = Cloud::new(table, Gateway::new(fate));
    let (ack, memory_peak_kib, threads) = cloud.serve(async |address| {
        let mut function = Function::start(&folder.join("on-broadcast"), address, &[]);
        let mut ack = Value::Null;
        for _ in 0..broadcasts {
            ack = self::ack(cloud.runtime.invoke(&mut function, invocation(asked_at)).await);
        }
        (ack, function.memory_peak_kib(), function.threads())
    });
    let figures = Figures { ack, broadcasts, cloud, memory_peak_kib, threads };
    figures.print(connections);
    figures
}

/// A message that was sent, and a function that is killed, in the future: the speed of the machine
/// decides nothing.
fn invocation(asked_at: u64) -> Invocation {
    let event = json!({
        "requestContext": {
            "routeKey": "broadcast", "eventType": "MESSAGE", "messageId": "PJqCFfHyKRcCHlw=",
            "stage": "production", "connectedAt": asked_at - 1_000, "requestTimeEpoch": asked_at,
            "requestId": "PJqCFEqHqRcFd0w=", "connectionId": "PJqB0fHsqRcCHlw=",
            "apiId": "aabbccdd"
        },
        "body": r#"{"action":"broadcast","data":"hi"}"#,
        "isBase64Encoded": false
    });
    Invocation { event: event.to_string(), deadline_ms: asked_at }
}

fn ack(outcome: Outcome) -> Value {
    let Outcome::Response(response) = outcome else { panic!("the broadcast fails: {outcome:?}") };
    let body = response["body"].as_str().expect("a body");
    let reply: Value = serde_json::from_str(body).expect("the body is JSON");
    reply["ack"].clone()
}

impl Figures {
    fn print(&self, connections: u64) {
        let Cloud { table, gateway, .. } = &self.cloud;
        let memory = self.memory_peak_kib.map_or("unknown".to_owned(), |kib| kib.to_string());
        let [delivered, gone, failed] =
            ["delivered", "gone", "failed"].map(|count| self.ack[count].to_string());
        say(&format!(
            "{:>10}  {connections:>11}  {:>11}  {:>7}  {delivered:>9}  {gone:>6}  {failed:>6}  \
             {memory:>10} KiB",
            self.broadcasts,
            table.calls(),
            gateway.posts(),
        ));
    }

    fn assert_ack(&self, delivered: u64, gone: u64, failed: u64) {
        let complete = failed == 0;
        let expected = json!({
            "delivered": delivered, "gone": gone, "pending": 0, "failed": failed,
            "complete": complete,
        });
        assert_eq!(self.ack, expected);
        assert_eq!(self.cloud.gateway.recipients(), delivered);
        assert_eq!(self.cloud.table.deleted(), gone);
    }

    fn assert_no_more_memory_than(&self, few: &Figures) {
        let (Some(many), Some(few)) = (self.memory_peak_kib, few.memory_peak_kib) else {
            say("this system does not tell what memory a process has held: it was not compared");
            return;
        };
        let limit = few + few * GROWTH_PERCENT_MAX / 100;
        assert!(many <= limit, "{many} KiB, but {few} KiB for few connections");
    }
}

#[test]
fn memory_does_not_grow_with_the_number_of_connections() {
    let Some(folder) = binaries::folder() else { return };
    say("broadcasts  connections  table calls    posts  delivered    gone  failed    memory peak");
    let few = broadcast(&folder, FEW_BROADCASTS, FEW_CONNECTIONS, accepts);
    few.assert_ack(FEW_CONNECTIONS, 0, 0);
    assert!(few.threads.is_none_or(|threads| threads <= THREADS_MAX), "{:?}", few.threads);
    for connections in [10_000, 100_000] {
        let many = broadcast(&folder, 1, connections, accepts);
        many.assert_ack(connections, 0, 0);
        many.assert_no_more_memory_than(&few);
    }

    // A recipient who never answers costs the time of its attempts, and no memory.
    let hanging = broadcast(&folder, 1, 10_000, accepts_most);
    hanging.assert_ack(9_900, 0, 100);
    hanging.assert_no_more_memory_than(&few);

    // Deletes have connections of their own to the table, and up to a thousand rows wait for one.
    let few = broadcast(&folder, 5, 4_000, accepts_every_second);
    few.assert_ack(2_000, 2_000, 0);
    let many = broadcast(&folder, 1, 50_000, accepts_every_second);
    many.assert_ack(25_000, 25_000, 0);
    many.assert_no_more_memory_than(&few);
}
