//! What was paid out, line by line, as a file.
use billing::LedgerRead;
use exports::{
    Cell,
    list::{Column, List},
};
use kernel::{Cursor, Paged, Result, Scope, Uuid, page};

use super::{
    Ask,
    contents::{PayoutEntry, Row, latest},
};

struct Payouts;
exports::list! { Payouts }

impl List for Payouts {
    const NAME: &'static str = "card_payouts";
    const LABEL: &'static str = "Card payouts";
    const HREF: &'static str = "/books/payouts";
    type Read = LedgerRead;
    type Filter = Ask;
    type Row = PayoutEntry;
    const COLUMNS: &'static [Column<PayoutEntry>] = &[
        ("Payout", |e| e.payout.as_str().into()),
        ("Arrives", |e| e.arrives_on.into()),
        ("Kind", |e| e.kind.as_str().into()),
        ("Matched to", |e| (&e.matched).into()),
        ("Invoice", |e| (&e.invoice_number).into()),
        ("Customer", |e| (&e.customer).into()),
        ("Day", |e| e.on_day.into()),
        ("Amount", |e| e.amount.into()),
        ("Fee", |e| e.fee.into()),
        ("In the payout", |e| e.net.into()),
        ("Currency", |e| e.amount.currency.code().into()),
        ("Description", |e| (&e.description).into()),
        ("Reference", |e| Cell::word(&e.provider_reference)),
        ("Reference of what it is for", |e| (&e.source_reference).into()),
    ];

    async fn page(scope: &Scope, _: Ask, cursor: Option<String>) -> Result<Paged<PayoutEntry>> {
        let limit = page::limit(Some(200))?;
        let before = Cursor::maybe::<Uuid>(cursor.as_deref())?.unwrap_or(Uuid::max());
        let rows = scope.read(latest(before, limit as i64 + 1)).await?;
        Ok(Paged::of(rows.into_iter().map(Row::shown).collect(), limit, |entry| entry.id))
    }
}
