//! Small plans, each with one race.
//!
//! Every point of choice multiplies the runs of a search, so the plans are as small as they can be.
//! Their pauses make the race close in a dull run: one step comes a few milliseconds before the
//! other.

use stormglass_spec::name::ClientName;

use crate::app::App;
use crate::case::{Action, Case, Client, Plan};
use crate::vocabulary::{Speaker, Vocabulary};

/// A plan with a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct NamedPlan {
    /// The name on the command line.
    pub name: &'static str,
    /// A short description.
    pub about: &'static str,
    /// The text form of the plan.
    pub text: &'static str,
}

/// Every plan that has a name.
pub const ALL: [NamedPlan; 9] = [
    NamedPlan {
        name: "broadcast",
        about: "two clients and one broadcast",
        text: r#"v1 ana:c bob:c,i1s,b"hi""#,
    },
    NamedPlan {
        name: "pages",
        about: "one broadcast over two pages of the table",
        text: r#"v1 page=1 ana:c bob:c,i1s,b"hi""#,
    },
    NamedPlan {
        name: "handshake",
        about: "a handshake during a broadcast",
        text: r#"v1 ana:i395ms,c bob:c,b"hi""#,
    },
    NamedPlan {
        name: "close",
        about: "a close during a broadcast",
        text: r#"v1 ana:c,i156ms,q bob:c,b"hi""#,
    },
    NamedPlan {
        name: "two-broadcasts",
        about: "two broadcasts by one sender",
        text: r#"v1 ana:c,b"1",i400ms,b"2""#,
    },
    NamedPlan {
        name: "reconnect",
        about: "a client that leaves and comes back",
        text: r#"v1 ana:c,q,c"#,
    },
    NamedPlan {
        name: "gone",
        about: "a post to a client that is gone without a word",
        text: r#"v1 tcp=1s ana:c,i61s,v bob:c,i62s,b"1",i1300ms,b"2""#,
    },
    NamedPlan {
        name: "over-rate",
        about: "a post that is one too many, and is tried again",
        text: r#"v1 rate=20 burst=1 ana:c bob:c,i1s,b"hi""#,
    },
    NamedPlan {
        name: "message",
        about: "one message that is no broadcast",
        text: r#"v1 ana:c,t"hello""#,
    },
];

/// Returns the plan with this name.
pub fn find(name: &str) -> Option<&'static NamedPlan> {
    const PLANS: &[NamedPlan] = &ALL;
    PLANS.iter().find(|named| named.name == name)
}

impl NamedPlan {
    /// Returns the plan for an application, under the settings of its deployment.
    ///
    /// If the application has no broadcasts, a client sends one message of each kind in the place
    /// of each broadcast.
    pub fn plan(&self, app: &dyn App) -> Plan {
        let case: Case = self.text.parse().expect("every plan of the table is read by a test");
        let Plan { mut deployment, mut clients } = case.plan;
        deployment.keep(&app.deployment());
        if app.broadcasts().is_none() {
            let vocabulary = app.vocabulary();
            let names: Vec<ClientName> = clients.iter().map(|it| it.name.clone()).collect();
            let everybody: Vec<&str> = names.iter().map(AsRef::as_ref).collect();
            for client in &mut clients {
                *client = without_broadcasts(client, &vocabulary, &everybody);
            }
        }
        Plan { deployment, clients }
    }
}

/// Makes a client send one message of each kind in the place of each broadcast.
fn without_broadcasts(client: &Client, vocabulary: &Vocabulary, everybody: &[&str]) -> Client {
    let mut actions = Vec::new();
    for (ordinal, step) in (1..).zip(&client.steps) {
        if step.action.data().is_none() {
            actions.push(step.action.clone());
            continue;
        }
        let speaker = Speaker { name: &client.name, everybody, ordinal };
        actions.extend(vocabulary.every_message(speaker).into_iter().map(Action::Text));
    }
    Client::new(&client.name, actions)
}
