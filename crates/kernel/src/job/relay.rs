//! Moves committed events from the outbox to subscribers and live screens.
