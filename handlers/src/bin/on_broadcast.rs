//! The Lambda function of the `broadcast` route.

use futures_util::FutureExt;
use lambda_runtime::Error;
use stormglass_handlers::{Broadcast, deploy};

fn main() -> Result<(), Error> {
    deploy::run(async {
        deploy::log()?;
        let (settings, config) = deploy::configure().await?;
        let handler = Broadcast::new(&settings, (&config).into(), (&config).into());
        deploy::serve(|event| handler.handle(event).map(Ok::<_, Error>)).await
    })
}
