//! Every schedule with at most so many deviations is run, and each of them once.

use std::collections::BTreeSet;
use std::sync::atomic::{AtomicBool, Ordering};

use stormglass_apps::STORMGLASS;
use stormglass_apps::Tutorial;
use stormglass_sim::case::{Plan, Schedule};
use stormglass_sim::faults::Family;
use stormglass_sim::search::exhaust::plans::{self, NamedPlan};
use stormglass_sim::search::exhaust::{Exhaustion, ExhaustionSummary, ScheduleFind};
use stormglass_sim::stack::Stack;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Broadcasts, Case, Handler, HarnessError, Sdk, replay};
use stormglass_spec::properties;
use stormglass_tests::apps::{Flaw, Small};
use stormglass_tests::kept;

static NEVER: AtomicBool = AtomicBool::new(false);

fn plan(text: &str) -> Plan {
    let case: Case = text.parse().expect("a case");
    case.plan
}

fn search<'a>(plan: &'a Plan, max_deviations: usize, families: &[Family]) -> Exhaustion<'a> {
    Exhaustion {
        plan,
        max_deviations,
        families: Families::of(families),
        properties: &properties::ALL,
        jobs: 2,
        prunes: false,
        keeps_going: true,
        stop: &NEVER,
    }
}

/// Returns the summary of a search, and its schedules in the order in which it ran them.
fn schedules(search: &Exhaustion<'_>, app: &dyn App) -> (ExhaustionSummary, Vec<Schedule>) {
    let mut heard = Vec::new();
    let summary = search.search(app, |summary, schedule| {
        heard.push(schedule.clone());
        assert_eq!(usize::try_from(summary.executions), Ok(heard.len()));
    });
    (summary.expect("the harness works"), heard)
}

fn executions(text: &str, max_deviations: usize, families: &[Family]) -> u64 {
    let plan = plan(text);
    let (summary, _) = schedules(&search(&plan, max_deviations, families), &STORMGLASS);
    assert!(summary.is_complete);
    summary.executions
}

/// Nobody comes: no point of choice. One client that connects passes eight legs: its first step,
/// its request, the event, the new sandbox, the write there and back, the answer, and the 101.
#[test]
fn the_schedules_of_the_tiniest_worlds_are_counted_exactly() {
    assert_eq!(executions("v1", 1, &Family::ALL), 1);
    assert_eq!(executions("v1 ana:c", 0, &Family::ALL), 1);
    for (family, expected) in [
        (Family::Order, 8 * 3),
        (Family::Time, 8 * 5),
        (Family::Capacity, 3),
        (Family::Error, 3),
        (Family::Network, 5),
        (Family::Consistency, 0),
        (Family::Platform, 4),
        (Family::Gateway, 1),
    ] {
        assert_eq!(executions("v1 ana:c", 1, &[family]), 1 + expected, "{family}");
    }
    assert_eq!(executions("v1 ana:c", 1, &Family::ALL), 1 + 24 + 40 + 3 + 3 + 5 + 4 + 1);
}

/// Each of the three options at one leg, with each of the three at another: no order of the two
/// counts twice.
#[test]
fn the_pairs_of_deviations_are_counted_exactly() {
    assert_eq!(executions("v1 ana:c", 2, &[Family::Order]), 1 + 8 * 3 + (8 * 7 / 2) * 3 * 3);
}

#[test]
fn every_schedule_is_run_once_and_deviates_no_more_than_it_may() {
    let plan = plan("v1 ana:c");
    let families = [Family::Order, Family::Platform, Family::Gateway];
    for max_deviations in 0..=2 {
        let search = search(&plan, max_deviations, &families);
        let (summary, heard) = schedules(&search, &STORMGLASS);
        let distinct: BTreeSet<String> = heard.iter().map(|it| text(&plan, it)).collect();
        assert_eq!(distinct.len(), heard.len());
        assert!(heard.iter().all(|schedule| schedule.deviations.len() <= max_deviations));
        assert!(heard.iter().any(|schedule| schedule.deviations.len() == max_deviations));
        assert!(summary.is_complete);
    }
}

/// Held against all pairs of the deviations that are on offer at all, in any order.
#[test]
fn no_pair_of_deviations_is_left_out() {
    let plan = plan("v1 ana:c");
    let families = [Family::Order, Family::Network];
    let (_, heard) = schedules(&search(&plan, 2, &families), &STORMGLASS);
    let run: BTreeSet<String> = heard.iter().map(|schedule| text(&plan, schedule)).collect();
    let (_, single) = schedules(&search(&plan, 1, &families), &STORMGLASS);
    let mut pairs = 0;
    for one in &single {
        for other in &single {
            let mut both = one.clone();
            both.deviations.extend(other.deviations.clone());
            let case = Case { plan: plan.clone(), schedule: both };
            let met = replay(&STORMGLASS, &case, &properties::ALL).expect("a run").case;
            assert!(run.contains(&met.to_string()), "{met}");
            pairs += usize::from(met.schedule.deviations.len() == 2);
        }
    }
    assert!(pairs > 100, "only {pairs} pairs were met");
}

fn text(plan: &Plan, schedule: &Schedule) -> String {
    Case { plan: plan.clone(), schedule: schedule.clone() }.to_string()
}

