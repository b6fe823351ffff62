//! The way from a case to the simplest one that can be found.

use std::collections::BTreeSet;
use std::vec;

use super::candidates::WAYS;
use crate::case::{Case, Deployment};
use stormglass_spec::hash::Fnv;

/// A greedy search for a simpler case: it proposes a case, and its caller accepts or rejects it.
///
/// The search knows nothing of runs, so the caller decides which cases are acceptable. No case is
/// proposed twice. The search ends when none of the ways leads on from the best case.
#[derive(Debug)]
pub struct Descent {
    /// The deployment to whose settings those of a case return.
    usual: Deployment,
    best: Case,
    proposed: Option<Case>,
    /// The index of the current way.
    way: usize,
    /// The candidates that are left to try on that way. `place` counts those tried before.
    left: vec::IntoIter<Case>,
    place: usize,
    /// True if the best case has changed since the last turn to the first way.
    has_moved: bool,
    /// The hashes of the first case and of all cases that were proposed.
    known: BTreeSet<u64>,
}

impl Descent {
    /// Begins with an acceptable case. Its settings can return to those of the deployment `usual`.
    pub fn new(case: Case, usual: Deployment) -> Descent {
        let left = WAYS[0](&case, &usual).into_iter();
        let known = BTreeSet::from([hash(&case)]);
        Descent {
            usual,
            best: case,
            proposed: None,
            way: 0,
            left,
            place: 0,
            has_moved: false,
            known,
        }
    }

    /// Returns the simplest case so far.
    pub fn best(&self) -> &Case {
        &self.best
    }

    /// Returns the proposed case that waits for an answer, if there is one.
    pub fn proposed(&self) -> Option<&Case> {
        self.proposed.as_ref()
    }

    /// Returns the next case to try: the same one until it is accepted or rejected. `None` if
    /// nothing simpler is left.
    pub fn propose(&mut self) -> Option<&Case> {
        if self.proposed.is_none() {
            self.proposed = self.next_new();
        }
        self.proposed.as_ref()
    }

    /// Accepts the proposed case: the search goes on from there.
    pub fn accept(&mut self) {
        let Some(case) = self.proposed.take() else { return };
        self.best = case;
        self.has_moved = true;
        // The candidates before it in the list have been tried already.
        self.place -= 1;
        self.left = WAYS[self.way](&self.best, &self.usual).into_iter();
        self.left.by_ref().take(self.place).for_each(drop);
    }

    /// Rejects the proposed case.
    pub fn reject(&mut self) {
        self.proposed = None;
    }

    fn next_new(&mut self) -> Option<Case> {
        loop {
            for case in self.left.by_ref() {
                self.place += 1;
                if self.known.insert(hash(&case)) {
                    return Some(case);
                }
            }
            if !self.turn() {
                return None;
            }
        }
    }

    /// Turns to the next way, or to the first one if any way led on. Returns false at the end.
    fn turn(&mut self) -> bool {
        self.way += 1;
        if self.way == WAYS.len() {
            if !self.has_moved {
                self.way -= 1;
                return false;
            }
            self.has_moved = false;
            self.way = 0;
        }
        self.place = 0;
        self.left = WAYS[self.way](&self.best, &self.usual).into_iter();
        true
    }
}

/// Hashes the text of a case: two cases with the same text are the same.
fn hash(case: &Case) -> u64 {
    let mut hash = Fnv::default();
    hash.write(case.to_string().as_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Descends as long as `wanted` holds. Returns the proposed cases and the last best case.
    fn descend(case: &str, wanted: impl Fn(&str) -> bool) -> (Vec<String>, String) {
        let mut descent = Descent::new(case.parse().expect("a case"), Deployment::default());
        let mut proposed = Vec::new();
        while let Some(case) = descent.propose() {
            let text = case.to_string();
            if wanted(&text) {
                descent.accept()
            } else {
                descent.reject()
            }
            proposed.push(text);
        }
        (proposed, descent.best().to_string())
    }

    const LONG: &str = r#"v1 page=2 ana:i1s,c,t"x",b"2" bob:c,b"hi",q herd*9:c | ana.c1.up=after3
        bob.b1.post-herdc1-1=error bob.b1.up=late200ms herdc.c1.start=cold"#;

    #[test]
    fn what_is_not_needed_goes_and_what_is_needed_stays() {
        let (_, end) = descend(LONG, |_| true);
        assert_eq!(end, "v1");
        let (_, end) = descend(LONG, |case| case.contains("b\"") && case.contains("=error"));
        assert_eq!(end, r#"v1 bob:b"x" | bob.b1.post-bob1-1=error"#);
        let (_, end) = descend(LONG, |case| case.contains("page=2"));
        assert_eq!(end, "v1 page=2");
    }

    #[test]
    fn no_case_is_proposed_twice() {
        for wanted in ["ana:", "bob", "herd", "b1", "=cold"] {
            let (mut proposed, _) = descend(LONG, |case| case.contains(wanted));
            let count = proposed.len();
            proposed.sort();
            proposed.dedup();
            assert_eq!(proposed.len(), count, "{wanted}");
        }
    }

    #[test]
    fn a_proposal_stands_until_there_is_a_word_on_it() {
        let mut descent = Descent::new(LONG.parse().expect("a case"), Deployment::default());
        let first = descent.propose().cloned();
        assert!(first.is_some());
        assert_eq!(descent.propose().cloned(), first);
        descent.reject();
        assert_ne!(descent.propose().cloned(), first);
        assert_eq!(descent.best().to_string(), LONG.parse::<Case>().expect("a case").to_string());
    }

    #[test]
    fn taken_up_again_where_it_stopped_it_comes_to_the_same_end() {
        let wanted = |case: &str| case.contains("b\"") && case.contains("=late");
        let (_, whole) = descend(LONG, wanted);
        for steps in [1, 5, 20] {
            let mut descent = Descent::new(LONG.parse().expect("a case"), Deployment::default());
            for _ in 0..steps {
                let Some(case) = descent.propose() else { break };
                if wanted(&case.to_string()) { descent.accept() } else { descent.reject() }
            }
            let (_, end) = descend(&descent.best().to_string(), wanted);
            assert_eq!(end, whole);
        }
    }
}
