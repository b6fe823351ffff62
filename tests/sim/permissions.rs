//! Permissions in a run: the refusals of services, and the production handlers under the roles of
//! their template.

use serde_json::json;
use stormglass_apps::STORMGLASS;
use stormglass_sim::faults::Family;
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::stack::{Function, Policy, Role, Stack};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Broadcasts, Case, Handler, Sdk, Vocabulary, replay};
use stormglass_spec::history::{Effect, EventKind};
use stormglass_spec::{Property, properties, ready};
use stormglass_tests::office::Office;
use stormglass_tests::seen::early;

/// The seeds that a search may take to find a missing permission.
const SEEDS: u64 = 60;

/// An application with other functions: the same code under other roles.
struct Redeployment<'a> {
    app: &'a dyn App,
    stack: Stack,
}

impl App for Redeployment<'_> {
    fn name(&self) -> &str {
        self.app.name()
    }

    fn stack(&self) -> Stack {
        self.stack.clone()
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        self.app.start(function, sdk)
    }

    fn vocabulary(&self) -> Vocabulary {
        self.app.vocabulary()
    }

    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        self.app.broadcasts()
    }

    fn properties(&self) -> Vec<Property> {
        let further = [ready::UNFAILING, ready::EVERYONE_GETS_IN];
        properties::ALL.iter().cloned().chain(further).collect()
    }
}

fn role(actions: &[&str]) -> Role {
    let statement = json!({ "Effect": "Allow", "Action": actions, "Resource": "*" });
    let document = json!({ "Version": "2012-10-17", "Statement": [statement] });
    let (policy, warnings) = Policy::parse(&document).expect("a policy");
    assert!(warnings.is_empty());
    Role { name: "some-role".to_owned(), policies: vec![policy] }
}

/// The refusals of all calls of a run of the office, in which a function has a role that allows
/// these actions.
fn refusals(function: &str, actions: &[&str], case: &str) -> Vec<String> {
    let office = Office::default();
    let mut stack = office.stack();
    stack.functions.retain(|it| it.name != function);
    let stack = stack.function(Function::new(function).role(role(actions)));
    let case: Case = case.parse().expect("a case");
    let run = replay(&Redeployment { app: &office, stack }, &case, &[]).expect("it runs");
    early(&run, |what| match what {
        EventKind::CallApplied { effect: Effect::Refused { error, explanation }, .. } => {
            Some(format!("{error}: {explanation}"))
        }
        _ => None,
    })
}

/// FACTS 17.1.
#[test]
fn a_call_that_the_role_does_not_allow_is_refused_in_the_words_of_its_service() {
    let order = r#"v1 bob:c,m{"action":"order","text":"tea"}"#;
    let who = "User: arn:aws:sts::123456789012:assumed-role/some-role";
    assert_eq!(refusals("order", &["sqs:SendMessage"], order), [""; 0]);
    assert_eq!(
        refusals("order", &["sqs:ReceiveMessage"], order),
        [format!(
            "AccessDenied: {who}/order is not authorized to perform: sqs:sendmessage on resource: \
             arn:aws:sqs:eu-central-1:123456789012:jobs because no identity-based policy allows \
             the sqs:sendmessage action"
        )]
    );
    let later = r#"v1 bob:c,m{"action":"later","text":"tea"}"#;
    let denied = refusals("later", &["sqs:*"], later);
    assert_eq!(denied.len(), 1, "{denied:?}");
    assert!(denied[0].starts_with("AccessDeniedException: "), "{denied:?}");
    assert!(denied[0].contains("lambda:InvokeFunction"), "{denied:?}");
    let posts = refusals("work", &["lambda:*"], later);
    assert!(posts[0].contains("execute-api:ManageConnections"), "{posts:?}");
}

/// The production handlers, with the functions changed by `change`.
fn redeployed(change: impl Fn(&mut Function)) -> Redeployment<'static> {
    let mut stack = STORMGLASS.stack();
    stack.functions.iter_mut().for_each(change);
    Redeployment { app: &STORMGLASS, stack }
}

/// The number of the seed that finds something wrong, and the promise that is broken or that no
/// run tests any more.
fn finding(app: &dyn App) -> Option<(u64, String)> {
    let calm = Families::of(&[Family::Order]);
    let whole = redeployed(|_| {});
    for seed in 0..SEEDS {
        let run = run_seed(app, seed, calm).expect("it runs");
        if let Some(violation) = run.violation {
            return Some((seed, violation.property.to_owned()));
        }
    }
    let tests = |app: &dyn App| {
        let mut sums = vec![0; app.properties().len()];
        for seed in 0..SEEDS {
            let verdicts = run_seed(app, seed, calm).expect("it runs").verdicts;
            sums.iter_mut().zip(&verdicts).for_each(|(sum, (_, times))| *sum += times);
        }
        sums
    };
    let (before, after) = (tests(&whole), tests(app));
    let silent = before.iter().zip(&after).position(|(before, after)| *before > 0 && *after == 0);
    silent.map(|place| (SEEDS, format!("never tested: {}", app.properties()[place].id)))
}

#[test]
fn the_roles_of_the_template_allow_all_that_the_handlers_do() {
    assert!(STORMGLASS.stack().functions.iter().all(|function| function.role.is_some()));
    assert_eq!(finding(&redeployed(|_| {})), None);
}

#[test]
fn each_permission_of_the_template_is_missed_when_it_is_taken_away() {
    let mut found = Vec::new();
    for function in STORMGLASS.stack().functions {
        let role = function.role.expect("a role");
        for (place, permission) in role.permissions() {
            // Nothing simulates the logs.
            if permission.action.starts_with("logs:") {
                continue;
            }
            let app = redeployed(|it| {
                let Some(role) = it.role.as_mut().filter(|_| it.name == function.name) else {
                    return;
                };
                role.policies[place.policy] = role.policies[place.policy].without(&permission);
            });
            let finding = finding(&app).map(|(seed, what)| format!("{seed} {what}"));
            let finding = finding.unwrap_or_else(|| "nothing".to_owned());
            found.push(format!("{} {}: {finding}", function.name, permission.action));
        }
    }
    assert_eq!(
        found,
        [
            "stormglass-on-connect dynamodb:PutItem: 0 unfailing",
            "stormglass-on-disconnect dynamodb:DeleteItem: 0 unfailing",
            "stormglass-on-broadcast dynamodb:Scan: 0 unfailing",
            "stormglass-on-broadcast dynamodb:DeleteItem: 20 no-ghosts",
            "stormglass-on-broadcast execute-api:ManageConnections: 0 no-ghosts",
        ]
    );
}
