//! The deployed parts of an application, as data: its functions, routes, tables and first rows.

mod function;
mod table;

use std::time::Duration;

use serde_json::Value;
use stormglass_aws::gateway::{Api, SelectionError};

pub use function::Function;
pub use stormglass_aws::gateway::Route;
pub use stormglass_aws::iam::{Policy, Role};
pub use stormglass_aws::lambda::AsyncSettings;
pub use stormglass_aws::mapping::queue::QueueMapping;
pub use stormglass_aws::sqs::Queue;
pub use table::{KeyAttribute, KeyType, Projection, Table, TableIndex};

use function::TIMEOUT;

/// The deployed parts of an application.
///
/// ```
/// use std::time::Duration;
///
/// use stormglass_sim::stack::{Function, KeyAttribute, Route, Stack, Table};
///
/// let stack = Stack::new()
///     .function(Function::new("connect").timeout(Duration::from_secs(10)))
///     .route(Route::one_way("$connect", "connect"))
///     .route(Route::two_way("move", "make-move"))
///     .table(Table::new("connections", "connectionId"))
///     .table(Table::new("games", "game").sorted_by(KeyAttribute::number("round")));
///
/// assert_eq!(stack.timeout_of("connect"), Duration::from_secs(10));
/// assert_eq!(stack.timeout_of("make-move"), Duration::from_secs(3));
/// ```
#[derive(Clone, Debug, PartialEq)]
pub struct Stack {
    /// The functions whose settings differ from the defaults.
    pub functions: Vec<Function>,
    /// The timeout of all other functions; AWS's own default is 3 s.
    pub timeout: Duration,
    /// The routes of the API, including `$connect`, `$disconnect` and `$default` if they exist.
    pub routes: Vec<Route>,
    /// The expression that selects the route of a message (FACTS 2.1, 2.2).
    pub route_selection: String,
    /// The name of the function that authorizes new connections, if there is one (FACTS 1.2).
    pub authorizer: Option<String>,
    /// The tables.
    pub tables: Vec<Table>,
    /// The queues.
    pub queues: Vec<Queue>,
    /// The functions that Lambda invokes with the messages of queues.
    pub queue_mappings: Vec<QueueMapping>,
    /// The rows that are there from the start: the name of a table, and an item in DynamoDB's
    /// JSON.
    pub rows: Vec<(String, Value)>,
}

impl Default for Stack {
    fn default() -> Stack {
        Stack {
            functions: Vec::new(),
            timeout: TIMEOUT,
            routes: Vec::new(),
            route_selection: "$request.body.action".to_owned(),
            authorizer: None,
            tables: Vec::new(),
            queues: Vec::new(),
            queue_mappings: Vec::new(),
            rows: Vec::new(),
        }
    }
}

impl Stack {
    /// Makes a stack without any parts, whose messages select their route by `action`.
    pub fn new() -> Stack {
        Stack::default()
    }

    /// Adds a function, or the settings of one that a route names.
    pub fn function(mut self, function: Function) -> Stack {
        self.functions.push(function);
        self
    }

    /// Sets the timeout of all functions that are not added by themselves.
    pub fn timeout(self, timeout: Duration) -> Stack {
        Stack { timeout, ..self }
    }

    /// Adds a route.
    pub fn route(mut self, route: Route) -> Stack {
        self.routes.push(route);
        self
    }

    /// Replaces the expression that selects the route of a message.
    pub fn selecting(self, route_selection: &str) -> Stack {
        Stack { route_selection: route_selection.to_owned(), ..self }
    }

    /// Makes a function authorize new connections.
    pub fn authorized_by(self, function: &str) -> Stack {
        Stack { authorizer: Some(function.to_owned()), ..self }
    }

    /// Adds a table.
    pub fn table(mut self, table: Table) -> Stack {
        self.tables.push(table);
        self
    }

    /// Adds a queue.
    pub fn queue(mut self, queue: Queue) -> Stack {
        self.queues.push(queue);
        self
    }

    /// Lets Lambda invoke a function with the messages of a queue.
    pub fn queue_mapping(mut self, mapping: QueueMapping) -> Stack {
        self.queue_mappings.push(mapping);
        self
    }

    /// Adds a row that is in a table from the start; `item` is an item in DynamoDB's JSON.
    pub fn row(mut self, table: &str, item: Value) -> Stack {
        self.rows.push((table.to_owned(), item));
        self
    }

    /// Returns the function with this name: as it was added, or with the defaults.
    pub fn function_of(&self, name: &str) -> Function {
        let added = self.added(name).cloned();
        added.unwrap_or_else(|| Function::new(name).timeout(self.timeout))
    }

    /// Returns true if there is a function with this name: an added one, or one that another part
    /// of the stack names.
    pub fn has_function(&self, name: &str) -> bool {
        self.added(name).is_some() || self.named_functions().any(|function| function == name)
    }

    /// Returns the functions that routes and other parts of the stack name.
    fn named_functions(&self) -> impl Iterator<Item = &str> {
        let of_routes = self.routes.iter().map(|route| route.function.as_str());
        let of_queues = self.queue_mappings.iter().map(|mapping| mapping.function.as_str());
        of_routes.chain(of_queues).chain(self.authorizer.as_deref())
    }

    /// Returns the timeout of the function with this name.
    pub fn timeout_of(&self, name: &str) -> Duration {
        self.added(name).map_or(self.timeout, |function| function.timeout)
    }

    pub(crate) fn added(&self, name: &str) -> Option<&Function> {
        self.functions.iter().find(|function| function.name == name)
    }

    /// Returns the API that the routes make up.
    ///
    /// # Errors
    ///
    /// If the route selection expression is not valid.
    pub fn api(&self) -> Result<Api, SelectionError> {
        Api::new(self.routes.clone(), &self.route_selection, self.authorizer.clone())
    }

    /// Returns the requests that create the tables with their rows: DynamoDB operations and their
    /// JSON bodies.
    pub fn table_requests(&self) -> Vec<(&'static str, String)> {
        self.tables.iter().flat_map(Table::requests).chain(self.row_requests()).collect()
    }

    /// Returns the requests that store the first rows in tables that exist.
    pub fn row_requests(&self) -> Vec<(&'static str, String)> {
        let requests = self.rows.iter().map(|(table, item)| {
            let put = serde_json::json!({"TableName": table, "Item": item});
            ("PutItem", put.to_string())
        });
        requests.collect()
    }
}
