//! A game of two players: a row for the game, which both write, and a row for each seat.
//!
//! In the first version a move replaces the row of the game as its function has read it, so one of
//! two moves at the same time is lost. `$disconnect` removes the seat of the player, even if the
//! player has come back on another connection in the meantime.

use std::rc::Rc;

use aws_sdk_apigatewaymanagement::config::Builder;
use aws_sdk_apigatewaymanagement::primitives::Blob;
use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::types::AttributeValue;
use serde_json::json;
use stormglass_sim::stack::{Route, Stack, Table, TableIndex};
use stormglass_sim::{App, Handler, Sdk, Upgrade, Vocabulary, handler};
use stormglass_spec::{Property, ready};

use crate::{
    Event, Response, Version, connected_at, connection_id, management, message, parameter,
    response, text, was_overtaken,
};

const GAMES: &str = "games";
const SEATS: &str = "seats";
const BY_CONNECTION: &str = "by-connection";

/// The game in one of its versions.
#[derive(Clone, Copy, Debug)]
pub struct Game(pub Version);

impl App for Game {
    fn name(&self) -> &str {
        match self.0 {
            Version::First => "game",
            Version::Mended => "game-mended",
        }
    }

    fn stack(&self) -> Stack {
        let seats = Table::new(SEATS, "game").sorted_by("player");
        Stack::new()
            .route(Route::one_way("$connect", "connect"))
            .route(Route::one_way("$disconnect", "disconnect"))
            .route(Route::two_way("move", "move"))
            .table(Table::new(GAMES, "game"))
            .table(seats.indexed(TableIndex::new(BY_CONNECTION, "connectionId")))
            .row(GAMES, json!({ "game": { "S": "g1" }, "moves": { "L": [] } }))
    }

    /// The players move, and know the name of their game.
    fn vocabulary(&self) -> Vocabulary {
        Vocabulary::new().message(1, r#"{"action":"move","game":"g1","cell":{number}}"#)
    }

    /// A player comes with the name of the game and a name of its own.
    fn handshake(&self, client: &str, _kind: Option<&str>) -> Upgrade {
        let query = [("game", "g1"), ("player", client)];
        let query = query.map(|(name, value)| (name.to_owned(), value.to_owned()));
        Upgrade { query: query.into(), ..Upgrade::default() }
    }

    fn properties(&self) -> Vec<Property> {
        vec![ready::NO_LOST_UPDATE, ready::newest_wins("player")]
    }

    fn start(&self, function: &str, sdk: &Sdk) -> Box<dyn Handler> {
        let functions = Rc::new(Functions {
            version: self.0,
            tables: Client::from_conf(sdk.dynamodb().build()),
            management: sdk.management(),
        });
        let function = function.to_owned();
        handler(move |event: Event| {
            let (functions, function) = (Rc::clone(&functions), function.clone());
            async move {
                match function.as_str() {
                    "connect" => functions.connect(&event).await,
                    "disconnect" => functions.disconnect(&event).await,
                    _ => functions.make_move(&event).await,
                }
            }
        })
    }
}

struct Functions {
    version: Version,
    tables: Client,
    management: Builder,
}

impl Functions {
    /// Seats a player. A player who comes back takes the seat along to the new connection.
    async fn connect(&self, event: &Event) -> Response {
        let put = self.tables.put_item().table_name(SEATS);
        let put = put
            .item("game", text(parameter(event, "game")))
            .item("player", text(parameter(event, "player")))
            .item("connectionId", connection_id(event))
            .item("connectedAt", connected_at(event));
        let seated = match self.version {
            Version::First => put.send().await,
            Version::Mended => {
                let put =
                    put.condition_expression("attribute_not_exists(game) OR connectedAt < :at");
                put.expression_attribute_values(":at", connected_at(event)).send().await
            }
        };
        match seated {
            Err(error) if was_overtaken(&error) => response(409, "there is a newer connection"),
            seated => {
                seated?;
                response(200, "seated")
            }
        }
    }

    /// Frees the seat of a player who is gone.
    async fn disconnect(&self, event: &Event) -> Response {
        let id = connection_id(event);
        let query = self.tables.query().table_name(SEATS).index_name(BY_CONNECTION);
        let found = query
            .key_condition_expression("connectionId = :id")
            .expression_attribute_values(":id", id.clone())
            .send()
            .await?;
        for seat in found.items() {
            let delete = self.tables.delete_item().table_name(SEATS);
            let delete =
                delete.key("game", seat["game"].clone()).key("player", seat["player"].clone());
            let freed = match self.version {
                Version::First => delete.send().await,
                Version::Mended => {
                    let delete = delete.condition_expression("connectionId = :id");
                    delete.expression_attribute_values(":id", id.clone()).send().await
                }
            };
            match freed {
                // The player is back, and sits there on another connection.
                Err(error) if was_overtaken(&error) => {}
                freed => drop(freed?),
            }
        }
        response(200, "left")
    }

    /// Makes a move, and shows it to everybody at the board.
    async fn make_move(&self, event: &Event) -> Response {
        let message = message(event);
        let game = text(message["game"].as_str().unwrap_or_default());
        let get = self.tables.get_item().table_name(GAMES).key("game", game.clone());
        let Some(mut row) = get.consistent_read(true).send().await?.item else {
            return response(404, "there is no such game");
        };
        let known = row.get("moves").and_then(|moves| moves.as_l().ok()).cloned();
        let known = known.unwrap_or_default();
        let cell = AttributeValue::N(message["cell"].to_string());
        let moves = AttributeValue::L(known.iter().cloned().chain([cell]).collect());
        row.insert("moves".to_owned(), moves);
        let put = self.tables.put_item().table_name(GAMES).set_item(Some(row));
        let moved = match self.version {
            Version::First => put.send().await,
            Version::Mended => {
                let put = put.condition_expression("moves = :known");
                put.expression_attribute_values(":known", AttributeValue::L(known)).send().await
            }
        };
        match moved {
            Err(error) if was_overtaken(&error) => {
                return response(409, "somebody was faster: look again");
            }
            moved => drop(moved?),
        }
        self.show(event, game, &message["cell"].to_string()).await?;
        response(200, "moved")
    }

    async fn show(
        &self,
        event: &Event,
        game: AttributeValue,
        cell: &str,
    ) -> Result<(), lambda_runtime::Error> {
        let query = self.tables.query().table_name(SEATS).consistent_read(true);
        let seats = query
            .key_condition_expression("game = :game")
            .expression_attribute_values(":game", game)
            .send()
            .await?;
        let management = management(&self.management, event);
        for seat in seats.items() {
            let id = seat.get("connectionId").and_then(|id| id.as_s().ok()).cloned();
            let post = management.post_to_connection().set_connection_id(id);
            // A player who is gone sees the board after coming back.
            let _ = post.data(Blob::new(cell)).send().await;
        }
        Ok(())
    }
}
