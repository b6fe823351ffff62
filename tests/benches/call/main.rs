//! The cost of a simulated AWS call, beside the floor: the same call of the same client, answered
//! at once with the same bytes.
//!
//! ```text
//! cargo bench --profile dev -p stormglass-tests --bench call
//! ```
//!
//! The profile is the one that `cargo sim` and `cargo test` are built with, and times are those
//! that the thread was busy. After criterion's own lines comes a table of ratios, from the quickest
//! round of each line of this very run:
//!
//! - *floor*: the SDK's work alone, from the call to the parsed answer.
//! - *seam*: connector, executor, schedule and service as well: all that the call adds to a run but
//!   what the next line has.
//! - *judged*: the trace hash, every promise and every witness. It is measured by doing it once
//!   more with the history that the run gave.
//! - *all*: what the call adds to a run. From the time of a run with many calls goes that of the
//!   same run without them.
//!
//! Beside them stands what a call costs in an exploration of the production handlers, with
//! everything: sandboxes that start, handlers, events, clients, set-up and end.

mod busy;
mod floor;

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::hash::{Hash, Hasher};
use std::hint::black_box;
use std::time::Duration;

use cpu_time::ThreadTime;
use criterion::measurement::WallTime;
use criterion::{BenchmarkGroup, Criterion, Throughput};
use stormglass_apps::STORMGLASS;
use stormglass_sim::search::explore;
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Case, Run, replay};
use stormglass_spec::hash::Words;
use stormglass_spec::{History, Judge, Property, witnesses};

use busy::{Busy, CALLS, Call};
use floor::Floor;

/// Simulations allocate all the time; this is what `cargo sim` uses.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

/// The seeds of the exploration.
const SEEDS: u64 = 40;

/// The quickest round of each line, in microseconds, by what is called.
#[derive(Default)]
struct QuickestRounds(RefCell<BTreeMap<(&'static str, &'static str), f64>>);

impl QuickestRounds {
    fn note(&self, call: &'static str, line: &'static str, elapsed: Duration) {
        let us = elapsed.as_secs_f64() * 1e6;
        let mut known = self.0.borrow_mut();
        let quickest = known.entry((call, line)).or_insert(us);
        *quickest = quickest.min(us);
    }

    fn of(&self, call: &'static str, line: &'static str) -> f64 {
        self.0.borrow().get(&(call, line)).copied().unwrap_or(f64::NAN)
    }
}

fn main() {
    let mut criterion = Criterion::default().configure_from_args();
    let quickest = QuickestRounds::default();
    for call in Call::ALL {
        compare(&mut criterion, &quickest, call);
    }
    let explored = explore_some(&mut criterion, &quickest);
    criterion.final_summary();
    print(&quickest, explored);
}

fn compare(criterion: &mut Criterion, quickest: &QuickestRounds, call: Call) {
    let app = Busy::default();
    let held = app.properties();
    let case: Case = call.case().parse().expect("a case");
    let without: Case = busy::case("nothing").parse().expect("a case");
    let play = |case| replay(&app, case, &held).expect("the harness works");
    let (base, run) = (play(&without), play(&case));
    assert_eq!((&base.violation, &run.violation), (&None, &None));
    assert_eq!(run.calls, CALLS + base.calls);
    let floor = Floor::new(call, &app.sdk(), &app.ids);
    let mut group = criterion.benchmark_group(call.name());
    group.throughput(Throughput::Elements(CALLS));
    let mut bench = |line, work: &dyn Fn()| measure(&mut group, quickest, call.name(), line, work);
    bench("floor", &|| floor.call_many());
    bench("run", &|| drop(play(&case)));
    bench("run without the calls", &|| drop(play(&without)));
    bench("judging", &|| judge(&run.history, &held));
    bench("judging without the calls", &|| judge(&base.history, &held));
    group.finish();
}

/// A part of an exploration of the production handlers, one seed after the other. Gives how many
/// calls and events there are to it.
fn explore_some(criterion: &mut Criterion, quickest: &QuickestRounds) -> (u64, u64) {
    let seed = |seed| explore::run_seed(&STORMGLASS, seed, Families::ALL).expect("it works");
    let (calls, events) = (0..SEEDS).map(seed).fold((0, 0), |(calls, events), run: Run| {
        (calls + run.calls, events + u64::try_from(run.history.events.len()).unwrap_or(0))
    });
    let mut group = criterion.benchmark_group("exploration");
    group.throughput(Throughput::Elements(calls));
    let explore = || (0..SEEDS).map(seed).for_each(drop);
    measure(&mut group, quickest, "exploration", "run", &explore);
    group.finish();
    (calls, events)
}

/// Judges every event as a run does: trace hash, promises and witnesses.
fn judge(history: &History, properties: &[Property]) {
    let mut judge = Judge::new(properties);
    let mut trace = Words::default();
    let mut seen = 0_u32;
    for event in &history.events {
        event.hash(&mut trace);
        judge.observe(event).expect("the run broke no promise");
        let shown = witnesses::ALL.iter().filter(|it| (it.shows)(event, judge.ledger())).count();
        seen += u32::try_from(shown).unwrap_or(0);
    }
    black_box((trace.finish(), seen));
}

fn measure(
    group: &mut BenchmarkGroup<'_, WallTime>,
    quickest: &QuickestRounds,
    call: &'static str,
    line: &'static str,
    work: &dyn Fn(),
) {
    group.bench_function(line, |bench| {
        bench.iter_custom(|rounds| {
            let mut total = Duration::ZERO;
            for _ in 0..rounds {
                let elapsed = time(work);
                quickest.note(call, line, elapsed);
                total += elapsed;
            }
            total
        });
    });
}

/// Returns the time that the thread was busy. Other programs on the machine make it wait as well.
fn time(work: impl FnOnce()) -> Duration {
    let started = ThreadTime::now();
    work();
    started.elapsed()
}

fn print(quickest: &QuickestRounds, (calls, events): (u64, u64)) {
    println!("\ncall                 floor us    seam   judged     all   (times the floor)");
    for call in Call::ALL {
        let of = |line| quickest.of(call.name(), line);
        let floor = of("floor");
        let all = (of("run") - of("run without the calls")) / floor;
        let judged = (of("judging") - of("judging without the calls")) / floor;
        println!(
            "{:<20} {:>8.1} {:>7.2} {judged:>8.2} {all:>7.2}",
            call.name(),
            floor / to_f64(CALLS),
            all - judged,
        );
    }
    let us = quickest.of("exploration", "run");
    println!(
        "exploration          {:>7.2} times the floor of a PutItem: {:.1} us a call; {:.0} \
         seeds/s, {:.0} events/s on one core",
        us / to_f64(calls) / (quickest.of(Call::Put.name(), "floor") / to_f64(CALLS)),
        us / to_f64(calls),
        to_f64(SEEDS) * 1e6 / us,
        to_f64(events) * 1e6 / us,
    );
}

/// Figures for people need no more digits than a double holds.
#[expect(clippy::cast_precision_loss, reason = "rounded for people anyway")]
fn to_f64(number: u64) -> f64 {
    number as f64
}