fn replays(finds: &[ScheduleFind]) -> Vec<(String, String)> {
    let lines =
        finds.iter().map(|find| (find.run.case.to_string(), find.violation.because.clone()));
    lines.collect()
}

#[test]
fn what_is_found_does_not_depend_on_the_number_of_threads() {
    let plan = plan("v1 ana:c,q,c");
    for (keeps_going, prunes) in [(false, false), (true, false), (false, true), (true, true)] {
        let all = search(&plan, 1, &Family::ALL);
        let alone = Exhaustion { jobs: 1, keeps_going, prunes, ..all };
        let shared = Exhaustion { jobs: 3, ..alone };
        let ((one, in_order), (other, heard)) =
            (schedules(&alone, &Tutorial), schedules(&shared, &Tutorial));
        assert_eq!(in_order, heard);
        assert_eq!(replays(&one.finds), replays(&other.finds));
        let figures =
            |it: &ExhaustionSummary| (it.executions, it.pruned, it.points, it.is_complete);
        assert_eq!(figures(&one), figures(&other));
        assert_eq!(one.is_complete, keeps_going);
        assert_eq!(one.finds.len() > 1, keeps_going);
    }
}

#[test]
fn a_search_stops_when_it_is_told_to() {
    let plan = plan("v1 ana:c");
    let stop = AtomicBool::new(false);
    let search = Exhaustion { stop: &stop, ..search(&plan, 1, &Family::ALL) };
    let summary = search.search(&STORMGLASS, |summary, _| {
        stop.store(summary.executions == 5, Ordering::Relaxed);
    });
    let summary = summary.expect("the harness works");
    assert_eq!((summary.executions, summary.is_complete), (5, false));
}

/// An application whose first sandbox is the only one that stores a row.
struct Fickle(AtomicBool);

impl App for Fickle {
    fn name(&self) -> &str {
        "fickle"
    }

    fn stack(&self) -> Stack {
        Small(Flaw::Naive).stack()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let is_first = !self.0.swap(true, Ordering::Relaxed);
        let flaw = if is_first { Flaw::Naive } else { Flaw::ForgetsToStore };
        Small(flaw).start(function, sdk)
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        Some(&Small(Flaw::Naive))
    }
}

#[test]
fn a_run_that_strays_from_the_one_before_it_is_an_error_of_the_harness() {
    let plan = plan("v1 ana:c");
    let search = Exhaustion { properties: &[], ..search(&plan, 1, &[Family::Error]) };
    let found = search.search(&Fickle(AtomicBool::new(false)), |_, _| {});
    let Err(HarnessError::Strayed { case, key }) = found else { panic!("the second run strays") };
    assert_eq!(case, "v1 ana:c | ana.c1.put-ana1-1=error");
    assert_eq!(key, "ana.c1.put-ana1-1");
}

fn first(app: &dyn App, named: &NamedPlan) -> Option<ScheduleFind> {
    let plan = named.plan(app);
    let search = Exhaustion { keeps_going: false, ..search(&plan, 1, &Family::ALL) };
    search.search(app, |_, _| {}).expect("the harness works").finds.pop()
}

#[test]
fn the_production_handlers_hold_in_every_named_plan_with_one_deviation() {
    for named in &plans::ALL {
        let find = first(&STORMGLASS, named);
        assert_eq!(find.map(|find| find.run.case.to_string()), None, "{}", named.name);
    }
}

#[test]
fn the_known_bad_handlers_break_in_every_named_plan_with_one_deviation() {
    for named in &plans::ALL {
        assert!(first(&Tutorial, named).is_some(), "{}", named.name);
    }
}

/// The row stands in the table, the handshake is not complete, and a post meets a 410 (FACTS 1.10).
#[test]
fn the_race_of_a_handshake_with_a_broadcast_takes_one_deviation() {
    let plan = plans::find("handshake").expect("a plan").plan(&STORMGLASS);
    for (app, promise) in [(&Tutorial as &dyn App, "isolated"), (&Small(Flaw::Naive), "registered")]
    {
        let (summary, _) = schedules(&search(&plan, 1, &[Family::Time]), app);
        let is_race = |find: &&ScheduleFind| {
            find.violation.property == promise
                && find
                    .run
                    .case
                    .schedule
                    .deviations
                    .keys()
                    .any(|key| key.as_str() == "ana.c1.answer")
        };
        assert!(summary.finds.iter().find(is_race).is_some(), "{}", app.name());
    }
}

#[test]
fn each_named_plan_has_a_name_of_its_own_and_is_about_what_it_says() {
    for named in &plans::ALL {
        assert_eq!(plans::find(named.name), Some(named));
        assert_eq!(text(&named.plan(&STORMGLASS), &Schedule::default()), named.text);
    }
    for (name, witness) in [
        ("handshake", "overlap"),
        ("close", "gone"),
        ("gone", "gone"),
        ("gone", "half-open"),
        ("over-rate", "over-rate"),
        ("pages", "next-page"),
    ] {
        let run = kept(&STORMGLASS, plans::find(name).expect("a plan").text);
        let seen = run.witnesses.iter().find(|(id, _)| *id == witness);
        assert!(seen.is_some_and(|(_, times)| *times > 0), "{name} shows no {witness}");
    }
}
