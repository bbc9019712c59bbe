//! What follows when somebody has proved who they are.
use kernel::{
    Result, TenantTx, Visitor,
    http::{Redirect, arrive::COOKIE},
};

use crate::{MemberId, session};

/// The way onward, with what the browser shall keep.
pub(crate) struct Entered {
    to: String,
    cookies: Vec<String>,
}

impl Entered {
    pub fn onward(self) -> Redirect {
        self.cookies.into_iter().fold(Redirect::to(self.to), Redirect::cookie)
    }
}

/// Signing in always begins a new session: one that somebody planted in this browser ends here.
pub(crate) async fn enter(visitor: &Visitor, tx: &mut TenantTx, member: MemberId, to: &str) -> Result<Entered> {
    if let Some(old) = visitor.cookie(COOKIE) {
        session::end(tx, &old).await?;
    }
    let cookie = session::begin(tx, member, visitor).await?;
    Ok(Entered { to: to.to_owned(), cookies: vec![cookie] })
}
