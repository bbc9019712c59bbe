//! A future that may go from one thread to another, said by hand where the compiler cannot see it yet.
use std::{
    future::Future,
    pin::Pin,
    task::{Context, Poll},
};

/// The future of an `AsyncFn` with a borrowed argument is `Send` for every lifetime, but today's compiler cannot conclude it
/// (rust-lang/rust#110338), so no handler with a transaction in it would be one. What it borrows is still checked:
/// every function that makes a `Sent` asks that the closure itself is `Send`. What a closure makes for itself and holds
/// over an `await` is not: no `Rc` and no lock guard may live there (clippy::await_holding_lock says so of guards).
pub(crate) struct Sent<F>(F);

// SAFETY: the futures wrapped are those of this crate over a closure that is `Send`; see above for what is left to its author.
unsafe impl<F> Send for Sent<F> {}

impl<F: Future> Sent<F> {
    pub(crate) fn of(future: F) -> Self {
        Self(future)
    }
}

impl<F: Future> Future for Sent<F> {
    type Output = F::Output;
    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<F::Output> {
        // SAFETY: the field is never moved out of its pinned owner, and has no other way to it.
        unsafe { self.map_unchecked_mut(|sent| &mut sent.0) }.poll(context)
    }
}
