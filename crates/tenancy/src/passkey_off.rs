//! In a build without the feature `passkeys` nothing is offered, and none that was made before opens anything.
use kernel::{Access, Module, Result, TenantTx, Visitor};
use maud::Markup;
use ui::Filled;

use crate::{AccountOwn, MemberId, sign_in::second::Half};

pub(crate) fn routes(module: Module) -> Module {
    module
}
pub(crate) fn sign_in_part(_: &str, _: bool) -> Markup {
    Markup::default()
}
pub(crate) async fn second_part(_: &Visitor, _: &Half) -> Result<Markup> {
    Ok(Markup::default())
}
pub(crate) async fn account_part(_: &Access<AccountOwn>, _: MemberId, _: &Filled) -> Result<Markup> {
    Ok(Markup::default())
}
pub(crate) async fn forget(_: &mut TenantTx, _: MemberId) -> Result<()> {
    Ok(())
}
