//! The customer wants to pay: what is open now is asked for, on a page of the provider's. An earlier page is closed first, so that
//! nobody pays twice by a forgotten window.
use billing::{
    invoice::{self, Invoice, Status as Paper},
    reader::{self, link},
};
use jiff::{SignedDuration, Timestamp};
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx, Visitor,
    http::{Either, Form, Page, Path, Redirect},
    sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Checkout, Status, mark, newest, takes};
use crate::{
    CheckoutId, InvoiceId, charge,
    look::{self, What},
    on_file::{agree, guest},
    permissions::PaymentsManage,
    provider::{self, NewCheckout, PaymentProvider, Standing, Trouble},
};

/// As long as somebody may look for a card. Stripe takes half an hour at least.
const GOOD_FOR: SignedDuration = SignedDuration::from_mins(60);
const FIRST_LOOK: SignedDuration = SignedDuration::from_mins(10);

sql! {
    fn insert(id: CheckoutId, invoice: InvoiceId, amount_minor: i64, currency: String, at: Timestamp) -> u64 = "
        insert into checkout (tenant_id, id, invoice_id, amount_minor, currency, status, created_at, updated_at)
        values ($1, $2, $3, $4, $5, 'opening', $6, $6)";
    fn opened(id: CheckoutId, session: String, look_at: Timestamp, at: Timestamp) -> u64 = "
        update checkout set session_ref = $3, status = 'open', look_at = $4, updated_at = $5 where tenant_id = $1 and id = $2 and status = 'opening'";
}

kernel::event! {
    /// A customer went to the provider's page to pay.
    pub struct CheckoutOpened = "checkout.opened", seen by billing::InvoicesRead {
        checkout: CheckoutId, invoice: InvoiceId, amount_minor: i64, currency: String,
    }
}
sql! { fn seen(id: kernel::Uuid) -> Option<CheckoutId> = "select id from checkout where tenant_id = $1 and id = $2"; }
kernel::heard! { "checkout." by who sees seen }

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Pay {
    /// The words beside the tick are agreed to.
    #[serde(default)]
    keep: Option<bool>,
}
impl Input for Pay {
    fn check(&mut self, _: &mut Checks) {}
}

pub async fn post(visitor: Visitor, Path(token): Path<String>, form: Form<Pay>) -> Result<Either<Redirect, Page>> {
    visitor.house().limits().careful("pay", &visitor.peer)?;
    let invoice = reader::of(&visitor, &token).await?;
    let here = link::url(&visitor, invoice.head.id)?;
    let work = async |typed: Pay| {
        let head = &invoice.head;
        let by =
            || guest::by(head.customer_id, &head.customer_name, head.id, head.number.as_deref().unwrap_or_default());
        let keeps = typed.keep.unwrap_or(false).then(by);
        open(&visitor, &invoice, Ways { done: format!("{here}/paid"), back: here, keeps }).await
    };
    match form.then(work).await? {
        Ok(url) => Ok(Either::Done(Redirect::to(url))),
        Err(typed) => {
            let says = typed.said();
            let note = ui::note("warn", html! { p.strong { "It cannot be paid by card just now" } p { (says) } });
            // What came meanwhile stands there.
            let now = reader::of(&visitor, &token).await?;
            let page = reader::draw(&visitor, &now, note).await?;
            Ok(Either::Again(Page { status: 409, ..page }))
        }
    }
}

/// Where the provider's page leads back to.
pub struct Ways {
    /// Paid.
    pub done: String,
    /// Thought better of it.
    pub back: String,
    /// Whoever pays agreed that the card is kept.
    pub keeps: Option<agree::By>,
}

