//! Requests as JSON, and steps on the data of one table.
