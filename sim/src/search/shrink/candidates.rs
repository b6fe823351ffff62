//! The simpler cases that may replace a case, the boldest first.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

use super::names::{mentions, rename_clients, rename_parts};
use crate::case::{Action, Case, Choice, Deployment, Handshake, Key, Step};
use crate::faults::{Fault, catalogue};

/// A way to make a case simpler, at one place of it.
///
/// The deployment is the usual one, to which the settings of a case return.
type Simplify = fn(&Case, &Deployment) -> Vec<Case>;

/// The ways, in the order in which they are tried: those that take most away come first.
pub(super) const WAYS: [Simplify; 11] = [
    |case, _| without_deviations(case),
    |case, _| without_clients(case),
    |case, _| with_fewer_copies(case),
    |case, _| without_steps(case),
    with_usual_settings,
    |case, _| with_simpler_steps(case),
    |case, _| with_smaller_deviations(case),
    |case, _| with_clients_joined(case),
    |case, _| without_pairs_of_steps(case),
    |case, _| with_deviations_joined(case),
    |case, _| with_natural_ordinals(case),
];

/// The largest number of steps for which pairs of them are tried. More steps have too many pairs.
const STEPS_FOR_PAIRS_MAX: usize = 10;

/// The largest number of deviations for which one is tried instead of two.
const DEVIATIONS_TO_JOIN_MAX: usize = 4;

/// The largest number of clients for which one is tried instead of another.
const CLIENTS_TO_JOIN_MAX: usize = 6;

/// Leaves out halves, quarters and so on of the deviations, down to each single one.
fn without_deviations(case: &Case) -> Vec<Case> {
    let keys: Vec<&Key> = case.schedule.deviations.keys().collect();
    let mut candidates = Vec::new();
    for size in halves(keys.len()) {
        for chunk in keys.chunks(size) {
            let mut candidate = case.clone();
            candidate.schedule.deviations.retain(|key, _| !chunk.contains(&key));
            candidates.push(candidate);
        }
    }
    candidates
}

/// Returns a number, its half and so on, down to one.
fn halves(number: usize) -> impl Iterator<Item = usize> {
    std::iter::successors(Some(number), |size| Some(size / 2)).take_while(|size| *size > 0)
}

/// Leaves out a client, with every deviation that names it.
fn without_clients(case: &Case) -> Vec<Case> {
    let candidates = (0..case.plan.clients.len()).map(|index| {
        let mut candidate = case.clone();
        let gone = candidate.plan.clients.remove(index).names();
        let stays = |key: &Key| !gone.iter().any(|name| mentions(key, name));
        candidate.schedule.deviations.retain(|key, _| stays(key));
        candidate
    });
    candidates.collect()
}

