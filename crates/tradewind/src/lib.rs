//! Tradewind, the binary: configuration, start, commands, and the list of modules.
pub mod config;
pub mod demo;
pub mod doctor;
pub mod house;
pub mod keys;
pub mod modules;
pub mod operator;
pub mod serve;
pub mod start;
