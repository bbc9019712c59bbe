//! How estimates' events read on the timeline of a customer.
