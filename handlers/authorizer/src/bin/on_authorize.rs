//! The Lambda function of the authorizer of the `$connect` route.

use aws_smithy_async::time::{SharedTimeSource, SystemTimeSource};
use lambda_runtime::Error;
use stormglass_authorizer::{Authorizer, Settings};
use stormglass_handlers::deploy;

fn main() -> Result<(), Error> {
    deploy::run(async {
        deploy::log()?;
        let settings = Settings::from_variables(|name| std::env::var(name).ok());
        // A failed start logs the debug form of its error. That of a text is the text itself.
        let settings = settings.map_err(|error| error.to_string())?;
        let authorizer = Authorizer::new(settings, SharedTimeSource::new(SystemTimeSource::new()));
        deploy::serve(|event| authorizer.handle(event)).await
    })
}
