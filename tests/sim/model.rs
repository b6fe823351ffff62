//! `sim/MODEL.md` says of every fact what the world makes of it.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;
use std::path::{Path, PathBuf};

use stormglass_dynamodb::Request;
use stormglass_sim::Case;
use stormglass_sim::faults::catalogue;

/// The rows of the project's collected facts about AWS, sections 1 to 6 and 11 to 20. Those that
/// have no number there have a name.
#[rustfmt::skip]
const FACTS: [&str; 297] = [
    "1.1", "1.2", "1.3", "1.4", "1.5", "1.6", "1.7", "1.8", "1.9", "1.10", "1.11", "1.12",
    "1.13", "1.14", "1.15", "1.16", "1.17", "1.18", "1.19", "1.20", "1.21", "1.22", "1.23",
    "1.24", "1 handshake throttling", "1 other requests", "2.1", "2.2", "2.3", "2.4", "2.5",
    "2.6", "2.7", "2.8", "2.9", "2.10", "2.11", "2.12", "2.13", "2.14", "2.15", "2.16",
    "3.1 new connections", "3.1 concurrent connections", "3.1 frame size",
    "3.1 message payload", "3.1 idle timeout", "3.1 connection duration",
    "3.1 integration timeout", "3.1 URL length", "3.1 routes and stages", "3.1 authorizers",
    "3.1 shared throttle", "3.1 route throttles", "3.2 traffic", "3.2 gateway pings",
    "3.2 client pings", "3.2 accuracy", "3.3 close without a code", "3.3 close with 1001",
    "3.3 idle", "3.3 two hours", "3.3 deleted", "3.3 binary frame", "3.3 too big",
    "3.3 no close frame", "3.3 stage deleted", "3.3 reason", "3.4 PostToConnection",
    "3.4 GetConnection", "3.4 DeleteConnection", "3.4 encoding", "3.4 endpoint",
    "3.4 VPC without egress", "3.5 410", "3.5 403 wrong stage or host",
    "3.5 403 without permission", "3.5 413", "3.5 429", "3.5 400 bad id", "3.5 5xx",
    "3.5 two meanings of 429", "3.6 200", "3.6 410 with header", "3.6 410 without header",
    "3.6 410 with a suffix", "3.6 429 with name", "3.6 429 without name", "3.6 413, 403, 400",
    "3.6 5xx", "3.6 at least once", "3.6 backoff", "3.6 timers", "3.6 default timeouts",
    "3.7 sub-protocols", "4.1", "4.2", "4.3", "4.4", "4.5", "4.6", "4.7", "4.8", "4.9", "4.10",
    "4.11", "5.1", "5.2", "5.3", "5.4", "5.5", "6.1", "6.2", "6.3", "6.4", "6.5", "6.6", "6.7",
    "6.8", "6.9", "6.10", "6.11", "6.12", "6.13", "6.14", "6.2 wire format",
    "6.2 ProvisionedThroughputExceededException", "6.2 ThrottlingException",
    "6.2 RequestLimitExceeded", "6.2 InternalServerError", "6.2 503",
    "6.2 TransactionConflictException", "6.2 ReplicatedWriteConflictException",
    "6.2 ConditionalCheckFailedException", "6.2 ValidationException",
    "6.2 ResourceNotFoundException", "6.2 ItemCollectionSizeLimitExceeded, InvalidEndpoint",
    "6.2 throttling reasons",
    "11.1", "11.2", "11.3", "11.4", "11.5", "11.6", "11.7", "11.8", "11.9", "11.10", "11.11",
    "11.12", "11.13", "11.14", "11.15", "11.16", "11.17", "11.18", "11.19", "11.20", "11.21",
    "11.22", "11.23", "11.24", "11.25", "11.26", "11.27", "11.28", "12.1", "12.2", "12.3", "12.4",
    "12.5", "12.6", "12.7", "12.8", "12.9", "12.10", "12.11", "12.12", "12.13", "12.14", "12.15",
    "12.16", "12.17", "12.18", "12.19", "12.20", "12.21", "12.22", "12.23", "12.24", "12.25",
    "12.26", "12.27", "12.28", "12.29", "12.30", "13.1", "13.2", "13.3", "13.4", "13.5", "13.6",
    "13.7", "13.8", "13.9", "13.10", "13.11", "13.12", "13.13", "13.14", "13.15", "13.16", "13.17",
    "14.1", "14.2", "14.3", "14.4", "14.5", "14.6", "14.7", "14.8", "14.9", "14.10", "14.11",
    "14.12", "14.13", "14.14", "14.15", "15.1", "15.2", "15.3", "15.4", "15.5", "15.6", "15.7",
    "15.8", "16.1", "16.2", "16.3", "16.4", "16.5", "16.6", "16.7", "16.8", "16.9", "17.1", "17.2",
    "17.3", "17.4", "17.10", "17.11", "17.12", "17.13", "17.14", "17.15", "17.16", "17.20", "17.21",
    "17.22", "17.23", "17.24", "17.25", "18.1", "18.1a", "18.1b", "18.1c", "18.2", "18.4", "18.5",
    "18.6", "18.7", "18.8", "18.9", "18.10", "18.11", "18.12", "19.1", "19.2", "19.3", "19.4",
    "19.5", "19.6", "19.7", "19.8", "19.9", "20.1", "20.2", "20.3", "20.4", "20.5", "20.6", "20.7",
    "20.8", "20.9", "20.10", "20.11", "20.12",
];

