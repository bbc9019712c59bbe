//! A visit ends, by whomever: from then on its cookie opens nothing.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, TenantTx,
    http::{One, Path, Redirect, Repeatable},
    sql,
};

use super::{OperatorLeft, Visit, VisitId, find};
use crate::{SupportManage, operator};

/// Who ended it.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(crate) enum By {
    Operator,
    Company,
    Disabled,
}

impl By {
    fn as_str(self) -> &'static str {
        match self {
            Self::Operator => "operator",
            Self::Company => "company",
            Self::Disabled => "disabled",
        }
    }
}

sql! {
    fn close(id: VisitId, by: String, at: Timestamp) -> u64 = "
        update support_visit set ended_at = $4, ended_by = $3, updated_at = $4, version = version + 1
        where tenant_id = $1 and id = $2 and ended_at is null and coalesce(until, lapses_at) > $4";
}

/// The company's half; what was over already stays as it is.
pub(crate) async fn end(tx: &mut TenantTx, id: VisitId, by: By) -> Result<Visit> {
    let at = tx.now();
    if tx.run(close(id, by.as_str().to_owned(), at)).await? == 1 {
        tx.tell(&OperatorLeft { visit: id, by: by.as_str().to_owned() });
    }
    tx.run(find(id)).await?.ok_or(Error::NotFound)
}

pub async fn end_api(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Repeatable<One<Visit>>> {
    let done = access.once(async |tx: &mut TenantTx| end(tx, id, By::Company).await.map(One)).await?;
    over(&access, id).await?;
    Ok(done)
}

pub async fn end_post(access: Access<SupportManage>, Path(id): Path<VisitId>) -> Result<Redirect> {
    let visit = access.retrying(async |tx: &mut TenantTx| end(tx, id, By::Company).await).await?;
    over(&access, id).await?;
    let words = format!("{} is out.", visit.operator_name);
    Ok(Redirect::to(format!("/settings/support/{id}")).toast(&words))
}

/// The house's half follows; without the company's, it opens nothing any more.
async fn over(access: &Access<SupportManage>, id: VisitId) -> Result<()> {
    access.house().forget_principals();
    operator::visit_over(access.house(), id, access.tenant().id).await
}
