//! The simpler cases that a case could be, the boldest first.

use std::collections::BTreeMap;
use std::time::Duration;

use crate::case::{Action, Case, Choice, Deployment, Key, Step, Upgrade};

/// A way to make a case simpler, at one place of it.
type Simplify = fn(&Case) -> Vec<Case>;

/// The ways, in the order in which they are tried: what takes most away comes first.
pub(super) const WAYS: [Simplify; 8] = [
    without_deviations,
    without_clients,
    with_fewer_copies,
    without_steps,
    with_usual_settings,
    with_simpler_steps,
    with_smaller_deviations,
    with_natural_ordinals,
];

/// Halves, quarters and so on of the deviations are left out, down to each single one.
fn without_deviations(case: &Case) -> Vec<Case> {
    let keys: Vec<Key> = case.schedule.deviations.keys().cloned().collect();
    let mut candidates = Vec::new();
    let mut size = keys.len();
    while size > 0 {
        for chunk in keys.chunks(size) {
            let mut candidate = case.clone();
            candidate.schedule.deviations.retain(|key, _| !chunk.contains(key));
            candidates.push(candidate);
        }
        size /= 2;
    }
    candidates
}

fn without_clients(case: &Case) -> Vec<Case> {
    let candidates = (0..case.plan.clients.len()).map(|index| {
        let mut candidate = case.clone();
        candidate.plan.clients.remove(index);
        candidate
    });
    candidates.collect()
}

fn with_fewer_copies(case: &Case) -> Vec<Case> {
    let mut candidates = Vec::new();
    for (index, client) in case.plan.clients.iter().enumerate() {
        for copies in [2, client.copies / 2, client.copies - 1] {
            if (2..client.copies).contains(&copies) {
                let mut candidate = case.clone();
                candidate.plan.clients[index].copies = copies;
                candidates.push(candidate);
            }
        }
    }
    candidates
}

/// The last steps first: what came after a promise was broken is beside the point.
fn without_steps(case: &Case) -> Vec<Case> {
    let candidates = places(case).into_iter().rev().map(|(client, step)| {
        let mut candidate = case.clone();
        candidate.plan.clients[client].steps.remove(step);
        candidate
    });
    candidates.collect()
}

fn with_usual_settings(case: &Case) -> Vec<Case> {
    const SETTINGS: [fn(&mut Deployment, &Deployment); 13] = [
        |it, usual| it.page_rows_max = usual.page_rows_max,
        |it, usual| it.replica_lag = usual.replica_lag,
        |it, usual| it.expiry_lag = usual.expiry_lag,
        |it, usual| it.lambda_timeout = usual.lambda_timeout,
        |it, usual| it.lambda_concurrency = usual.lambda_concurrency,
        |it, usual| it.requests_per_second = usual.requests_per_second,
        |it, usual| it.burst = usual.burst,
        |it, usual| it.connects_per_second = usual.connects_per_second,
        |it, usual| it.buffer_frames_max = usual.buffer_frames_max,
        |it, usual| it.tcp_give_up = usual.tcp_give_up,
        |it, usual| it.routes_reserved = usual.routes_reserved,
        |it, usual| it.pings_reset_idle = usual.pings_reset_idle,
        |it, usual| it.frames_ordered = usual.frames_ordered,
    ];
    let usual = Deployment::default();
    let mut all = case.clone();
    all.plan.deployment = usual.clone();
    let single = SETTINGS.into_iter().map(|reset| {
        let mut candidate = case.clone();
        reset(&mut candidate.plan.deployment, &usual);
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
        Action::Connect(_) => vec![Action::Connect(Upgrade::default())],
        Action::Abandon(upgrade) => {
            vec![Action::Connect(upgrade.clone()), Action::Abandon(Upgrade::default())]
        }
        Action::Broadcast(_) | Action::BroadcastOf(_) => {
            vec![Action::Broadcast("\"x\"".to_owned())]
        }
        Action::Text(_) | Action::Frame(_) => vec![Action::Text("x".to_owned())],
        Action::Binary(_) => vec![Action::Binary(vec![0])],
        Action::Idle(duration) => shorter(*duration).map(Action::Idle).collect(),
        Action::Within(duration) => shorter(*duration).map(Action::Within).collect(),
        Action::Stall(duration) => shorter(*duration).map(Action::Stall).collect(),
        Action::Close(_) => vec![Action::Close(None)],
        Action::Ping | Action::Vanish => Vec::new(),
    }
}

/// Round times that are shorter, the shortest first.
fn shorter(than: Duration) -> impl Iterator<Item = Duration> {
    const TIMES_MS: [u64; 7] = [100, 500, 1_000, 5_000, 31_000, 61_000, 300_000];
    TIMES_MS.into_iter().map(Duration::from_millis).filter(move |time| *time < than)
}

/// An event that waits for fewer others, a leg that is less late.
fn with_smaller_deviations(case: &Case) -> Vec<Case> {
    let mut candidates = Vec::new();
    for (key, choice) in &case.schedule.deviations {
        let smaller: Vec<Choice> = match choice {
            Choice::After(events) => [1, *events / 2]
                .into_iter()
                .filter(|less| *less > 0 && less < events)
                .map(Choice::After)
                .collect(),
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

/// Every client's steps are counted from 1 again, in their names and in the keys.
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
        candidate.schedule.deviations.insert(rename(&key, &renamed), choice);
    }
    vec![candidate]
}

/// What changes in keys if a step's ordinal does: its own name, and those of its connection.
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

fn rename(key: &Key, renamed: &[(String, String)]) -> Key {
    let mut text = key.as_str().to_owned();
    for (from, to) in renamed {
        text = replace_whole(&text, from, to);
    }
    Key::new(text)
}

/// Replaces a name where it stands alone: not as the beginning of a longer number.
fn replace_whole(text: &str, from: &str, to: &str) -> String {
    let mut replaced = String::new();
    let mut rest = text;
    while let Some(at) = rest.find(from) {
        let (before, found) = rest.split_at(at);
        let after = &found[from.len()..];
        let begins = before.chars().last().is_none_or(|c| !c.is_ascii_alphanumeric());
        let ends = after.chars().next().is_none_or(|c| !c.is_ascii_digit());
        replaced.push_str(before);
        replaced.push_str(if begins && ends { to } else { from });
        rest = after;
    }
    replaced.push_str(rest);
    replaced
}

/// Every step of every client, by the places of both.
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
    fn the_last_step_goes_first_and_leaves_the_ordinals_of_the_others() {
        let case = case(r#"v1 ana:c,b"x",b"y" bob:c"#);
        assert_eq!(
            written(&without_steps(&case)),
            [
                r##"v1 ana:c,b"x",b"y" bob:"##,
                r#"v1 ana:c,b"x" bob:c"#,
                r##"v1 ana:c,b"y"#2 bob:c"##,
                r#"v1 ana:b"x",b"y" bob:c"#,
            ]
            .map(str::to_owned)
        );
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
        for way in [with_usual_settings, with_simpler_steps, with_smaller_deviations] {
            assert!(way(&case).iter().all(|candidate| *candidate == case));
        }
    }
}
