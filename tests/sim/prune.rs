//! A search that leaves out what it knows already finds what one that leaves out nothing finds.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::AtomicBool;

use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::case::{Plan, Schedule};
use stormglass_sim::faults::Family;
use stormglass_sim::search::exhaust::{Exhaustion, ExhaustionSummary, plans};
use stormglass_sim::strategy::{Exhaustive, Families, KnownStates, Point, State};
use stormglass_sim::{App, Case, run};
use stormglass_spec::{Violation, properties};
use stormglass_tests::apps::{Flaw, Small};

static NEVER: AtomicBool = AtomicBool::new(false);

fn plan(text: &str) -> Plan {
    let case: Case = text.parse().expect("a case");
    case.plan
}

fn exhaustion<'a>(
    plan: &'a Plan,
    max_deviations: usize,
    families: &[Family],
    prunes: bool,
) -> Exhaustion<'a> {
    Exhaustion {
        plan,
        max_deviations,
        families: Families::of(families),
        properties: &properties::ALL,
        jobs: 2,
        prunes,
        keeps_going: true,
        stop: &NEVER,
    }
}

fn search(
    app: &dyn App,
    plan: &Plan,
    depth: usize,
    families: &[Family],
    prunes: bool,
) -> ExhaustionSummary {
    let summary = exhaustion(plan, depth, families, prunes)
        .search(app, |_, _| {})
        .expect("the harness works");
    assert!(summary.is_complete);
    summary
}

/// The contradiction without the numbers of its steps: runs that go on alike may have had more
/// steps before.
fn without_numbers(violation: &Violation) -> String {
    let because = violation.because.replace(|c: char| c.is_ascii_digit(), "");
    format!("{} {because}", violation.property)
}

fn found(summary: &ExhaustionSummary) -> BTreeSet<String> {
    summary.finds.iter().map(|find| without_numbers(&find.violation)).collect()
}

/// Searches both ways, and gives how many different stories were found.
fn compare(app: &dyn App, text: &str, depth: usize, families: &[Family]) -> usize {
    let plan = plan(text);
    let all = search(app, &plan, depth, families, false);
    let pruned = search(app, &plan, depth, families, true);
    assert_eq!(found(&all), found(&pruned), "{}: {text}", app.name());
    assert_eq!(all.pruned, 0);
    assert!(pruned.executions <= all.executions && pruned.pruned > 0);
    found(&all).len()
}

#[test]
fn what_is_left_out_hides_no_broken_promise() {
    let mut stories = 0;
    for app in [&Tutorial as &dyn App, &Small(Flaw::Naive), &Small(Flaw::Repeats)] {
        for name in ["handshake", "close", "reconnect"] {
            let named = plans::find(name).expect("a plan");
            stories += compare(app, named.text, 1, &Family::ALL);
        }
        let families = [Family::Network, Family::Platform, Family::Gateway];
        stories += compare(app, r#"v1 ana:c,b"x""#, 2, &families);
    }
    assert!(stories > 40, "only {stories} different stories were compared");
}

/// Two runs that come to the same state come to the same states ever after.
#[test]
fn equal_states_have_equal_futures() {
    for app in [&STORMGLASS as &dyn App, &Small(Flaw::Forgets)] {
        for name in ["handshake", "close", "reconnect"] {
            let plan = plans::find(name).expect("a plan").plan(app);
            let futures = futures(app, &plan);
            assert!(futures.len() > 100);
            let mut known = BTreeMap::new();
            let mut met_again = 0;
            for (run, future) in futures.iter().enumerate() {
                let meeting = future.states.iter().enumerate().find_map(|(place, state)| {
                    known.get(&state.0).map(|(other, there)| (place, *other, *there))
                });
                if let Some((place, other, there)) = meeting {
                    met_again += 1;
                    let earlier: &Future = &futures[other];
                    let told = format!("{}: {} and {}", app.name(), future.case, earlier.case);
                    assert_eq!(future.states[place..], earlier.states[there..], "{told}");
                    assert_eq!(future.broke, earlier.broke, "{told}");
                }
                for (place, state) in future.states.iter().enumerate() {
                    known.entry(state.0).or_insert((run, place));
                }
            }
            assert!(met_again > 20, "{} {name}: {met_again}", app.name());
        }
    }
}

/// The part of a run after the last deviation of its schedule.
struct Future {
    case: Case,
    states: Vec<State>,
    broke: Option<String>,
}

/// The future of every schedule with at most one deviation.
fn futures(app: &dyn App, plan: &Plan) -> Vec<Future> {
    let mut schedules = Vec::new();
    let exhaustion = exhaustion(plan, 1, &Family::ALL, false);
    let heard = exhaustion.search(app, |_, schedule| schedules.push(schedule.clone()));
    heard.expect("the harness works");
    schedules.into_iter().map(|schedule| future(app, plan, schedule)).collect()
}

fn future(app: &dyn App, plan: &Plan, schedule: Schedule) -> Future {
    let mut points = Exhaustive::new(schedule.clone(), 0, 0, None);
    run(app, plan, &mut points, &properties::ALL).expect("the harness works");
    let (points, _) = points.into_notes();
    let is_last = |point: &Point| schedule.deviations.contains_key(&point.key);
    let passed = points.iter().rposition(is_last).map_or(0, |place| place + 1);
    let nothing = KnownStates::default();
    let mut strategy = Exhaustive::new(schedule.clone(), passed, 0, Some(&nothing));
    let run = run(app, plan, &mut strategy, &properties::ALL).expect("the harness works");
    let (_, states) = strategy.into_notes();
    Future {
        case: Case { plan: plan.clone(), schedule },
        states: states.into_iter().map(|(state, _)| state).collect(),
        broke: run.violation.map(|violation| without_numbers(&violation)),
    }
}

/// One client that connects passes eight legs (see `exhaust`). To wait for one event or for more is
/// all the same where no two are under way.
#[test]
fn what_is_left_out_in_the_tiniest_worlds_is_counted_exactly() {
    let counts = |text: &str, depth, families: &[Family]| {
        let summary = search(&STORMGLASS, &plan(text), depth, families, true);
        (summary.executions, summary.pruned)
    };
    for (text, depth, families, expected) in [
        ("v1", 1, &Family::ALL[..], (1, 0)),
        ("v1 ana:c", 1, &[Family::Order], (25, 20)),
        ("v1 ana:c", 1, &Family::ALL, (81, 46)),
        ("v1 ana:c", 2, &[Family::Order], (139, 125)),
        ("v1 ana:c", 2, &Family::ALL, (1_977, 1_306)),
        ("v1 ana:c", 3, &[Family::Order], (361, 331)),
        ("v1 ana:c,q", 2, &[Family::Order, Family::Gateway], (359, 307)),
    ] {
        assert_eq!(counts(text, depth, families), expected, "{text} {depth} {families:?}");
    }
}
