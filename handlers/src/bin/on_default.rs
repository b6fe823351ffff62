//! The Lambda function of the `$default` route.

use aws_smithy_async::time::SharedTimeSource;
use futures_util::FutureExt;
use lambda_runtime::Error;
use stormglass_handlers::{Fallback, deploy};

fn main() -> Result<(), Error> {
    deploy::run(async {
        deploy::log()?;
        let handler = Fallback::new(SharedTimeSource::default());
        deploy::serve(|event| handler.handle(event).map(Ok::<_, Error>)).await
    })
}
