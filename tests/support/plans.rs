//! Plans and cases for proptest.

use std::collections::BTreeMap;
use std::time::Duration;

use proptest::collection::{btree_map, vec};
use proptest::option;
use proptest::prelude::*;
use stormglass_sim::Case;
use stormglass_sim::case::{
    Action, Choice, Client, Deployment, Fault, Key, Plan, Schedule, Step, Upgrade,
};

const NAMES: [&str; 5] = ["ana", "bob", "cyd", "dan", "eve"];

/// Any plan of a few clients.
pub fn plans() -> impl Strategy<Value = Plan> {
    (deployments(), vec(vec(actions(), 0..6), 1..5)).prop_map(|(deployment, clients)| {
        let clients = NAMES.iter().zip(clients).map(|(name, actions)| {
            let connect = Action::Connect(Upgrade::default());
            Client::new(name, std::iter::once(connect).chain(actions))
        });
        Plan { deployment, clients: clients.collect() }
    })
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
        for (Step { ordinal, action }, gap) in client.steps.iter_mut().zip(gaps) {
            let by = raised.entry(action.kind()).or_default();
            *by += gap;
            *ordinal += *by;
        }
        let mut last: BTreeMap<&'static str, u32> = BTreeMap::new();
        for Step { ordinal, action } in &mut client.steps {
            let least = last.get(action.kind()).map_or(1, |last| last + 1);
            *ordinal = least.max(*ordinal);
            last.insert(action.kind(), *ordinal);
        }
    }
}

fn deployments() -> impl Strategy<Value = Deployment> {
    let page = option::of(1_u32..5);
    let lag = (0_u64..3_000).prop_map(Duration::from_millis);
    let timeout = (3_u64..40).prop_map(Duration::from_secs);
    (page, lag, timeout, option::weighted(0.1, 1_u32..5)).prop_map(
        |(page_rows_max, replica_lag, lambda_timeout, lambda_concurrency)| Deployment {
            page_rows_max,
            replica_lag,
            lambda_timeout,
            lambda_concurrency,
        },
    )
}

fn actions() -> impl Strategy<Value = Action> {
    prop_oneof![
        2 => upgrades().prop_map(Action::Connect),
        6 => data().prop_map(Action::Broadcast),
        1 => any::<String>().prop_map(Action::Text),
        1 => vec(any::<u8>(), 0..4).prop_map(Action::Binary),
        2 => (0_u64..2_000_000).prop_map(|us| Action::Idle(Duration::from_micros(us))),
        1 => (0_u64..700).prop_map(|s| Action::Idle(Duration::from_secs(s))),
        1 => option::of(prop_oneof![Just(1000_u16), Just(1001), 3000..5000_u16])
            .prop_map(Action::Close),
        1 => Just(Action::Vanish),
    ]
}

fn upgrades() -> impl Strategy<Value = Upgrade> {
    let headers = btree_map("X-[a-z]{1,5}", "[ -~]{0,8}", 0..2);
    let query = btree_map("[a-z]{1,5}", any::<String>(), 0..2);
    (headers, query).prop_map(|(headers, query)| Upgrade { headers, query, ..Upgrade::default() })
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
    "[a-e]{1,3}\\.[cbtd][1-9](\\.(start|answer|put-[a-e]{1,3}1-1(\\.(send|reply))?))?"
        .prop_map(Key::new)
}

fn choices() -> impl Strategy<Value = Choice> {
    prop_oneof![
        (1_u16..100).prop_map(Choice::After),
        (0_u64..100_000_000).prop_map(|us| Choice::Late(Duration::from_micros(us))),
        proptest::sample::select(Fault::ALL.to_vec()).prop_map(Choice::Fault),
    ]
}
