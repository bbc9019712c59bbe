//! Something that happened, in the past tense, told in the same transaction as the change.
use crate::Uuid;

/// Audited, and put in the outbox for subscribers and live screens. The body carries ids and small facts, never
/// content: it leaves the tenant's schema for `ops.outbox`.
pub trait Event: serde::Serialize + serde::de::DeserializeOwned + Send + 'static {
    const KIND: &'static str;
    /// The permission one needs to hear of it on a live screen.
    const SEEN_BY: &'static str;
    /// Whether it is written down for the auditor and the people who read what happened.
    const AUDITED: bool = true;
    fn subject(&self) -> Uuid;
}

/// One line of the catalogue of events (`golden/events.txt`).
pub struct EventKind {
    pub kind: &'static str,
    pub seen_by: &'static str,
    pub fields: &'static [&'static str],
}
#[linkme::distributed_slice]
pub static EVENTS: [EventKind];

/// `event! { pub struct Finished = "work_order.finished", seen by WorkRead { order: OrderId, customer: CustomerId } }`;
/// the first field is the subject. `…, seen by WorkOwn, for screens only { … }` is for housekeeping that open screens and
/// subscribers hear and nobody reads afterwards.
#[macro_export]
macro_rules! event {
    ($(#[$meta:meta])* $vis:vis struct $name:ident = $kind:literal, seen by $permission:ty { $($fields:tt)* }) => {
        $crate::event! { @audited true; $(#[$meta])* $vis struct $name = $kind, $permission { $($fields)* } }
    };
    ($(#[$meta:meta])* $vis:vis struct $name:ident = $kind:literal, seen by $permission:ty, for screens only { $($fields:tt)* }) => {
        $crate::event! { @audited false; $(#[$meta])* $vis struct $name = $kind, $permission { $($fields)* } }
    };
    (@audited $audited:literal; $(#[$meta:meta])* $vis:vis struct $name:ident = $kind:literal, $permission:ty { $subject:ident: $sty:ty $(, $field:ident: $ty:ty)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, $crate::__::serde::Serialize, $crate::__::serde::Deserialize)]
        #[serde(crate = "kernel::__::serde")]
        $vis struct $name { pub $subject: $sty, $(pub $field: $ty),* }
        impl $crate::Event for $name {
            const KIND: &'static str = $kind;
            const SEEN_BY: &'static str = <$permission as $crate::Permission>::NAME;
            const AUDITED: bool = $audited;
            fn subject(&self) -> $crate::Uuid { self.$subject.into() }
        }
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::EVENTS)]
            #[linkme(crate = $crate::__::linkme)]
            static KIND: $crate::event::EventKind = $crate::event::EventKind {
                kind: $kind, seen_by: <$permission as $crate::Permission>::NAME, fields: &[stringify!($subject), $(stringify!($field)),*],
            };
        };
    };
}
