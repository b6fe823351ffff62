//! What the clients of a probe do.

use std::collections::BTreeSet;

use stormglass_probe::{ClientStep, MessageFormat, Workload};

const TEXT_ONLY: &str = r#"
broadcast = '{"action":"say","data":${data}}'
payloads = ["text"]
[answers]
acknowledged = "never"
"#;

#[test]
fn one_seed_makes_one_workload() {
    let format = MessageFormat::default();
    let workload = |seed| Workload::new(seed, 20, 200, &format);
    assert_eq!(workload(7), workload(7));
    assert_ne!(workload(7), workload(8));
}

#[test]
fn every_broadcast_has_a_number_of_its_own() {
    let workload = Workload::new(3, 5, 100, &MessageFormat::default());
    let steps = workload.clients.iter().flat_map(|client| &client.steps);
    let mut numbers: Vec<u32> = steps
        .filter_map(|step| match step {
            ClientStep::Broadcast(broadcast) => Some(broadcast.number),
            _ => None,
        })
        .collect();
    numbers.extend(workload.roll_call.iter().map(|(_, broadcast)| broadcast.number));
    numbers.sort_unstable();
    assert_eq!(numbers, (1..=100).collect::<Vec<u32>>());
    assert_eq!(workload.roll_call.len(), 10);
}

#[test]
fn the_smallest_workload_is_one_client_and_one_broadcast() {
    let workload = Workload::new(1, 1, 1, &MessageFormat::default());
    assert_eq!((workload.clients.len(), workload.roll_call.len()), (1, 1));
}

#[test]
fn a_workload_has_everything_that_clients_do() {
    let workload = Workload::new(1, 20, 200, &MessageFormat::default());
    let steps = workload.clients.iter().flat_map(|client| &client.steps);
    let kinds: BTreeSet<&str> = steps
        .map(|step| match step {
            ClientStep::Connect => "connect",
            ClientStep::Wait(_) => "wait",
            ClientStep::Broadcast(broadcast) if broadcast.waits => "broadcast",
            ClientStep::Broadcast(_) => "broadcast at once",
            ClientStep::BadInput(_) => "bad input",
            ClientStep::Close(_) => "close",
            ClientStep::Vanish => "vanish",
        })
        .collect();
    assert_eq!(kinds.len(), 7, "{kinds:?}");
}

#[test]
fn a_format_has_its_say_in_the_workload() {
    let format = MessageFormat::parse("test.toml", TEXT_ONLY).expect("a format");
    let workload = Workload::new(1, 20, 200, &format);
    for step in workload.clients.iter().flat_map(|client| &client.steps) {
        match step {
            ClientStep::Broadcast(broadcast) => {
                assert!(broadcast.template.starts_with('"'), "{}", broadcast.template);
                assert!(broadcast.waits, "an answer without an id is waited for");
            }
            ClientStep::BadInput(_) => panic!("there is no bad input"),
            _ => {}
        }
    }
}
