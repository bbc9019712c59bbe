//! Who else may say that a mail is not wanted. A context that knows the reader says so here: mail has never heard of it.
use futures_util::future::BoxFuture;
use kernel::{Result, Scope, Uuid};

use crate::Purpose;

/// To whom a mail is about to go.
#[derive(Debug, Clone)]
pub struct Reader {
    /// As it was given.
    pub address: String,
    /// Lower case, the domain in ASCII.
    pub key: String,
    pub purpose: Purpose,
    /// What it is about: `("customer", id)`.
    pub about: Option<(String, Uuid)>,
}

/// Why it is not sent, in a sentence; none when nothing stands against it.
pub type Objection = fn(Scope, Reader) -> BoxFuture<'static, Result<Option<String>>>;

#[kernel::__::linkme::distributed_slice]
#[linkme(crate = kernel::__::linkme)]
pub static OBJECTIONS: [Objection];

/// `mail::objection! { object }`, where `async fn object(scope: Scope, reader: mail::Reader) -> Result<Option<String>>`.
#[macro_export]
macro_rules! objection {
    ($object:path) => {
        const _: () = {
            #[kernel::__::linkme::distributed_slice($crate::OBJECTIONS)]
            #[linkme(crate = kernel::__::linkme)]
            static OBJECTION: $crate::Objection = |scope, reader| Box::pin($object(scope, reader));
        };
    };
}

pub(crate) async fn stands_against(scope: &Scope, reader: Reader) -> Result<Option<String>> {
    for object in OBJECTIONS {
        if let Some(says) = object(scope.clone(), reader.clone()).await? {
            return Ok(Some(says));
        }
    }
    Ok(None)
}