/// The statuses of a fact.
const STATUSES: [&str; 5] = ["modelled", "knob", "assumed", "apart", "not modelled"];

/// A fact as the document has it.
struct Row {
    name: String,
    does: String,
    status: String,
    tests: String,
}

impl Row {
    /// The part of the status before the name of a knob.
    fn kind(&self) -> &str {
        self.status.split(':').next().unwrap_or_default()
    }
}

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("..")
}

fn document() -> String {
    fs::read_to_string(root().join("sim/MODEL.md")).expect("the document")
}

/// The cells of the tables that have this head, row by row.
fn table(head: &str) -> Vec<Vec<String>> {
    let document = document();
    let mut rows = Vec::new();
    let mut is_inside = false;
    for line in document.lines() {
        is_inside = line == head || (is_inside && line.starts_with('|'));
        if is_inside && line != head && !line.starts_with("|---") {
            let cells = line.trim_matches('|').split('|');
            rows.push(cells.map(|cell| cell.trim().to_owned()).collect());
        }
    }
    assert!(!rows.is_empty(), "there is no table {head}");
    rows
}

fn rows() -> Vec<Row> {
    let rows = table("| row | what the world does | status | tests |").into_iter();
    let rows = rows.map(|cells| {
        let [name, does, status, tests] = <[String; 4]>::try_from(cells).expect("four cells");
        Row { name, does, status, tests }
    });
    rows.collect()
}

#[test]
fn every_fact_has_its_row_and_none_has_two() {
    let rows = rows();
    let names: Vec<&str> = rows.iter().map(|row| row.name.as_str()).collect();
    assert_eq!(names, FACTS);
    assert_eq!(names.iter().collect::<BTreeSet<_>>().len(), names.len());
}

#[test]
fn every_row_says_what_becomes_of_its_fact() {
    for row in rows() {
        assert!(STATUSES.contains(&row.kind()), "{} is {}", row.name, row.status);
        assert_eq!(row.kind() == "knob", row.status.contains('`'), "{} names its knob", row.name);
        assert!(!row.does.is_empty(), "{} says nothing", row.name);
    }
}

