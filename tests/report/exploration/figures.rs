//! Invented figures for pages, with a little of everything.

use std::collections::BTreeMap;

use stormglass::record::{
    BrokenPromise, EventRange, ExplorationRecord, FamilyCount, FanOut, FaultCount, HuntRecord,
    HuntRow, SCHEMA, ShortCase, SlowSeed, Spread, StrategyResult,
};

fn counts(known: &[(&str, u64)]) -> BTreeMap<String, u64> {
    known.iter().map(|(id, times)| ((*id).to_owned(), *times)).collect()
}

fn words(words: &[&str]) -> Vec<String> {
    words.iter().map(|word| (*word).to_owned()).collect()
}

pub(super) fn spread([count, min, median, p90, p99, max]: [u64; 6]) -> Spread {
    Spread { count, min, median, p90, p99, max }
}

fn fan_out(from: u64, below: Option<u64>, acknowledged: [u64; 6], arrived: [u64; 6]) -> FanOut {
    let (acknowledged_us, arrived_us) = (spread(acknowledged), spread(arrived));
    FanOut { from, below, broadcasts: 400 - from, acknowledged_us, arrived_us }
}

/// Returns an exploration that broke nothing.
pub(super) fn held() -> ExplorationRecord {
    let ranges = [(0, Some(50), 700), (50, Some(100), 900), (100, Some(200), 380), (200, None, 20)];
    let ranges = ranges.map(|(from, below, count)| EventRange { from, below, count });
    let nobody = [0; 6];
    let few = [390, 24_300, 146_000, 2_590_000, 28_500_000, 47_700_000];
    let many = [40, 51_500, 319_000, 4_900_000, 39_400_000, 46_200_000];
    ExplorationRecord {
        kind: "summary".to_owned(),
        schema: SCHEMA,
        app: "stormglass".to_owned(),
        strategy: "random".to_owned(),
        only: Vec::new(),
        from: 0,
        seeds: 2_000,
        repeated: 94,
        finds: 0,
        broken: Vec::new(),
        promises: counts(&[("registered", 12_462), ("in-time", 19_128), ("no-ghosts", 1_999)]),
        witnesses: counts(&[("gone", 3_103), ("herd", 802)]),
        undeclared: words(&["stale-read"]),
        families: [("order", 11_377, 196_557), ("network", 1_677, 57_905)]
            .into_iter()
            .map(|(family, made, offered)| (family.to_owned(), FamilyCount { offered, made }))
            .collect(),
        faults: vec![fault("$disconnect", "dropped", [96, 48, 33])],
        never_offered: words(&["read stale"]),
        pairs: 1_517,
        last_new_pair: Some(1_992),
        coverage: vec![(1, 100), (2, 240), (40, 800), (700, 1_300), (1_993, 1_517)],
        judged: true,
        unseen: Vec::new(),
        vacuous: Vec::new(),
        idle: Vec::new(),
        calls: 55_132,
        events: 275_793,
        events_per_run: spread([2_000, 20, 86, 294, 821, 2_109]),
        runs_by_events: ranges.to_vec(),
        broadcasts: vec![
            fan_out(0, Some(1), [13, 293_000, 3_140_000, 6_100_000, 6_130_000, 6_130_000], nobody),
            fan_out(1, Some(2), few, few),
            fan_out(4, Some(6), many, many),
            fan_out(256, None, many, many),
        ],
        deviations: 13_054,
        virtual_ms: 490_000_000,
        wall_ms: 3_210,
        slowest: vec![
            slow(877, 253_000, 2_109, "cargo sim replay 877"),
            slow(12, 42_009, 957, "cargo sim replay 12"),
        ],
    }
}

/// Returns an exploration of other handlers that broke a promise. Its texts look like markup.
pub(super) fn broken() -> ExplorationRecord {
    let command = "cargo sim explore --strategy pct --depth 3 --from 7 --seeds 1 --app <b>";
    ExplorationRecord {
        app: "<b>".to_owned(),
        strategy: "pct of depth 3".to_owned(),
        only: words(&["order", "time"]),
        seeds: 1,
        finds: 1,
        broken: vec![BrokenPromise {
            promise: "verbatim".to_owned(),
            also: vec!["<i>".to_owned()],
            seeds: 1,
            seed: 7,
            because: "ana1 got <b>\"hi\" & bye</b> in step 9.".to_owned(),
            command: command.to_owned(),
        }],
        promises: counts(&[("verbatim", 3), ("<b>", 0)]),
        judged: false,
        slowest: vec![slow(7, 1_234, 40, command)],
        ..held()
    }
}

fn fault(site: &str, fault: &str, [offered, met, mattered]: [u64; 3]) -> FaultCount {
    FaultCount {
        site: site.to_owned(),
        fault: fault.to_owned(),
        family: "gateway".to_owned(),
        witness: "a row stayed without its connection".to_owned(),
        offered,
        met,
        mattered,
    }
}

fn slow(seed: u64, wall_us: u64, events: u64, command: &str) -> SlowSeed {
    SlowSeed { seed, wall_us, events, command: command.to_owned() }
}

/// Returns a hunt by all strategies.
pub(super) fn hunted() -> HuntRecord {
    let mut hidden = row("hidden-one", [None; 3]);
    hidden.hidden_by = Some("aws-sample-1".to_owned());
    hidden.hunted.clear();
    HuntRecord::new(vec![
        row("quickly-found", [Some(1), Some(2), Some(1)]),
        row("slowly-found", [Some(2_237), None, Some(150)]),
        row("never-found", [None; 3]),
        hidden,
    ])
}

fn row(name: &str, runs: [Option<u64>; 3]) -> HuntRow {
    let strategies = ["random", "pct", "exhaustive"].into_iter().zip(runs);
    let hunted = strategies.map(|(strategy, runs)| StrategyResult {
        strategy: strategy.to_owned(),
        runs,
        broken_first: None,
        wall_ms: 12,
    });
    let shrunk =
        ShortCase { case: "v1 ana:c".to_owned(), steps: 2, deviations: 1, runs: 10, wall_ms: 30 };
    HuntRow {
        kind: "known-bad".to_owned(),
        name: name.to_owned(),
        promise: "delivered".to_owned(),
        mistake: "it posts to the sender alone".to_owned(),
        found: runs.iter().any(Option::is_some),
        hidden_by: None,
        hunted: hunted.collect(),
        shrunk: runs[0].map(|_| shrunk),
    }
}
