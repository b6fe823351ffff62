//! Plans and cases for proptest.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use stormglass_sim::Case;
use stormglass_sim::Upgrade;
use stormglass_sim::case::{
    Action, Choice, Client, Close, Deployment, Handshake, Key, Plan, Schedule, Step,
};
use stormglass_sim::faults::Fault;

const NAMES: [&str; 5] = ["ana", "bob", "cyd", "dan", "eve"];

/// Any plan of a few clients.
pub fn plans() -> impl Strategy<Value = Plan> {
    (deployments(), vec(clients(), 1..5)).prop_map(|(deployment, clients)| {
        let clients = NAMES.iter().zip(clients).map(|(name, (copies, actions, haste))| {
            let connect = Action::Connect(Handshake::default());
            let mut client = Client::new(name, std::iter::once(connect).chain(actions));
            client.copies = copies;
            for (step, at_once) in client.steps.iter_mut().zip(haste) {
                step.at_once = at_once && step.action.is_sent();
            }
            client
        });
        Plan { deployment, clients: clients.collect() }
    })
}

/// Generates the number of copies, their actions, and the steps that follow at once.
fn clients() -> impl Strategy<Value = (u32, Vec<Action>, Vec<bool>)> {
    let copies = prop_oneof![9 => Just(1), 1 => 2_u32..30];
    (copies, vec(actions(), 0..6), vec(any::<bool>(), 8))
}

/// Any case that can be written down, whether or not its deviations ever come up.
pub fn cases() -> impl Strategy<Value = Case> {
    let deviations = btree_map(keys(), choices(), 0..6);
    (plans(), deviations, vec(1_u32..4, 0..8)).prop_map(|(mut plan, deviations, gaps)| {
        leave_gaps(&mut plan, &gaps);
        Case { plan, schedule: Schedule { deviations } }
    })
}

/// Raises ordinals, as if steps had been deleted.
fn leave_gaps(plan: &mut Plan, gaps: &[u32]) {
    for client in &mut plan.clients {
        let mut raised: BTreeMap<&'static str, u32> = BTreeMap::new();
        for (Step { ordinal, action, .. }, gap) in client.steps.iter_mut().zip(gaps) {
            let by = raised.entry(action.kind()).or_default();
            *by += gap;
            *ordinal += *by;
        }
        let mut last: BTreeMap<&'static str, u32> = BTreeMap::new();
        for Step { ordinal, action, .. } in &mut client.steps {
            let least = last.get(action.kind()).map_or(1, |last| last + 1);
            *ordinal = least.max(*ordinal);
            last.insert(action.kind(), *ordinal);
        }
    }
}

fn deployments() -> impl Strategy<Value = Deployment> {
    let page = option::of(1_u32..5);
    let lag = (0_u64..3_000).prop_map(Duration::from_millis);
    let expiry = usual(48 * 60 * 60, 0..100).prop_map(|secs| Duration::from_secs(secs.into()));
    let timeout = option::of((3_u64..40).prop_map(Duration::from_secs));
    let quotas = (usual(1_000, 1..5), usual(10_000, 20..100), usual(5_000, 5..20));
    let limits = (usual(500, 1..10), usual(32, 1..5), (1_u64..1_000).prop_map(Duration::from_secs));
    let words = (any::<bool>(), any::<bool>());
    (page, (lag, expiry), timeout, quotas, limits, words).prop_map(
        |(page_rows_max, (replica_lag, expiry_lag), lambda_timeout_max, quotas, limits, words)| {
            Deployment {
                page_rows_max,
                replica_lag,
                expiry_lag,
                lambda_timeout_max,
                lambda_concurrency: quotas.0,
                requests_per_second: quotas.1,
                burst: quotas.2,
                connects_per_second: limits.0,
                buffer_frames_max: limits.1,
                tcp_give_up: limits.2,
                routes_reserved: words.0,
                pings_reset_idle: words.1,
                frames_ordered: true,
            }
        },
    )
}

/// Mostly the usual number.
fn usual(number: u32, others: std::ops::Range<u32>) -> impl Strategy<Value = u32> {
    prop_oneof![9 => Just(number), 1 => others]
}

fn actions() -> impl Strategy<Value = Action> {
    let micros = |most: u64| (0..most).prop_map(Duration::from_micros);
    prop_oneof![
        2 => handshakes().prop_map(Action::Connect),
        1 => handshakes().prop_map(Action::Abandon),
        6 => data().prop_map(Action::Broadcast),
        1 => prop_oneof![0_u32..200, Just(130_900), Just(131_200)].prop_map(Action::BroadcastOf),
        1 => any::<String>().prop_map(Action::Text),
        1 => data().prop_map(|data| Action::Text(format!("{{\"data\":{data}}}"))),
        1 => prop_oneof![Just(32_768_u32), Just(32_769)].prop_map(Action::Frame),
        1 => vec(any::<u8>(), 0..4).prop_map(Action::Binary),
        1 => Just(Action::Ping),
        2 => micros(2_000_000).prop_map(Action::Idle),
        1 => (0_u64..700).prop_map(|s| Action::Idle(Duration::from_secs(s))),
        1 => micros(2_000_000).prop_map(Action::Within),
        1 => micros(20_000_000).prop_map(Action::Stall),
        1 => option::of(closes()).prop_map(Action::Close),
        1 => Just(Action::Vanish),
    ]
}

fn closes() -> impl Strategy<Value = Close> {
    let codes = prop_oneof![Just(1000_u16), Just(1001), 3000..5000_u16];
    (codes, "[ -~]{0,20}").prop_map(|(code, reason)| Close { code, reason })
}

/// Handshakes of a few kinds, with changes.
fn handshakes() -> impl Strategy<Value = Handshake> {
    (option::weighted(0.3, any::<String>()), upgrades())
        .prop_map(|(kind, changes)| Handshake { kind, changes })
}

fn upgrades() -> impl Strategy<Value = Upgrade> {
    let headers = btree_map("X-[a-z]{1,5}", "[ -~]{0,8}", 0..2);
    let query = btree_map("[a-z]{1,5}", any::<String>(), 0..2);
    let stage = option::weighted(0.1, "[a-z]{1,5}");
    (headers, query, stage, proptest::bool::weighted(0.1))
        .prop_map(|(headers, query, stage, plain)| Upgrade { headers, query, stage, plain })
}

/// JSON values in all their ways of being written.
fn data() -> impl Strategy<Value = String> {
    prop_oneof![
        any::<String>().prop_map(|text| serde_json::Value::String(text).to_string()),
        any::<f64>().prop_filter_map("a JSON number", |n| n.is_finite().then(|| n.to_string())),
        Just(r#"{ "b" : 1.50, "a" : [ null, "\u00e9" ] }"#.to_owned()),
        Just("null".to_owned()),
        Just("1e2".to_owned()),
    ]
}

fn keys() -> impl Strategy<Value = Key> {
    "[a-e]{1,3}\\.[cbtd][1-9](\\+2)?(\\.(up|start|answer|put-[a-e]{1,3}1-1(\\.(send|reply))?))?"
        .prop_map(Key::new)
}

fn choices() -> impl Strategy<Value = Choice> {
    prop_oneof![
        (1_u16..100).prop_map(Choice::After),
        (0_u64..100_000_000).prop_map(|us| Choice::Late(Duration::from_micros(us))),
        proptest::sample::select(Fault::ALL.to_vec()).prop_map(Choice::Fault),
    ]
}
