//! What needs a hand: disputes to answer, and money that came for an invoice that did not need it any more.
use billing::written;
use futures_util::future::BoxFuture;
use insights::hand;
use jiff::{SignedDuration, Timestamp, civil::Date};
use kernel::{Currency, Money, Result, Scope, Uuid, row, sql};
use maud::{Markup, html};

use crate::InvoiceId;

row! { struct Disputed { invoice_id: InvoiceId, number: String, amount_minor: i64, currency: String, due_on: Option<Date> } }
row! { struct Kept { customer_id: Uuid, name: String, number: String, kept_minor: i64, currency: String } }
row! { struct InVain { invoice_id: InvoiceId, name: String, number: String, amount_minor: i64, currency: String, says: String } }
row! { struct Lost { invoice_id: InvoiceId, number: String, amount_minor: i64, currency: String } }

sql! {
    fn disputed() -> Vec<Disputed> = "
        select d.invoice_id, coalesce(i.number, '') as number, d.amount_minor, d.currency, d.due_on
        from card_dispute d join invoice i on i.tenant_id = $1 and i.id = d.invoice_id
        where d.tenant_id = $1 and d.status = 'open' order by d.due_on, d.id limit 3";
    // As long as the customer has the credit: used or paid out, it is dealt with.
    fn kept(since: Timestamp) -> Vec<Kept> = "
        select c.id as customer_id, c.name, coalesce(i.number, '') as number, p.kept_minor, p.currency
        from card_payment k
        join payment p on p.tenant_id = $1 and p.id = k.payment_id and p.kept_minor > 0
        join invoice i on i.tenant_id = $1 and i.id = k.invoice_id
        join customer c on c.tenant_id = $1 and c.id = p.customer_id
        where k.tenant_id = $1 and k.created_at > $2
          and (select coalesce(sum(e.amount_minor), 0) from customer_credit e where e.tenant_id = $1 and e.customer_id = p.customer_id) > 0
        order by k.id desc limit 3";
    // As long as the invoice is open, and nobody has tried again since.
    fn in_vain(since: Timestamp) -> Vec<InVain> = "
        select h.invoice_id, c.name, coalesce(i.number, '') as number, h.amount_minor, h.currency, coalesce(h.says, '') as says
        from card_charge h
        join invoice i on i.tenant_id = $1 and i.id = h.invoice_id and i.status in ('issued', 'part_paid')
        join customer c on c.tenant_id = $1 and c.id = i.customer_id
        where h.tenant_id = $1 and h.status in ('declined', 'needs_customer', 'failed') and h.created_at > $2
          and not exists (select from card_charge n where n.tenant_id = $1 and n.invoice_id = h.invoice_id and n.id > h.id)
        order by h.id desc limit 3";
    fn failed(since: Timestamp) -> Vec<Lost> = "
        select r.invoice_id, coalesce(i.number, '') as number, r.amount_minor, r.currency
        from card_refund r join invoice i on i.tenant_id = $1 and i.id = r.invoice_id
        where r.tenant_id = $1 and r.status = 'failed' and r.updated_at > $2 order by r.id desc limit 3";
}

pub fn hand(scope: Scope, _: Uuid) -> BoxFuture<'static, Result<Markup>> {
    Box::pin(async move {
        let ago = |days: i64| scope.now().saturating_sub(SignedDuration::from_hours(24 * days)).unwrap_or(scope.now());
        let (disputed, kept, failed, in_vain) =
            scope.read((disputed(), kept(ago(60)), failed(ago(7)), in_vain(ago(30)))).await?;
        let today = scope.local_now().date();
        let money = |minor, currency: &str| {
            written::money(scope.tenant(), Money::new(minor, Currency::of(currency).unwrap_or(Currency::USD)))
        };
        Ok(html! {
            @for one in &disputed {
                @let what = format!("{} of {} is disputed", money(one.amount_minor, &one.currency), one.number);
                @let why = one.due_on.map_or("Answer it at Stripe".to_owned(), |day| format!("Answer it at Stripe until {}", written::short_day(day, today)));
                (hand::item("shield-alert", hand::Tone::Bad, &what, &why, "See invoice", &format!("/invoices/{}", one.invoice_id)))
            }
            @for one in &failed {
                @let what = format!("{} of {} did not get back to the card", money(one.amount_minor, &one.currency), one.number);
                (hand::item("circle-alert", hand::Tone::Warn, &what, "Ask the customer how they want it", "See invoice", &format!("/invoices/{}", one.invoice_id)))
            }
            @for one in &in_vain {
                @let what = format!("{} of {} could not be charged to the card of {}", money(one.amount_minor, &one.currency), one.number, one.name);
                (hand::item("credit-card", hand::Tone::Warn, &what, &one.says, "See invoice", &format!("/invoices/{}", one.invoice_id)))
            }
            @for one in &kept {
                @let what = format!("{} has paid {} too much by card", one.name, money(one.kept_minor, &one.currency));
                @let why = format!("It came for {}, and is kept as credit", one.number);
                (hand::item("credit-card", hand::Tone::Warn, &what, &why, "See credit", &format!("/customers/{}/credit", one.customer_id)))
            }
        })
    })
}
