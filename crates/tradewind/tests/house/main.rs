//! Written once for the whole house: what is golden, every statement, every wall, every route, every neighbour, whatever is sent.
#![allow(clippy::unwrap_used)] // A test that cannot go on stops.
mod archive;
mod attack;
mod audit;
mod bad_forms;
mod bad_input;
mod fuzz;
mod gets;
mod golden;
mod merge;
mod neighbour;
mod operator;
mod plans;
mod reach;
mod refused;
mod routes;
mod scale;
mod schema;
mod sight;
mod statements;
mod undo;
mod walls;
