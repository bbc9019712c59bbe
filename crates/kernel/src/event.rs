//! Something that happened, in the past tense, told in the same transaction as the change.
use crate::Uuid;

/// Audited, and put in the outbox for subscribers and live screens. The body carries ids and small facts, never
/// content: it leaves the tenant's schema for `ops.outbox`.
pub trait Event: serde::Serialize + serde::de::DeserializeOwned + Send + 'static {
    const KIND: &'static str;
    /// The permission one needs to hear of it on a live screen.
    const SEEN_BY: &'static str;
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
/// the first field is the subject.
#[macro_export]
macro_rules! event {
    ($(#[$meta:meta])* $vis:vis struct $name:ident = $kind:literal, seen by $permission:ty { $subject:ident: $sty:ty $(, $field:ident: $ty:ty)* $(,)? }) => {
        $(#[$meta])*
        #[derive(Debug, Clone, $crate::__::serde::Serialize, $crate::__::serde::Deserialize)]
        #[serde(crate = "kernel::__::serde")]
        $vis struct $name { pub $subject: $sty, $(pub $field: $ty),* }
        impl $crate::Event for $name {
            const KIND: &'static str = $kind;
            const SEEN_BY: &'static str = <$permission as $crate::Permission>::NAME;
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
