//! The way from a case to the simplest one that is left.

use std::collections::BTreeSet;
use std::vec;

use super::candidates::WAYS;
use crate::case::Case;
use stormglass_spec::hash::Fnv;

/// A greedy search for a simpler case: it proposes one, and is told whether that one will do.
///
/// It knows nothing of runs, so whoever drives it decides what a case must do to be accepted. No
/// case is proposed twice, and the search ends when none of the ways leads on from the best case.
#[derive(Debug)]
pub struct Descent {
    best: Case,
    proposed: Option<Case>,
    /// Which of the ways it goes.
    way: usize,
    /// What is left to try on that way, and how many were tried before.
    left: vec::IntoIter<Case>,
    place: usize,
    /// Whether the best case has changed since the first way was gone last.
    has_moved: bool,
    /// The hashes of all cases that were proposed, and of the first one.
    known: BTreeSet<u64>,
}

impl Descent {
    /// Begins with a case that does what is wanted.
    pub fn new(case: Case) -> Descent {
        let left = WAYS[0](&case).into_iter();
        let known = BTreeSet::from([hash(&case)]);
        Descent { best: case, proposed: None, way: 0, left, place: 0, has_moved: false, known }
    }

    /// The simplest case so far.
    pub fn best(&self) -> &Case {
        &self.best
    }

    /// The case that waits for a word, if one does.
    pub fn proposed(&self) -> Option<&Case> {
        self.proposed.as_ref()
    }

    /// The next case to try, the same one until it is accepted or rejected. `None` if nothing
    /// simpler is left.
    pub fn propose(&mut self) -> Option<&Case> {
        if self.proposed.is_none() {
            self.proposed = self.next_new();
        }
        self.proposed.as_ref()
    }

    /// The proposed case does what is wanted: the search goes on from there.
    pub fn accept(&mut self) {
        let Some(case) = self.proposed.take() else { return };
        self.best = case;
        self.has_moved = true;
        // What stood before it in the list has been tried already.
        self.place -= 1;
        self.left = WAYS[self.way](&self.best).into_iter();
        self.left.by_ref().take(self.place).for_each(drop);
    }

    /// The proposed case does not do what is wanted.
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

    /// Turns to the next way, or to the first one if any of them led on; false at the end.
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
        self.left = WAYS[self.way](&self.best).into_iter();
        true
    }
}

/// Two cases are the same if their texts are.
fn hash(case: &Case) -> u64 {
    let mut hash = Fnv::default();
    hash.write(case.to_string().as_bytes());
    hash.finish()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Descends as long as `wanted` holds; gives what was proposed on the way, and the end.
    fn descend(case: &str, wanted: impl Fn(&str) -> bool) -> (Vec<String>, String) {
        let mut descent = Descent::new(case.parse().expect("a case"));
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
        let mut descent = Descent::new(LONG.parse().expect("a case"));
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
            let mut descent = Descent::new(LONG.parse().expect("a case"));
            for _ in 0..steps {
                let Some(case) = descent.propose() else { break };
                if wanted(&case.to_string()) { descent.accept() } else { descent.reject() }
            }
            let (_, end) = descend(&descent.best().to_string(), wanted);
            assert_eq!(end, whole);
        }
    }
}
