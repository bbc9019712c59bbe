//! Outbound: asks for what lies at an address that somebody else gave us, and never lets that address reach a machine of our own network.
//!
//! The address is read as browsers read it. Every machine that is connected to is checked after its name was looked up, and the
//! connection goes to the very address that was checked, so a name server that answers otherwise the second time gains nothing.
//! Redirects are followed by hand and checked as the first address was. Size counts after decompression, time counts as a whole.
mod address;
mod body;
mod connect;
mod door;
mod refusal;

pub use address::is_public;
pub use connect::{Lookup, Resolve};
pub use door::{Answer, Ask, Door};
pub use refusal::Refusal;
