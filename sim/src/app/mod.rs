//! An application under test: its stack, its handlers, and the form of its messages.

mod broadcasts;
mod command_line;
mod handler;

use stormglass_aws::gateway::Upgrade;
use stormglass_client::Program;
use stormglass_spec::{Property, properties, ready, witnesses};

pub use broadcasts::Broadcasts;
pub use command_line::CommandLine;
pub(crate) use command_line::quoted;
pub use handler::{Handler, Invocation, handler};

use crate::case::{Deployment, Plan};
use crate::generate::{self, Habits};
use crate::seam::Sdk;
use crate::service::Service;
use crate::stack::Stack;
use crate::vocabulary::Vocabulary;

/// A WebSocket service as the simulator runs it: a stack, its functions, and its promises.
///
/// The handlers are the ones that are deployed. The simulator hands each sandbox an [`Sdk`], from
/// which its clients are built, and calls the handler with the same JSON that AWS would send.
///
/// ```
/// use lambda_runtime::{Error, LambdaEvent};
/// use serde_json::{Value, json};
/// use stormglass_sim::stack::{Route, Stack, Table};
/// use stormglass_sim::{App, Handler, Sdk, handler};
///
/// /// A service that lets every client in.
/// struct Open;
///
/// impl App for Open {
///     fn name(&self) -> &str {
///         "open"
///     }
///
///     fn stack(&self) -> Stack {
///         Stack::new()
///             .route(Route::one_way("$connect", "on-connect"))
///             .table(Table::new("connections", "connectionId"))
///     }
///
///     fn start(&self, _function: &str, _sdk: &Sdk) -> Box<dyn Handler> {
///         handler(|_: LambdaEvent<Value>| async { Ok::<_, Error>(json!({ "statusCode": 200 })) })
///     }
/// }
///
/// assert!(Open.stack().api().is_ok());
/// ```
pub trait App: Sync {
    /// The name of the application on the command line.
    fn name(&self) -> &str;

    /// The deployed parts of the application: functions, routes, tables.
    fn stack(&self) -> Stack;

    /// Starts a sandbox of a function: builds its SDK clients and returns its handler.
    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler>;

    /// The messages that clients send, and the kinds of handshakes with which they come.
    ///
    /// By default there is a message for each route that clients can select by a member of a JSON
    /// object.
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::of_routes(&self.stack())
    }

    /// Returns the headers and the query with which a client asks for a connection: a token, the
    /// name of a room.
    ///
    /// `kind` is a kind of the vocabulary; `None` stands for the usual one. A step of a plan can
    /// change single headers. The simulator's own client comes with the usual handshake, too.
    fn handshake(&self, client: &str, kind: Option<&str>) -> Upgrade {
        let _ = (client, kind);
        Upgrade::default()
    }

    /// Returns the program of this name, as the client runs it: the code of the application that
    /// comes back after the end of a connection, waits for replies, and so on.
    ///
    /// Plans name programs in a step, and generated ones those of the vocabulary.
    /// [`ReconnectingProgram`](crate::client::ReconnectingProgram) suits many applications.
    fn program(&self, name: &str, client: &str) -> Option<Box<dyn Program>> {
        let _ = (name, client);
        None
    }

    /// Returns the services that the application's functions call and that the simulator lacks, as
    /// they are before a run.
    fn services(&self) -> Vec<Box<dyn Service>> {
        Vec::new()
    }

    /// The settings under which the application is deployed, if they are not AWS's own.
    ///
    /// Generated plans keep every setting that differs from AWS's, and the shrinker never drops
    /// one. A case has all of them in its text, so that it stands alone.
    fn deployment(&self) -> Deployment {
        Deployment::default()
    }

    /// True if the application is to hold on other platforms than its own, too: with shorter
    /// timeouts of its functions, and on emulators that differ from AWS.
    ///
    /// Generated plans have such settings only if it is true.
    fn is_portable(&self) -> bool {
        false
    }

    /// The broadcasts of the application, if it has any: messages that go to all its clients.
    ///
    /// Several promises are about broadcasts alone, and do not apply to other applications.
    fn broadcasts(&self) -> Option<&dyn Broadcasts> {
        None
    }

    /// True if the handlers use `tokio::time`.
    ///
    /// If it is false, tokio's clock does not follow the virtual one, which saves a twelfth of the
    /// time that a call takes. A handler that uses `tokio::time` all the same then panics.
    fn uses_tokio_time(&self) -> bool {
        true
    }

    /// True if the functions keep nothing but the SDK's clients from one invocation to the next.
    ///
    /// An exhaustive search then treats a sandbox that was used without any failure as a new one,
    /// and has less to run. It assumes that every other sandbox remembers everything.
    fn is_stateless(&self) -> bool {
        false
    }

    /// The promises that the application must keep.
    ///
    /// By default these are all of [`stormglass_spec::properties`] if the application has
    /// broadcasts, and [`ready::ANY_SERVICE`] if it has none. An application lists those that its
    /// users rely on: some of these, others of [`stormglass_spec::ready`], and its own. One whose
    /// SDK clients have no timeouts breaks `in-time` at the first service that hangs, so it leaves
    /// that promise out until it has some.
    fn properties(&self) -> Vec<Property> {
        if self.broadcasts().is_some() {
            properties::ALL.to_vec()
        } else {
            ready::ANY_SERVICE.to_vec()
        }
    }

    /// Returns the plan of a seed: the steps of the clients in one run of an exploration.
    ///
    /// By default it is composed of the vocabulary and the broadcasts. An application that must
    /// have other plans makes its own, with the draws of
    /// [`hash::Draws`](stormglass_spec::hash::Draws).
    fn plan(&self, seed: u64) -> Plan {
        let habits = Habits {
            vocabulary: self.vocabulary(),
            has_broadcasts: self.broadcasts().is_some(),
            deployment: self.deployment(),
            is_portable: self.is_portable(),
        };
        generate::plan(seed, &habits)
    }

    /// The command line that runs the application in the simulator: `cargo sim`, or the program
    /// whose `main` calls `stormglass::main`.
    ///
    /// A report of [`check`](crate::check()) ends with it, or with a line of Rust if there is none.
    fn command_line(&self) -> Option<CommandLine> {
        None
    }

    /// True if an exploration should test the promise, or meet the witness, with this id.
    ///
    /// The ids are those of the application's promises and of [`stormglass_spec::witnesses`]. By
    /// default these are all promises and no witness: the witnesses are situations in which
    /// services with broadcasts fail. An application that declares a witness learns from exit code
    /// 3 that no seed has met it.
    fn declares(&self, id: &str) -> bool {
        witnesses::ALL.iter().all(|witness| witness.id != id)
    }
}
