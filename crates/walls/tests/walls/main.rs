//! The walls on a real PostgreSQL: made, migrated, attacked.

#![allow(clippy::unwrap_used, reason = "a test that cannot go on should say where")]

mod attacks;
mod ground;
mod lint;
mod managed;
mod migrations;
mod mutations;
mod tenants;