#[test]
fn the_totals_are_those_of_the_rows() {
    let rows = rows();
    let mut counts: BTreeMap<&str, usize> = BTreeMap::from([("all", rows.len())]);
    for row in &rows {
        *counts.entry(row.kind()).or_default() += 1;
    }
    let totals = table("| status | rows |");
    let totals = totals.iter().map(|cells| (cells[0].as_str(), cells[1].parse().unwrap_or(0)));
    assert_eq!(totals.collect::<BTreeMap<_, usize>>(), counts);
}

/// True if a source has a test of this name, with any other attributes.
fn is_test(source: &str, name: &str) -> bool {
    let Some((before, _)) = source.split_once(&format!("fn {name}(")) else { return false };
    let lines = before.trim_end().lines().rev().map(str::trim);
    let mut attributes = lines.take_while(|line| line.starts_with("#["));
    attributes.any(|line| line == "#[test]")
}

#[test]
fn what_is_modelled_is_tested() {
    for row in rows() {
        let needs_a_test = matches!(row.kind(), "modelled" | "knob" | "apart");
        assert!(!needs_a_test || !row.tests.is_empty(), "{} has no test", row.name);
        for test in row.tests.split(", ").filter(|test| !test.is_empty()) {
            let (path, name) = test.trim_matches('`').split_once("::").expect("a path and a name");
            let source = fs::read_to_string(root().join(path));
            let source = source.unwrap_or_else(|error| panic!("{path}: {error}"));
            assert!(is_test(&source, name), "{}: there is no test {test}", row.name);
        }
    }
}

#[test]
fn the_operations_of_dynamodb_are_those_that_it_serves() {
    let refusal = |operation: &str| {
        let target = format!("DynamoDB_20120810.{operation}");
        Request::parse(&target, b"{}").err()
    };
    let is_unknown = |operation: &str| {
        refusal(operation).is_some_and(|answer| answer.body.contains("UnknownOperation"))
    };
    for cells in table("| operation | what of it |") {
        assert!(!is_unknown(&cells[0]), "{} is not there", cells[0]);
    }
    for cells in table("| operation of streams | what of it |") {
        let target = format!("DynamoDBStreams_20120810.{}", cells[0]);
        let answer = Request::parse(&target, b"{}").err();
        let is_there = answer.is_none_or(|answer| !answer.body.contains("UnknownOperation"));
        assert!(is_there, "{} is not there", cells[0]);
    }
    assert!(is_unknown("ExecuteStatement"));
    let refused = refusal("CreateBackup").expect("a refusal");
    assert!(refused.is_unsupported && refused.body.contains("does not support CreateBackup"));
    let nonsense = refusal("Nonsense").expect("a refusal");
    assert!(!nonsense.is_unsupported && is_unknown("Nonsense"), "AWS has no such operation");
}

#[test]
fn the_settings_are_those_of_a_case() {
    let error = "v1 none=1".parse::<Case>().expect_err("no setting").to_string();
    let known = error.rsplit("there are ").next().unwrap_or_default();
    let settings = table("| setting | default | why | facts |");
    let written: Vec<&str> = settings.iter().map(|cells| cells[0].as_str()).collect();
    assert_eq!(written.join(", "), known);
}

#[test]
fn the_faults_are_those_of_the_catalogue() {
    let known = catalogue::ALL.iter().map(|entry| {
        let (site, fault) = (entry.site.name(), entry.fault.name());
        let (family, rarity) = (entry.fault.family().name(), entry.rarity.to_string());
        [site, fault, family, entry.facts, &rarity, entry.witness].map(str::to_owned).to_vec()
    });
    let written = table("| site | fault | family | facts | rarity | it has mattered when |");
    assert_eq!(written, known.collect::<Vec<_>>());
}

#[test]
fn the_facts_that_make_a_fault_legal_have_rows() {
    for entry in catalogue::ALL {
        for fact in entry.facts.split(", ") {
            let is_there = FACTS.iter().any(|row| row.split(' ').next() == Some(fact));
            assert!(is_there, "{} of {} has no row", fact, entry.fault.name());
        }
    }
}
