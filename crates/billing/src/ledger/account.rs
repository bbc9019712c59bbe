//! The accounts of the books. Their codes and kinds are ours, for the vouchers go by them; what they are called is the company's.
use jiff::Timestamp;
use kernel::{
    Access, Checks, Error, Input, Result, Scope, TenantTx,
    http::{Either, Form, IfMatch, Json, One, Page, Path, Redirect, Repeatable, Typed, Versioned},
    row, sql,
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::shell;
use ui::{Filled, button, card, field, form};

use super::{
    AccountKind,
    page::{Tab, framed},
};
use crate::{
    LedgerAccountId,
    permissions::{LedgerRead, LedgerWrite},
};

row! {
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct LedgerAccount {
        pub id: LedgerAccountId,
        /// By which vouchers and exports name it.
        pub code: String,
        pub name: String,
        pub kind: AccountKind,
        pub version: i64,
    }
}
impl Versioned for LedgerAccount {
    fn version(&self) -> i64 {
        self.version
    }
}

sql! {
    fn all() -> Vec<LedgerAccount> = "
        select id, code, name, kind, version from ledger_account where tenant_id = $1 order by code limit 500";
    fn find(id: LedgerAccountId) -> Option<LedgerAccount> = "
        select id, code, name, kind, version from ledger_account where tenant_id = $1 and id = $2";
    fn called(id: LedgerAccountId, seen: i64, name: String, at: Timestamp) -> Option<LedgerAccount> = "
        update ledger_account set name = $4, updated_at = $5, version = version + 1
        where tenant_id = $1 and id = $2 and version = $3 returning id, code, name, kind, version";
}

kernel::event! {
    pub struct LedgerAccountRenamed = "ledger.account_renamed", seen by LedgerRead {
        account: LedgerAccountId,
        code: String,
        name: String,
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "LedgerAccountInput")]
pub struct Name {
    #[serde(default)]
    #[schemars(required)]
    pub name: String,
}
impl Input for Name {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 80, "a name");
    }
}

pub async fn rename(tx: &mut TenantTx, id: LedgerAccountId, seen: i64, name: &str) -> Result<LedgerAccount> {
    let now = tx.run(find(id)).await?.ok_or(Error::NotFound)?;
    let account = tx.run(called(id, seen, name.to_owned(), tx.now())).await?.ok_or(Error::Stale(Some(now.version)))?;
    tx.tell(&LedgerAccountRenamed { account: id, code: account.code.clone(), name: account.name.clone() });
    Ok(account)
}

pub async fn list_api(access: Access<LedgerRead>) -> Result<Json<Vec<LedgerAccount>>> {
    access.read(all()).await.map(Json)
}

pub async fn api(access: Access<LedgerRead>, Path(id): Path<LedgerAccountId>) -> Result<One<LedgerAccount>> {
    access.read(find(id)).await?.map(One).ok_or(Error::NotFound)
}

pub async fn change_api(
    access: Access<LedgerWrite>,
    Path(id): Path<LedgerAccountId>,
    version: IfMatch,
    Json(input): Json<Name>,
) -> Result<One<LedgerAccount>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| rename(tx, id, seen, &input.name).await).await.map(One)
}

fn line(account: &LedgerAccount, may: bool) -> Markup {
    let now = Filled::of([("name", account.name.clone())]);
    card::card_body(html! {
        p.soft.t13."mb-2" { span.num { (account.code) } " · " (account.kind.label()) }
        @if may {
            form.form method="post" action={ "/books/accounts/" (account.id) } data-form {
                (form::key())
                (field::hidden("version", account.version.to_string()))
                div."flex"."items-end"."gap-3" {
                    div."flex-1"."min-w-0" { (field::text(&now, "name", "Called").required().most(80).id(format!("f-name-{}", account.id))) }
                    (button("Save"))
                }
            }
        } @else { p { (account.name) } }
    })
}

/// `wrong` stands on top: which of the lines it was is in its words.
async fn draw(scope: &Scope, wrong: Option<Filled>) -> Result<Page> {
    let (accounts, may) = (scope.read(all()).await?, scope.can::<LedgerWrite>());
    let wrong = wrong.unwrap_or_default();
    let body = html! {
        (form::summary(&wrong))
        @if accounts.is_empty() {
            (card::empty("No accounts yet", "They come with the first invoice that is issued. Then you can call each what your accountant calls it.", html! {}, html! {}))
        } @else {
            p.soft."mb-4" { "Vouchers go by the numbers. The names are yours: they stand in the balances, the journal and what QuickBooks and Xero are given." }
            section.card { @for account in &accounts { (line(account, may)) } }
        }
    };
    let page = framed(scope, Tab::Accounts, html! {}, body);
    Ok(Page { status: if wrong.is_wrong() { 422 } else { page.status }, ..page })
}

pub async fn page(access: Access<LedgerRead>) -> Result<Page> {
    draw(&access, None).await
}

pub async fn post(
    access: Access<LedgerWrite>,
    Path(id): Path<LedgerAccountId>,
    form: Form<Name>,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    let seen = form.version()?;
    let work = async |typed: Name| {
        access
            .once(async |tx: &mut TenantTx| {
                let account = rename(tx, id, seen, &typed.name).await?;
                Ok(Redirect::to("/books/accounts").toast(&format!("{} is {}.", account.code, account.name)))
            })
            .await
    };
    let again = async |typed: Typed| draw(&access, Some(shell::on_top(typed))).await.map(Either::Again);
    match form.then(work).await? {
        Ok(done) => Ok(Either::Done(done)),
        Err(typed) => again(typed).await,
    }
}
