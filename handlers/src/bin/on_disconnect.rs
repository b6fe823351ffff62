//! The Lambda function of the `$disconnect` route.

use futures_util::FutureExt;
use lambda_runtime::Error;
use stormglass_handlers::{Disconnect, deploy};

fn main() -> Result<(), Error> {
    deploy::run(async {
        deploy::log()?;
        let (settings, config) = deploy::configure().await?;
        let handler = Disconnect::new(&settings, (&config).into());
        deploy::serve(|event| handler.handle(event).map(Ok::<_, Error>)).await
    })
}
