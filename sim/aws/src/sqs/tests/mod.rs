//! Tests of SQS.
