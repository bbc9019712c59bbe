//! A card that a customer keeps with us: a name at the provider, and what may be shown of it. No number of a card comes near us.
pub mod agree;
pub mod guest;
pub mod keep;
pub mod panel;
pub mod remove;

pub use guest::offer;

use customers::CustomerId;
use jiff::{Timestamp, civil::Date};
use kernel::{
    Access, Result,
    http::{Json, Path},
    row, sql, text_enum,
};
use schemars::JsonSchema;
use serde::Serialize;

use crate::{AgreementId, CardId, InvoiceId};

text_enum! {
    /// Why a card is kept no longer.
    pub enum Why {
        Customer = "customer": "Removed by the customer",
        Office = "office": "Removed by the office",
        Provider = "provider": "Removed at the provider",
        Disconnected = "disconnected": "The provider was disconnected",
    }
}

row! {
    #[derive(Debug, Clone)]
    pub struct Row {
        pub id: CardId,
        pub customer_id: CustomerId,
        pub holder_ref: Option<String>,
        pub method_ref: Option<String>,
        pub brand: Option<String>,
        pub last_four: Option<String>,
        pub expires_year: Option<i32>,
        pub expires_month: Option<i32>,
        pub agreed_at: Timestamp,
        pub agreed_by: String,
        pub words: String,
    }
}

sql! {
    /// Those that are kept, the newest first: it is the one that is charged unless somebody says another.
    pub fn of_customer(customer: CustomerId) -> Vec<Row> = "
        select f.id, f.customer_id, f.holder_ref, f.method_ref, f.brand, f.last_four, f.expires_year, f.expires_month, a.created_at as agreed_at, a.agreed_by, a.words
        from card_on_file f join card_agreement a on a.tenant_id = $1 and a.id = f.agreement_id
        where f.tenant_id = $1 and f.customer_id = $2 and f.removed_at is null order by f.id desc limit 20";
    pub(crate) fn find(id: CardId) -> Option<Row> = "
        select f.id, f.customer_id, f.holder_ref, f.method_ref, f.brand, f.last_four, f.expires_year, f.expires_month, a.created_at as agreed_at, a.agreed_by, a.words
        from card_on_file f join card_agreement a on a.tenant_id = $1 and a.id = f.agreement_id
        where f.tenant_id = $1 and f.id = $2 and f.removed_at is null";
    /// Kept by somebody who read the page of that invoice.
    pub(crate) fn by_invoice(invoice: InvoiceId) -> Vec<Row> = "
        select f.id, f.customer_id, f.holder_ref, f.method_ref, f.brand, f.last_four, f.expires_year, f.expires_month, a.created_at as agreed_at, a.agreed_by, a.words
        from card_agreement a join card_on_file f on f.tenant_id = $1 and f.agreement_id = a.id and f.removed_at is null
        where a.tenant_id = $1 and a.invoice_id = $2 order by f.id desc limit 20";
    fn seen(id: kernel::Uuid) -> Option<CardId> = "select id from card_on_file where tenant_id = $1 and id = $2";
}

kernel::event! {
    /// A customer keeps a card, having agreed to be charged with it.
    pub struct CardKept = "card_on_file.kept", seen by billing::InvoicesRead {
        card: CardId, customer: CustomerId, agreement: AgreementId, called: String, agreed_by: String,
    }
}
kernel::event! {
    /// It is charged no more; what the provider calls it is forgotten.
    pub struct CardRemoved = "card_on_file.removed", seen by billing::InvoicesRead {
        card: CardId, customer: CustomerId, called: String, why: Why,
    }
}
kernel::heard! { "card_on_file." by who sees seen }

kernel::promise! {
    "card_agreement_customer": "", "There is no such customer.";
}

/// A card that a customer keeps.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardOnFile {
    pub id: CardId,
    pub customer_id: CustomerId,
    /// As the provider calls it: `visa`.
    pub brand: Option<String>,
    pub last_four: Option<String>,
    /// The last day on which it is good.
    pub expires_on: Option<Date>,
    /// When somebody agreed that it is charged, who, and in which words.
    pub agreed_at: Timestamp,
    pub agreed_by: String,
    pub agreed_words: String,
}

impl Row {
    /// "Visa ···· 4242".
    pub fn called(&self) -> String {
        called(self.brand.as_deref(), self.last_four.as_deref())
    }
    /// The last day of its last month.
    pub fn expires_on(&self) -> Option<Date> {
        let (year, month) = (i16::try_from(self.expires_year?).ok()?, i8::try_from(self.expires_month?).ok()?);
        Some(Date::new(year, month, 1).ok()?.last_of_month())
    }
    pub fn is_over(&self, today: Date) -> bool {
        self.expires_on().is_some_and(|day| day < today)
    }
    /// "good until 04/2030", or that it is over.
    pub fn good(&self, today: Date) -> String {
        match self.expires_on() {
            Some(day) if day < today => format!("expired {}", day.strftime("%m/%Y")),
            Some(day) => format!("good until {}", day.strftime("%m/%Y")),
            None => String::new(),
        }
    }
    pub fn shown(self) -> CardOnFile {
        CardOnFile {
            expires_on: self.expires_on(),
            id: self.id,
            customer_id: self.customer_id,
            brand: self.brand,
            last_four: self.last_four,
            agreed_at: self.agreed_at,
            agreed_by: self.agreed_by,
            agreed_words: self.words,
        }
    }
}

/// "Visa ···· 4242".
pub(crate) fn called(brand: Option<&str>, last_four: Option<&str>) -> String {
    let mut letters = brand.unwrap_or("card").chars();
    let brand: String = letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default();
    match last_four {
        Some(last_four) => format!("{brand} ···· {last_four}"),
        None => brand,
    }
}

/// The cards that a customer keeps, the newest first.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct CardsOnFile {
    pub cards: Vec<CardOnFile>,
}

pub async fn api(access: Access<billing::InvoicesRead>, Path(customer): Path<CustomerId>) -> Result<Json<CardsOnFile>> {
    access.read(customers::customer::find(customer)).await?;
    let cards = access.read(of_customer(customer)).await?.into_iter().map(Row::shown).collect();
    Ok(Json(CardsOnFile { cards }))
}
