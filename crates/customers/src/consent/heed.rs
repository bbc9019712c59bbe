//! Mail asks here before it leaves: who said no is not written to.
use kernel::{Scope, sql};

use super::Purpose;

sql! {
    // Whose address it is, and whom it is about. Who works here gets the house's letters, whatever they said as a customer.
    fn refused(address: String, key: String, purpose: Purpose, about: Option<uuid::Uuid>) -> Option<i64> = "
        with known as materialized (
            (select customer_id from customer_reach where tenant_id = $1 and key = 'email ' || $2 limit 1000)
            union
            (select customer_id from customer_reach where tenant_id = $1 and key = 'email ' || $3 limit 1000)
            union
            select coalesce(c.merged_into, c.id) from customer c where c.tenant_id = $1 and c.id = $5)
        select c.number from known k
        cross join lateral (
            select s.allowed from consent s
            where s.tenant_id = $1 and s.customer_id = k.customer_id and s.channel = 'email' and s.purpose = $4
            order by s.id desc limit 1) s
        cross join lateral (select c.number from customer c where c.tenant_id = $1 and c.id = k.customer_id offset 0) c
        where not s.allowed and ($4 <> 'service' or not exists (
            select 1 from member m where m.tenant_id = $1 and m.email_key in ($2, $3)))
        order by c.number limit 1";
}

mail::objection! { object }

async fn object(scope: Scope, reader: mail::Reader) -> kernel::Result<Option<String>> {
    let (purpose, what) = match reader.purpose {
        mail::Purpose::Transactional => (Purpose::Service, "no e-mail, not even about visits and invoices"),
        mail::Purpose::Reminder => (Purpose::Reminder, "no reminders by e-mail"),
        mail::Purpose::Marketing => (Purpose::Marketing, "no news and offers by e-mail"),
    };
    let about = reader.about.filter(|(kind, _)| kind == "customer").map(|(_, id)| id);
    let found = scope.read(refused(reader.address.to_lowercase(), reader.key, purpose, about)).await?;
    Ok(found.map(|number| format!("Customer #{number} wants {what}. It is written under Consent on their page.")))
}
