use super::*;

fn gateway(routes: Vec<Route>) -> Gateway {
    let stage = Stage {
        api_id: "abc".to_owned(),
        name: "prod".to_owned(),
        region: "eu-central-1".to_owned(),
        epoch_ms: 1_701_245_041_000,
    };
    Gateway::new(stage, routes)
}
