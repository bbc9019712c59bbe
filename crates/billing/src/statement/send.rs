//! A statement by e-mail, with its PDF.
use customers::customer;
use jiff::civil::Date;
use kernel::{
    Checks, Error, Input, Result, Scope, TenantTx, Uuid,
    access::Access,
    http::{Json, NoContent, Path, Repeatable},
    sight, sql,
};
use mail::{Letter, Purpose};
use schemars::JsonSchema;
use serde::Deserialize;

use super::{Asked, paper, statement};
use crate::{
    CustomerId,
    permissions::{InvoicesRead, InvoicesWrite},
    written,
};

kernel::event! {
    /// A statement went to its customer by e-mail.
    pub struct StatementSent = "statement.sent", seen by InvoicesRead { customer: CustomerId, from: Date, to: Date, sent_to: String }
}
sql! {
    fn seen(id: Uuid) -> Option<CustomerId> = "select id from customer where tenant_id = $1 and id = $2";
}
kernel::heard! { "statement." by who sees seen }

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
#[schemars(rename = "SendStatement")]
pub struct SendInput {
    /// The first day; three months before the last when left out.
    pub from: Option<Date>,
    /// The last; today when left out.
    pub to: Option<Date>,
    /// Where the letter goes; the customer's own address when left out.
    pub email: Option<String>,
    /// A paragraph in one's own words.
    pub words: Option<String>,
}
impl Input for SendInput {
    fn check(&mut self, checks: &mut Checks) {
        checks.email("email", &mut self.email);
        checks.optional("words", &mut self.words, 2000);
    }
}

/// A letter that is ready to go.
pub struct Sending {
    told: StatementSent,
    letter: Letter,
}

/// The PDF is set before the transaction, so that no row is held meanwhile.
pub async fn send(scope: &Scope, id: CustomerId, input: &SendInput) -> Result<Sending> {
    let found = statement(scope, id, &Asked { from: input.from, to: input.to }).await?;
    let who = scope.read(customer::find(id)).await?;
    let email = input.email.clone().or(who.email).ok_or_else(|| {
        Error::field("/email", "required", "This customer has no e-mail address. Give the one it shall go to.")
    })?;
    let tenant = scope.tenant().clone();
    // The letter is the customer's and has its prices, whoever sends it.
    let (owed, credit) =
        sight::whole(|| (written::money(&tenant, found.closing), written::money(&tenant, found.credit)));
    let bytes = paper::bytes_of(scope, &found).await?;
    let company = &tenant.name;
    let days = format!("{} to {}", written::day(found.from), written::day(found.to));
    let mut letter = Letter::to(&email, &found.customer_name, format!("Your statement from {company}"))
        .purpose(Purpose::Transactional)
        .about("customer", id)
        .greeting(format!("Hello {},", found.customer_name))
        .paragraph("your statement is attached: what was charged and paid in these days, and what is open.");
    if let Some(words) = &input.words {
        letter = letter.paragraph(words);
    }
    let mut facts = vec![("Days".to_owned(), days), ("Owed".to_owned(), owed)];
    if found.credit.minor > 0 {
        facts.push(("Your credit".to_owned(), credit));
    }
    let letter = letter.facts(facts).attach(paper::name_of(&found), "application/pdf", bytes.to_vec());
    let told = StatementSent { customer: id, from: found.from, to: found.to, sent_to: email };
    Ok(Sending { told, letter: letter.small("Questions? Answer this letter.") })
}

impl Sending {
    pub async fn queue(&self, tx: &mut TenantTx) -> Result<()> {
        tx.tell(&self.told);
        mail::send(tx, self.letter.clone()).await.map(drop)
    }
}

pub async fn api(
    access: Access<InvoicesWrite>,
    Path(id): Path<CustomerId>,
    Json(input): Json<SendInput>,
) -> Result<Repeatable<NoContent>> {
    let sending = send(&access, id, &input).await?;
    access.once(async |tx: &mut TenantTx| sending.queue(tx).await.map(|()| NoContent)).await
}