/// The address of the provider's page.
pub async fn open(scope: &Scope, invoice: &Invoice, ways: Ways) -> Result<String> {
    let head = &invoice.head;
    let number = head.number.clone().unwrap_or_default();
    let Some(provider) = provider::of(scope).await?.filter(|_| takes(head.balance.currency)) else {
        return Err(Error::refused("This company takes no cards online."));
    };
    if !matches!(head.status, Paper::Issued | Paper::PartPaid) || head.balance.minor <= 0 {
        return Err(Error::refused(format!("Nothing is open on {number} any more.")));
    }
    if let Some(before) = scope.read(newest(head.id)).await? {
        end(scope, provider.as_ref(), &before).await?.map_err(|way| way.refused(scope))?;
    }
    let id = CheckoutId::new();
    let (minor, currency) = (head.balance.minor, head.balance.currency.code().to_owned());
    scope
        .retrying(async |tx: &mut TenantTx| {
            // Held, so that the amount is what is open at this very moment.
            let (found, _) = invoice::hold(tx, head.id, None).await?;
            if found.balance_minor() != minor || !matches!(found.status, Paper::Issued | Paper::PartPaid) {
                return Err(Error::refused("What is open has just changed. Look at the page again."));
            }
            if tx.run(charge::is_under_way(head.id)).await? {
                return Err(Error::refused(
                    "A card you keep is being charged with this right now. Look again in a moment.",
                ));
            }
            tx.run(insert(id, head.id, minor, currency.clone(), tx.now())).await?;
            if let Some(by) = &ways.keeps {
                agree::write(scope, tx, by, Some(id)).await?;
            }
            tx.tell(&CheckoutOpened {
                checkout: id,
                invoice: head.id,
                amount_minor: minor,
                currency: currency.clone(),
            });
            Ok(())
        })
        .await?;
    let until = scope.now().saturating_add(GOOD_FOR).unwrap_or(scope.now());
    let new = NewCheckout {
        id: id.0,
        minor,
        currency,
        what: format!("Invoice {number}, {}", scope.tenant().name),
        done: ways.done,
        back: ways.back,
        until: until.as_second(),
        keeps: ways.keeps.is_some(),
    };
    match provider.open(&new).await {
        Ok(page) => {
            let look_at = scope.now().saturating_add(FIRST_LOOK).unwrap_or(scope.now());
            scope
                .retrying(async |tx: &mut TenantTx| tx.run(opened(id, page.id.clone(), look_at, tx.now())).await)
                .await?;
            Ok(page.url)
        }
        Err(trouble) => {
            scope.retrying(async |tx: &mut TenantTx| tx.run(mark(id, Status::Failed, None, tx.now())).await).await?;
            Err(Error::refused(for_the_payer(scope, &trouble)))
        }
    }
}

/// What is wrong with the company's keys is none of the payer's business.
fn for_the_payer(scope: &Scope, trouble: &Trouble) -> String {
    tracing::warn!(tenant = %scope.tenant().id, ?trouble, "a checkout could not be opened");
    match trouble {
        Trouble::Refused { code, .. } if code == "amount_too_small" => "The amount is too small for a card.".into(),
        _ => {
            "The payment page does not open at the moment. Try again a little later, or pay as the invoice says.".into()
        }
    }
}

/// Why an earlier page is still one on which somebody may pay.
pub(crate) enum InTheWay {
    Opening,
    Open,
    /// Somebody has paid there, and it is on its way.
    Paid,
    Trouble(Trouble),
}

impl InTheWay {
    /// As whoever wants to pay, or to charge, reads it.
    pub fn refused(self, scope: &Scope) -> Error {
        Error::refused(match self {
            Self::Opening => "The way to pay is being opened already. Try again in a moment.".into(),
            Self::Open => "An earlier payment page is still open. Finish there.".into(),
            Self::Paid => "A payment for this invoice is on its way already.".into(),
            Self::Trouble(trouble) => for_the_payer(scope, &trouble),
        })
    }
}

/// Makes sure that nobody pays on an earlier page any more.
pub(crate) async fn end(
    scope: &Scope,
    provider: &dyn PaymentProvider,
    before: &Checkout,
) -> Result<Result<(), InTheWay>> {
    let over = async |status: Status| {
        let marked =
            scope.retrying(async |tx: &mut TenantTx| tx.run(mark(before.id, status, None, tx.now())).await).await;
        marked.map(|_| Ok(()))
    };
    match (before.status, &before.session_ref) {
        // Its page was never handed to anybody. Another request may be at it right now.
        (Status::Opening, _) => {
            let old = before.created_at.saturating_add(SignedDuration::from_mins(1)).unwrap_or(before.created_at);
            if scope.now() < old { Ok(Err(InTheWay::Opening)) } else { over(Status::Failed).await }
        }
        (Status::Open, Some(session)) => match provider.close(session).await {
            Ok(Standing::Expired) | Err(Trouble::Missing) => over(Status::Expired).await,
            Ok(Standing::Done(_)) => {
                look::at(scope, What::Checkout, session).await?;
                Ok(Err(InTheWay::Paid))
            }
            Ok(Standing::Open) => Ok(Err(InTheWay::Open)),
            Err(trouble) => Ok(Err(InTheWay::Trouble(trouble))),
        },
        _ => Ok(Ok(())),
    }
}

/// Only to name the permission that the settings' page needs.
pub(super) fn may_set_up(scope: &Scope) -> bool {
    scope.can::<PaymentsManage>()
}
