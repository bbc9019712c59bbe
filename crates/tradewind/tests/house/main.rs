//! Written once for the whole house: what is golden, every statement, every wall, every route, every neighbour.
mod golden;
mod neighbour;
mod routes;
mod statements;
mod walls;
