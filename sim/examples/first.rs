//! A first application: a `$connect` function with a bug, and the search that finds it.
//!
//! `cargo run -p stormglass-sim --example first` prints the shortest story of the bug.

use std::error::Error;
use std::sync::atomic::AtomicBool;

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use lambda_runtime::LambdaEvent;
use serde_json::{Value, json};
use stormglass_sim::search::explore::run_seed;
use stormglass_sim::search::shrink::{Limits, shrink};
use stormglass_sim::stack::{Route, Stack, Table};
use stormglass_sim::strategy::Families;
use stormglass_sim::{App, Handler, Sdk, check, handler};
use stormglass_spec::{Property, properties};

/// Lets clients in even if their row could not be stored.
struct Careless;

impl App for Careless {
    fn name(&self) -> &str {
        "careless"
    }

    fn stack(&self) -> Stack {
        Stack::new()
            .route(Route::one_way("$connect", "on-connect"))
            .table(Table::new("connections", "connectionId"))
    }

    fn properties(&self) -> Vec<Property> {
        vec![properties::ROW_BEFORE_OPEN]
    }

    fn start(&self, _function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let client = Client::from_conf(sdk.dynamodb().build());
        handler(move |event: LambdaEvent<Value>| {
            let id = &event.payload["requestContext"]["connectionId"];
            let id = AttributeValue::S(id.as_str().unwrap_or_default().to_owned());
            let put = client.put_item().table_name("connections").item("connectionId", id);
            async move {
                // The bug: a row that was not stored refuses nobody.
                let _ = put.send().await;
                Ok::<_, lambda_runtime::Error>(json!({ "statusCode": 200 }))
            }
        })
    }
}

fn main() -> Result<(), Box<dyn Error>> {
    let properties = Careless.properties();
    for seed in 0..1_000 {
        let run = run_seed(&Careless, seed, Families::ALL)?;
        if run.violation.is_none() {
            continue;
        }
        let limits = Limits { runs_max: 2_000, stop: &AtomicBool::new(false) };
        let shrunk = shrink(&Careless, &run.case, &properties, limits)?;
        let case = shrunk.map_or(run.case, |shrunk| shrunk.run.case);
        if let Err(story) = check(&Careless, &case) {
            println!("seed {seed}\n{story}");
            return Ok(());
        }
    }
    Err("no seed has found the bug".into())
}
