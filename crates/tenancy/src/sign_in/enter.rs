//! What follows when somebody has proved who they are: they are in, or asked for the second step.
use kernel::{
    House, Result, TenantTx, Visitor,
    http::{Redirect, arrive::COOKIE},
};

use super::second;
use crate::{
    MemberId, second_factor,
    session::{self, device},
};

/// The way onward, with what the browser shall keep.
pub(crate) struct Entered {
    to: String,
    cookies: Vec<String>,
}

impl Entered {
    /// Once it is committed: whoever was somebody in this browser is recognised anew.
    pub fn onward(self, house: &House) -> Redirect {
        house.forget_principals();
        self.cookies.into_iter().fold(Redirect::to(self.to), Redirect::cookie)
    }
}

/// After a password, or a link that stands for one.
pub(crate) async fn enter(visitor: &Visitor, tx: &mut TenantTx, member: MemberId, to: &str) -> Result<Entered> {
    anew(visitor, tx).await?;
    let now = tx.now();
    let second = tx.run(second_factor::factor(member)).await?.is_some_and(|factor| factor.confirmed);
    let trusted = match device::of(visitor, member) {
        Some(hash) if second => tx.run(device::known(member, hash, now)).await?.is_some_and(|device| device.trusted),
        _ => false,
    };
    if second && !trusted {
        let cookie = second::begin(tx, member, to).await?;
        return Ok(Entered { to: "/sign-in/second".into(), cookies: vec![session::no_cookie(), cookie] });
    }
    whole(visitor, tx, member, to, false).await
}

/// Signing in always begins anew: a session that somebody planted in this browser ends here.
async fn anew(visitor: &Visitor, tx: &mut TenantTx) -> Result<()> {
    match visitor.cookie(COOKIE) {
        Some(old) => session::end(tx, &old).await,
        None => Ok(()),
    }
}

/// After a proof that stands for the password and the second step together.
#[cfg(feature = "passkeys")]
pub(crate) async fn proved(visitor: &Visitor, tx: &mut TenantTx, member: MemberId, to: &str) -> Result<Entered> {
    anew(visitor, tx).await?;
    whole(visitor, tx, member, to, false).await
}

/// All that is asked for was given.
pub(crate) async fn whole(
    visitor: &Visitor,
    tx: &mut TenantTx,
    member: MemberId,
    to: &str,
    remember: bool,
) -> Result<Entered> {
    let session = session::begin(tx, member, visitor).await?;
    let device = device::met(visitor, tx, member, remember).await?;
    Ok(Entered { to: to.to_owned(), cookies: std::iter::once(session).chain(device).collect() })
}
