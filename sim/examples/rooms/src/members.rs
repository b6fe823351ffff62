//! The members of each room, in a DynamoDB table.
//!
//! The table has a row for each member of each room: its partition key is `room`, its sort key
//! `connectionId`. To move a client, the chat must know the room that the client was in.

use aws_sdk_dynamodb::Client;
use aws_sdk_dynamodb::operation::query::builders::QueryFluentBuilder;
use aws_sdk_dynamodb::operation::transact_write_items::TransactWriteItemsError;
use aws_sdk_dynamodb::types::{AttributeValue, Delete, Put, TransactWriteItem};
use lambda_runtime::Error;

/// The most attempts of a move. An attempt fails if another move of the client gets in the way.
const MOVES_MAX: usize = 4;

/// The way in which the chat remembers the room of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Memory {
    /// The index `by-connection` gives the room, as in the first version. **This is the bug**: an
    /// index is eventually consistent, so it may not know of the room that the client joined a
    /// moment ago. The client then stays in that room, too.
    Index,
    /// One more row for each connection holds its room. A move changes that row and the rows in
    /// the rooms in one transaction, and only if that row has not changed since it was read.
    Row,
}

/// The table of the chat, with a client to read and change it.
#[derive(Clone, Debug)]
pub struct Members {
    dynamodb: Client,
    table: String,
    memory: Memory,
}

impl Members {
    /// Makes the members of a table.
    pub fn new(dynamodb: Client, table: &str, memory: Memory) -> Members {
        Members { dynamodb, table: table.to_owned(), memory }
    }

    /// Returns the connection ids of all clients in a room.
    pub(crate) async fn of(&self, room: &str) -> Result<Vec<String>, Error> {
        let query = self.dynamodb.query().table_name(&self.table).consistent_read(true);
        let query = query.key_condition_expression("room = :room");
        let query = query.expression_attribute_values(":room", string(room));
        all(query, "connectionId").await
    }

    /// Moves a client to a room.
    pub(crate) async fn enter(&self, connection: &str, room: &str) -> Result<(), Error> {
        match self.memory {
            Memory::Index => {
                let put = self.dynamodb.put_item().table_name(&self.table);
                let put = put.item("room", string(room));
                put.item("connectionId", string(connection)).send().await?;
                self.leave_by_index(connection, Some(room)).await
            }
            Memory::Row => self.move_by_row(connection, Some(room)).await,
        }
    }

    /// Moves a client out of its room.
    pub(crate) async fn leave(&self, connection: &str) -> Result<(), Error> {
        match self.memory {
            Memory::Index => self.leave_by_index(connection, None).await,
            Memory::Row => self.move_by_row(connection, None).await,
        }
    }

    /// Removes a client from a room.
    pub(crate) async fn forget(&self, connection: &str, room: &str) -> Result<(), Error> {
        let delete = self.dynamodb.delete_item().table_name(&self.table);
        let delete = delete.key("room", string(room)).key("connectionId", string(connection));
        delete.send().await?;
        Ok(())
    }

    /// Takes a client out of all rooms that the index knows, except the room `stays`.
    async fn leave_by_index(&self, connection: &str, stays: Option<&str>) -> Result<(), Error> {
        let query = self.dynamodb.query().table_name(&self.table).index_name("by-connection");
        let query = query.key_condition_expression("connectionId = :id");
        let query = query.expression_attribute_values(":id", string(connection));
        let rooms = all(query, "room").await?;
        for room in rooms.iter().filter(|room| stays != Some(room.as_str())) {
            self.forget(connection, room).await?;
        }
        Ok(())
    }

    async fn move_by_row(&self, connection: &str, to: Option<&str>) -> Result<(), Error> {
        for _ in 0..MOVES_MAX {
            let from = self.room_of(connection).await?;
            let mut changes = vec![self.write_room_of(connection, from.as_deref(), to)?];
            if let Some(from) = from.as_deref().filter(|from| to != Some(from)) {
                let delete = Delete::builder().table_name(&self.table);
                let delete = delete.key("room", string(from));
                let delete = delete.key("connectionId", string(connection)).build()?;
                changes.push(TransactWriteItem::builder().delete(delete).build());
            }
            if let Some(to) = to {
                let put = Put::builder().table_name(&self.table).item("room", string(to));
                let put = put.item("connectionId", string(connection)).build()?;
                changes.push(TransactWriteItem::builder().put(put).build());
            }
            let write = self.dynamodb.transact_write_items().set_transact_items(Some(changes));
            match write.send().await.map_err(|error| error.into_service_error()) {
                Ok(_) => return Ok(()),
                Err(TransactWriteItemsError::TransactionCanceledException(_)) => {}
                Err(error) => return Err(error.into()),
            }
        }
        Err("the client moves about too fast".into())
    }

    /// Returns the room that a client is in, as its own row has it.
    async fn room_of(&self, connection: &str) -> Result<Option<String>, Error> {
        let get = self.dynamodb.get_item().table_name(&self.table).consistent_read(true);
        let get = get.key("room", whereabouts(connection));
        let found = get.key("connectionId", string(connection)).send().await?;
        let is_in = found.item.as_ref().and_then(|row| row.get("isIn")?.as_s().ok());
        Ok(is_in.cloned())
    }

    /// Makes the write of a client's room, on condition that the row still holds `from`.
    fn write_room_of(
        &self,
        connection: &str,
        from: Option<&str>,
        to: Option<&str>,
    ) -> Result<TransactWriteItem, Error> {
        let (condition, from) = match from {
            Some(from) => ("isIn = :from", Some([(":from".to_owned(), string(from))].into())),
            None => ("attribute_not_exists(isIn)", None),
        };
        let item = TransactWriteItem::builder();
        let Some(to) = to else {
            let delete = Delete::builder().table_name(&self.table);
            let delete = delete.key("room", whereabouts(connection));
            let delete = delete.key("connectionId", string(connection));
            let delete = delete.condition_expression(condition);
            return Ok(item.delete(delete.set_expression_attribute_values(from).build()?).build());
        };
        let put = Put::builder().table_name(&self.table).item("room", whereabouts(connection));
        let put = put.item("connectionId", string(connection)).item("isIn", string(to));
        let put = put.condition_expression(condition);
        Ok(item.put(put.set_expression_attribute_values(from).build()?).build())
    }
}

/// Returns an attribute of every row that a query finds, page after page.
async fn all(query: QueryFluentBuilder, attribute: &str) -> Result<Vec<String>, Error> {
    let mut rows = query.into_paginator().items().send();
    let mut values = Vec::new();
    while let Some(row) = rows.try_next().await? {
        values.extend(row.get(attribute).and_then(|value| value.as_s().ok()).cloned());
    }
    Ok(values)
}

/// Returns the partition key of the row that holds a client's room. No room has such a name.
fn whereabouts(connection: &str) -> AttributeValue {
    string(&format!("whereabouts of {connection}"))
}

fn string(text: &str) -> AttributeValue {
    AttributeValue::S(text.to_owned())
}
