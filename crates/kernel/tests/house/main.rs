//! The kernel on a real database: transactions, the queue, the relay, live streams.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::disallowed_methods)] // Tests may stop, and ask the machine.
mod arrival;
mod bouncer;
mod contexts;
mod ground;
mod live;
mod queue;
mod relay;
mod safety;
mod statements;
mod turns;
