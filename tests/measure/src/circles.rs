//! Circles of a graph.

use std::collections::{BTreeMap, BTreeSet};

/// Returns the strongly connected components with more than one node, in the order of their names.
pub(crate) fn circles<T>(arrows: &BTreeMap<String, BTreeMap<String, T>>) -> Vec<BTreeSet<String>> {
    let reached: BTreeMap<&str, BTreeSet<&str>> =
        arrows.keys().map(|node| (node.as_str(), reach(arrows, node))).collect();
    let mut found = BTreeSet::new();
    for (node, others) in &reached {
        let comes_back = |other: &&&str| reached.get(**other).is_some_and(|set| set.contains(node));
        let circle: BTreeSet<String> =
            others.iter().filter(comes_back).map(|&other| other.to_owned()).collect();
        if circle.len() > 1 {
            found.insert(circle);
        }
    }
    found.into_iter().collect()
}

/// Returns the nodes that one or more arrows lead to from `start`.
fn reach<'a, T>(
    arrows: &'a BTreeMap<String, BTreeMap<String, T>>,
    start: &'a str,
) -> BTreeSet<&'a str> {
    let mut reached = BTreeSet::new();
    let mut waiting = vec![start];
    while let Some(node) = waiting.pop() {
        for next in arrows.get(node).into_iter().flat_map(BTreeMap::keys) {
            if reached.insert(next.as_str()) {
                waiting.push(next);
            }
        }
    }
    reached
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_circle_holds_what_leads_back_and_nothing_else() {
        let mut arrows: BTreeMap<String, BTreeMap<String, ()>> = BTreeMap::new();
        for (from, to) in [("a", "b"), ("b", "c"), ("c", "b"), ("c", "d"), ("d", "d")] {
            arrows.entry(from.to_owned()).or_default().insert(to.to_owned(), ());
        }
        let circle = ["b", "c"].map(str::to_owned).into_iter().collect::<BTreeSet<_>>();
        assert_eq!(circles(&arrows), [circle]);
    }
}
