//! Cases for proptest.

use std::fmt;

use proptest::num::u64;
use proptest::strategy::{NewTree, Strategy, ValueTree};
use proptest::test_runner::TestRunner;

use crate::app::App;
use crate::case::{Case, Plan};
use crate::run::run;
use crate::search::shrink::Descent;
use crate::strategy::{Families, Random};

/// Cases for proptest: what clients do, and what goes wrong.
///
/// Proptest draws a seed. The seed gives the plan, as [`App::plan`] has it, and a random run of it
/// gives the deviations; no promise is judged in that run, so that it goes on to its end. A test
/// that fails gets simpler cases, as [`shrink`](mod@crate::search::shrink) tries them, and ends
/// with one of which nothing more can be left out.
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
/// To proptest a failure is a failure. A test that checks several promises can end with another
/// one than it began with; [`shrink()`](crate::search::shrink::shrink) never does.
pub fn cases(app: &dyn App) -> Cases<'_> {
    Cases { app, families: Families::ALL, plan: None }
}

/// Made by [`cases()`].
#[derive(Clone)]
pub struct Cases<'a> {
    app: &'a dyn App,
    families: Families,
    plan: Option<Plan>,
}

impl Cases<'_> {
    /// Only deviations of these families.
    pub fn families(self, families: Families) -> Self {
        Cases { families, ..self }
    }

    /// Only this plan; a test that fails may end with a part of it.
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
        Ok(Simpler { descent: Descent::new(case) })
    }
}

/// A case, and the simpler ones that it could be.
#[derive(Debug)]
pub struct Simpler {
    descent: Descent,
}

impl ValueTree for Simpler {
    type Value = Case;

    fn current(&self) -> Case {
        self.descent.proposed().unwrap_or_else(|| self.descent.best()).clone()
    }

    /// The test failed, so the present case will do.
    fn simplify(&mut self) -> bool {
        self.descent.accept();
        self.descent.propose().is_some()
    }

    /// The test passed: back to the case before, and on with the next one.
    fn complicate(&mut self) -> bool {
        self.descent.reject();
        self.descent.propose().is_some()
    }
}