/// Leaves out a client; another one takes its part in the deviations that name it.
fn with_clients_joined(case: &Case) -> Vec<Case> {
    let clients = &case.plan.clients;
    if clients.len() > CLIENTS_TO_JOIN_MAX {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    for (index, gone) in clients.iter().enumerate() {
        let is_named = case.schedule.deviations.keys().any(|key| mentions(key, &gone.name));
        let others = clients.iter().filter(|other| is_named && other.name != gone.name);
        for other in others.filter(|other| other.copies == 1) {
            let mut candidate = case.clone();
            candidate.plan.clients.remove(index);
            let renamed = BTreeMap::from([(gone.name.to_string(), other.name.to_string())]);
            rename_clients(&mut candidate, &renamed);
            candidates.push(candidate);
        }
    }
    candidates
}

/// Reduces the copies of a client. The copies that deviations name become the first ones, and stay.
fn with_fewer_copies(case: &Case) -> Vec<Case> {
    let mut candidates = Vec::new();
    for (index, client) in case.plan.clients.iter().enumerate() {
        if client.copies == 1 {
            continue;
        }
        let keys = || case.schedule.deviations.keys();
        let names = client.names().into_iter();
        let named: Vec<_> = names.filter(|name| keys().any(|key| mentions(key, name))).collect();
        for copies in [1, 2, client.copies / 2, client.copies - 1] {
            if !(1..client.copies).contains(&copies) {
                continue;
            }
            let mut candidate = case.clone();
            candidate.plan.clients[index].copies = copies;
            let first = candidate.plan.clients[index].names();
            let renamed =
                named.iter().zip(first).map(|(from, to)| (from.to_string(), to.to_string()));
            rename_clients(&mut candidate, &renamed.collect());
            candidates.push(candidate);
        }
    }
    candidates
}

/// Leaves out halves, quarters and so on of a client's steps, down to each single one. The last
/// steps go first: steps after a violation are beside the point.
fn without_steps(case: &Case) -> Vec<Case> {
    let longest = case.plan.clients.iter().map(|client| client.steps.len()).max().unwrap_or(0);
    let mut candidates = Vec::new();
    for size in halves(longest) {
        for (index, client) in case.plan.clients.iter().enumerate().rev() {
            let mut end = client.steps.len();
            while end > 0 {
                let begin = end.saturating_sub(size);
                let mut candidate = case.clone();
                candidate.plan.clients[index].steps.drain(begin..end);
                candidates.push(candidate);
                end = begin;
            }
        }
    }
    candidates
}

/// Leaves out two steps that only go together: a connection and its end, or steps of two clients.
fn without_pairs_of_steps(case: &Case) -> Vec<Case> {
    let places = places(case);
    if places.len() > STEPS_FOR_PAIRS_MAX {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    for (index, (client, step)) in places.iter().enumerate() {
        for (other_client, other_step) in &places[index + 1..] {
            let mut candidate = case.clone();
            // The later one first: it would move up.
            candidate.plan.clients[*other_client].steps.remove(*other_step);
            candidate.plan.clients[*client].steps.remove(*step);
            candidates.push(candidate);
        }
    }
    candidates
}

fn with_usual_settings(case: &Case, usual: &Deployment) -> Vec<Case> {
    let mut all = case.clone();
    all.plan.deployment = usual.clone();
    let single = Deployment::SETTINGS.into_iter().map(|copy| {
        let mut candidate = case.clone();
        copy(&mut candidate.plan.deployment, usual);
        candidate
    });
    std::iter::once(all).chain(single).collect()
}

fn with_simpler_steps(case: &Case) -> Vec<Case> {
    let mut candidates = Vec::new();
    for (client, index) in places(case) {
        let step = &case.plan.clients[client].steps[index];
        for simpler in simpler_steps(step) {
            let mut candidate = case.clone();
            candidate.plan.clients[client].steps[index] = simpler;
            candidates.push(candidate);
        }
    }
    candidates
}

fn simpler_steps(step: &Step) -> Vec<Step> {
    let mut simpler: Vec<Step> = simpler_actions(&step.action)
        .into_iter()
        .filter(|action| *action != step.action)
        .map(|action| Step { action, ..step.clone() })
        .collect();
    if step.at_once {
        simpler.push(Step { at_once: false, ..step.clone() });
    }
    simpler
}

fn simpler_actions(action: &Action) -> Vec<Action> {
    match action {
        Action::Connect(handshake) => simpler_handshakes(handshake).map(Action::Connect).collect(),
        Action::Abandon(handshake) => {
            let connect = Action::Connect(handshake.clone());
            let simpler = simpler_handshakes(handshake).map(Action::Abandon);
            std::iter::once(connect).chain(simpler).collect()
        }
        Action::Run(_) => vec![Action::Connect(Handshake::default())],
        Action::Broadcast(_) | Action::BroadcastOf(_) => {
            vec![Action::Broadcast("\"x\"".to_owned())]
        }
        Action::Text(_) | Action::Frame(_) => vec![Action::Text("x".to_owned())],
        Action::Binary(_) => vec![Action::Binary(vec![0])],
        Action::Idle(duration) => shorter(*duration).map(Action::Idle).collect(),
        Action::Within(duration) => shorter(*duration).map(Action::Within).collect(),
        Action::Stall(duration) => shorter(*duration).map(Action::Stall).collect(),
        Action::Close(_) => vec![Action::Close(None)],
        Action::Ping | Action::Vanish | Action::Emit { .. } => Vec::new(),
    }
}

/// Returns the usual handshake, and the same kind without changes.
fn simpler_handshakes(handshake: &Handshake) -> impl Iterator<Item = Handshake> + use<> {
    let kind = handshake.kind.clone();
    [Handshake::default(), Handshake { kind, ..Handshake::default() }].into_iter()
}

/// Returns shorter round times, the shortest first.
fn shorter(than: Duration) -> impl Iterator<Item = Duration> {
    const TIMES_MS: [u64; 7] = [100, 500, 1_000, 5_000, 31_000, 61_000, 300_000];
    TIMES_MS.into_iter().map(Duration::from_millis).filter(move |time| *time < than)
}

/// Makes deviations smaller: an event waits for fewer others, or a leg is less late.
fn with_smaller_deviations(case: &Case) -> Vec<Case> {
    let mut candidates = Vec::new();
    for (key, choice) in &case.schedule.deviations {
        let smaller: Vec<Choice> = match choice {
            Choice::After(events) => fewer(*events).map(Choice::After).collect(),
            Choice::Late(delay) => shorter(*delay).map(Choice::Late).collect(),
            Choice::Fault(_) => Vec::new(),
        };
        for choice in smaller {
            let mut candidate = case.clone();
            candidate.schedule.deviations.insert(key.clone(), choice);
            candidates.push(candidate);
        }
    }
    candidates
}

/// Returns smaller numbers of events, the smallest first.
fn fewer(than: u16) -> impl Iterator<Item = u16> {
    const EVENTS: [u16; 8] = [1, 2, 3, 4, 6, 8, 16, 32];
    EVENTS.into_iter().filter(move |events| *events < than)
}

/// Replaces two deviations by one: one goes, and the other becomes larger, or becomes another
/// deviation at its point.
fn with_deviations_joined(case: &Case) -> Vec<Case> {
    let deviations = &case.schedule.deviations;
    if deviations.len() > DEVIATIONS_TO_JOIN_MAX {
        return Vec::new();
    }
    let mut candidates = Vec::new();
    for gone in deviations.keys() {
        for (key, choice) in deviations.iter().filter(|(key, _)| *key != gone) {
            for other in instead_of(*choice) {
                let mut candidate = case.clone();
                candidate.schedule.deviations.remove(gone);
                candidate.schedule.deviations.insert(key.clone(), other);
                candidates.push(candidate);
            }
        }
    }
    candidates
}

/// Returns the choices that can replace a choice and do more than it does.
fn instead_of(choice: Choice) -> Vec<Choice> {
    const LATE: [Choice; 4] = [
        Choice::Late(Duration::from_millis(500)),
        Choice::Late(Duration::from_millis(1_500)),
        Choice::Late(Duration::from_secs(6)),
        Choice::Late(Duration::from_secs(35)),
    ];
    match choice {
        Choice::After(events) => {
            let more = [4, 16, 63].into_iter().filter(|more| *more > events).map(Choice::After);
            more.chain(LATE).collect()
        }
        Choice::Late(delay) => {
            let longer = LATE.into_iter().filter(|late| *late > Choice::Late(delay));
            longer.collect()
        }
        Choice::Fault(fault) => beside(fault).into_iter().map(Choice::Fault).collect(),
    }
}

/// Returns the other faults that strike at the sites of this one.
fn beside(fault: Fault) -> BTreeSet<Fault> {
    let here = catalogue::ALL.iter().filter(|entry| entry.fault == fault);
    let mut beside: BTreeSet<Fault> = here.flat_map(|entry| entry.site.faults()).collect();
    beside.remove(&fault);
    beside
}

/// Counts the steps of every client from 1 again, in their names and in the keys.
fn with_natural_ordinals(case: &Case) -> Vec<Case> {
    let mut candidate = case.clone();
    let mut renamed: Vec<(String, String)> = Vec::new();
    for client in &mut candidate.plan.clients {
        let mut counts = BTreeMap::new();
        for step in &mut client.steps {
            let kind = step.action.kind();
            let count: &mut u32 = counts.entry(kind).or_default();
            *count += 1;
            if step.ordinal != *count {
                renamed.extend(renames(&client.name, kind, step.ordinal, *count));
                step.ordinal = *count;
            }
        }
    }
    if renamed.is_empty() {
        return Vec::new();
    }
    let deviations = std::mem::take(&mut candidate.schedule.deviations);
    for (key, choice) in deviations {
        candidate.schedule.deviations.insert(rename_parts(&key, &renamed), choice);
    }
    vec![candidate]
}

/// Returns the changes in keys if a step's ordinal changes: the step's own name, and the names of
/// its connection.
fn renames(client: &str, kind: &str, from: u32, to: u32) -> Vec<(String, String)> {
    let mut renames = vec![(format!("{client}.{kind}{from}"), format!("{client}.{kind}{to}"))];
    if kind == "c" {
        for end in ["d", "auth"] {
            renames.push((format!("{client}.{end}{from}"), format!("{client}.{end}{to}")));
        }
        renames.push((format!("{client}{from}"), format!("{client}{to}")));
    }
    renames
}

/// Returns every step of every client, as the index of the client and the index of the step.
fn places(case: &Case) -> Vec<(usize, usize)> {
    let clients = case.plan.clients.iter().enumerate();
    clients.flat_map(|(client, it)| (0..it.steps.len()).map(move |step| (client, step))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn case(text: &str) -> Case {
        text.parse().expect("a case")
    }

    fn written(candidates: &[Case]) -> Vec<String> {
        candidates.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn deviations_go_in_chunks_that_get_smaller() {
        let case = case("v1 ana:c | a=after1 b=after1 c=after1 d=after1");
        let candidates = written(&without_deviations(&case));
        assert_eq!(candidates[0], "v1 ana:c");
        assert_eq!(candidates[1], "v1 ana:c | c=after1 d=after1");
        assert_eq!(candidates.len(), 1 + 2 + 4);
        assert_eq!(candidates[6], "v1 ana:c | a=after1 b=after1 c=after1");
    }

    #[test]
    fn steps_go_in_chunks_from_the_end_and_leave_the_ordinals_of_the_others() {
        let case = case(r#"v1 ana:c,b"x",b"y" bob:c"#);
        let candidates = written(&without_steps(&case));
        assert_eq!(candidates[1], "v1 ana: bob:c");
        assert_eq!(
            candidates[2..],
            [
                r##"v1 ana:c,b"x",b"y" bob:"##,
                r#"v1 ana:c,b"x" bob:c"#,
                r##"v1 ana:c,b"y"#2 bob:c"##,
                r#"v1 ana:b"x",b"y" bob:c"#,
            ]
        );
    }

    #[test]
    fn steps_go_in_pairs_of_one_client_or_two() {
        let case = case("v1 ana:c,q bob:v");
        let pairs = ["v1 ana: bob:v", "v1 ana:q bob:", "v1 ana:c bob:"];
        assert_eq!(written(&without_pairs_of_steps(&case)), pairs);
    }

    #[test]
    fn a_client_goes_with_the_deviations_that_name_it() {
        let case = case("v1 ana:c herd*3:c bob:c | ana.c1.up=after1 bob.b1.post-herdc1-1=error");
        assert_eq!(
            written(&without_clients(&case)),
            [
                "v1 herd*3:c bob:c | bob.b1.post-herdc1-1=error",
                "v1 ana:c bob:c | ana.c1.up=after1",
                "v1 ana:c herd*3:c | ana.c1.up=after1",
            ]
        );
    }

    #[test]
    fn a_client_takes_the_part_of_another_in_the_deviations() {
        let case = case("v1 ana:c bob:c | bob.b1.post-ana1-1=error");
        let joined = ["v1 bob:c | bob.b1.post-bob1-1=error", "v1 ana:c | ana.b1.post-ana1-1=error"];
        assert_eq!(written(&with_clients_joined(&case)), joined);
    }

    #[test]
    fn the_copies_that_are_named_become_the_first_ones() {
        let case = case("v1 herd*9:c | bob.b1.post-herdc1-1=error herdf1=maintenance");
        let fewer = written(&with_fewer_copies(&case));
        let two = "v1 herd*2:c | bob.b1.post-herda1-1=error herdb1=maintenance";
        assert_eq!(fewer[1], two);
        let case: Case = "v1 herd*9:c | bob.b1.post-herdc1-1=error".parse().expect("a case");
        let one = "v1 herd:c | bob.b1.post-herd1-1=error";
        assert_eq!(written(&with_fewer_copies(&case))[0], one);
    }

    #[test]
    fn one_deviation_stands_for_two() {
        let case = case("v1 ana:c | ana.c1.up=after5 ana.c1.answer=late1500ms");
        let joined = written(&with_deviations_joined(&case));
        for wanted in ["ana.c1.up=after16", "ana.c1.up=late35s", "ana.c1.answer=late6s"] {
            assert!(joined.contains(&format!("v1 ana:c | {wanted}")), "{wanted}: {joined:?}");
        }
    }

    #[test]
    fn steps_are_counted_from_one_again_wherever_they_are_named() {
        let case = case(
            "v1 ana:c#2,b\"x\"#3 bob:c | ana.b3.post-ana2-1=error ana.c2.start=after1 \
             ana2=maintenance bob.d1.start=dropped",
        );
        assert_eq!(
            written(&with_natural_ordinals(&case)),
            ["v1 ana:c,b\"x\" bob:c | ana.b1.post-ana1-1=error ana.c1.start=after1 \
              ana1=maintenance bob.d1.start=dropped"]
        );
    }

    #[test]
    fn a_dull_case_with_plain_steps_cannot_be_simpler_but_by_what_it_leaves_out() {
        let case = case(r#"v1 ana:c,b"x""#);
        let usual = with_usual_settings(&case, &Deployment::default());
        let others = [with_simpler_steps(&case), with_smaller_deviations(&case)].concat();
        assert!(usual.iter().chain(&others).all(|candidate| *candidate == case));
    }
}
