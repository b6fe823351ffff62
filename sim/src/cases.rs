//! A proptest strategy that draws and simplifies cases.

use std::fmt;

use proptest::num::u64;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::app::App;
use crate::case::{Case, Plan};
use crate::run::run;
use crate::search::shrink::Descent;
use crate::strategy::{Families, Random};

/// Returns a proptest strategy for cases: the steps of clients, and the deviations of a run.
///
/// Proptest draws a seed. [`App::plan`] makes the plan of the seed, and a random run of the plan
/// gives the deviations. That run judges no promise, so it goes on to its end. If a test fails,
/// proptest tries simpler cases, as [`shrink`](mod@crate::search::shrink) does. It ends with a case
/// from which nothing more can be left out.
///
/// ```
/// # use stormglass_sim::{App, cases, check};
/// use proptest::prelude::*;
/// # fn test(chat: &dyn App) {
/// proptest!(|(case in cases(chat))| {
///     check(chat, &case)?;
/// });
/// # }
/// ```
///
/// Proptest does not tell one failure from another. A test that checks several promises can
/// therefore end with another broken promise than it began with;
/// [`shrink()`](crate::search::shrink::shrink) never does.
pub fn cases(app: &dyn App) -> Cases<'_> {
    Cases { app, families: Families::ALL, plan: None }
}

/// A proptest strategy for the cases of one application, made by [`cases()`].
#[derive(Clone)]
pub struct Cases<'a> {
    app: &'a dyn App,
    families: Families,
    plan: Option<Plan>,
}

impl Cases<'_> {
    /// Restricts the deviations to some families.
    pub fn families(self, families: Families) -> Self {
        Cases { families, ..self }
    }

    /// Fixes the plan of every case; a test that fails may end with a part of it.
    pub fn plan(self, plan: Plan) -> Self {
        Cases { plan: Some(plan), ..self }
    }
}

impl fmt::Debug for Cases<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Cases { app, families, plan } = self;
        f.debug_struct("Cases")
            .field("app", &app.name())
            .field("families", families)
            .field("plan", plan)
            .finish()
    }
}

impl Strategy for Cases<'_> {
    type Tree = Simpler;
    type Value = Case;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let seed = u64::ANY.new_tree(runner)?.current();
        let plan = self.plan.clone().unwrap_or_else(|| self.app.plan(seed));
        let run = run(self.app, &plan, &mut Random::new(seed, self.families), &[]);
        let case = run.map_err(|error| error.to_string())?.case;
        Ok(Simpler { descent: Descent::new(case, self.app.deployment()) })
    }
}

/// A case, and the simpler cases that proptest may try in its place.
#[derive(Debug)]
pub struct Simpler {
    descent: Descent,
}

impl ValueTree for Simpler {
    type Value = Case;

    fn current(&self) -> Case {
        self.descent.proposed().unwrap_or_else(|| self.descent.best()).clone()
    }

    /// Accepts the current case, with which the test failed, and proposes a simpler one.
    fn simplify(&mut self) -> bool {
        self.descent.accept();
        self.descent.propose().is_some()
    }

    /// Rejects the current case, with which the test passed, and proposes the next one.
    fn complicate(&mut self) -> bool {
        self.descent.reject();
        self.descent.propose().is_some()
    }
}
