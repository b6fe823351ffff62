//! `@connections` through the AWS SDK, and without it (FACTS 3.4, 3.5).

use std::net::SocketAddr;

use aws_sdk_apigatewaymanagement::Client;
use aws_sdk_apigatewaymanagement::config::retry::RetryConfig;
use aws_sdk_apigatewaymanagement::config::{BehaviorVersion, Builder, Credentials, Region};
use aws_sdk_apigatewaymanagement::primitives::Blob;
use hyper::Request;
use stormglass_spec::quotas::MESSAGE_BYTES_MAX;

use super::doorman::Doorman;
use super::served::Served;
use crate::ports::sdk::{NoSleep, Socket};

fn sdk(address: SocketAddr) -> Client {
    let config = Builder::new()
        .behavior_version(BehaviorVersion::v2026_01_12())
        .region(Region::new("eu-central-1"))
        .credentials_provider(Credentials::new("id", "key", None, None, "test"))
        .endpoint_url(format!("http://{address}/prod"))
        .http_client(Socket::new(address))
        .retry_config(RetryConfig::disabled())
        .sleep_impl(NoSleep);
    Client::from_conf(config.build())
}

#[test]
fn the_sdk_posts_describes_and_closes() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let sdk = sdk(served.address);
        let mut client = served.connect().await;
        let id = client.id().await;
        let post = sdk.post_to_connection().connection_id(&id).data(Blob::new("hé"));
        post.send().await.expect("it is accepted");
        assert_eq!(client.next().await, "hé");
        let told = sdk.get_connection().connection_id(&id).send().await.expect("it is there");
        let identity = told.identity().expect("an identity");
        assert_eq!(identity.source_ip(), Some("127.0.0.1"));
        assert!(told.connected_at() <= told.last_active_at());
        sdk.delete_connection().connection_id(&id).send().await.expect("it is deleted");
        assert_eq!(client.closed().await, (1000, "Connection Closed Normally".to_owned()));
    });
    served.stop();
}

#[test]
fn a_connection_that_is_closed_is_gone() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let sdk = sdk(served.address);
        let mut client = served.connect().await;
        let id = client.id().await;
        client.socket.close(None).await.expect("it closes");
        // The server answers when it knows.
        while let Some(Ok(_)) = futures_util::StreamExt::next(&mut client.socket).await {}
        let post = sdk.post_to_connection().connection_id(&id).data(Blob::new("x"));
        let error = post.send().await.expect_err("it is gone").into_service_error();
        assert!(error.is_gone_exception(), "{error:?}");
        let error = sdk.get_connection().connection_id(&id).send().await.expect_err("gone");
        assert!(error.into_service_error().is_gone_exception());
    });
    served.stop();
}

#[test]
fn what_is_wrong_with_a_call_has_the_status_of_aws() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let id = served.connect().await.id().await;
        let encoded = id.replace('=', "%3D");
        for (request, bytes, status, error) in [
            (Request::post("/prod/@connections/x"), 1, 400, "BadRequestException"),
            (Request::post(format!("/@connections/{encoded}")), 1, 403, "ForbiddenException"),
            (
                Request::put(format!("/prod/@connections/{encoded}")),
                1,
                403,
                "MissingAuthenticationTokenException",
            ),
            (Request::post("/prod/%40connections/AAAAAAAAAAACAAA%3D"), 1, 410, "GoneException"),
        ] {
            let answer = served.http(request, vec![b'x'; bytes]).await;
            assert_eq!(answer.status(), status);
            assert_eq!(answer.headers()["x-amzn-errortype"], error);
        }
    });
    served.stop();
}

#[test]
fn a_post_may_have_128_kb_and_no_more() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        let path = format!("/prod/@connections/{}", client.id().await.replace('=', "%3D"));
        let post = async |bytes| {
            served.http(Request::post(&path), vec![b'x'; bytes]).await.status().as_u16()
        };
        assert_eq!(post(MESSAGE_BYTES_MAX).await, 200);
        assert_eq!(client.next().await.len(), MESSAGE_BYTES_MAX);
        assert_eq!(post(MESSAGE_BYTES_MAX + 1).await, 413);
        assert_eq!(post(10 * MESSAGE_BYTES_MAX).await, 413);
    });
    served.stop();
}

/// FACTS 3.5.
#[test]
fn a_client_that_does_not_read_meets_429_in_the_end() {
    let served = Served::start(&Doorman);
    served.block_on(async {
        let mut client = served.connect().await;
        let path = format!("/prod/@connections/{}", client.id().await.replace('=', "%3D"));
        let mut statuses = Vec::new();
        while statuses.last() != Some(&429) {
            let answer = served.http(Request::post(&path), vec![b'x'; MESSAGE_BYTES_MAX]).await;
            statuses.push(answer.status().as_u16());
        }
        statuses.pop();
        assert!(statuses.iter().all(|status| *status == 200), "{statuses:?}");
        for _ in statuses {
            assert_eq!(client.next().await.len(), MESSAGE_BYTES_MAX);
        }
        // There is room again once the gateway knows that all of it was taken.
        while served.http(Request::post(&path), vec![b'x']).await.status() != 200 {}
        assert_eq!(client.next().await, "x");
    });
    served.stop();
}
