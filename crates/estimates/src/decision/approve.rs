//! Approving: what was chosen becomes a job with its lines as they were shown, and a deposit invoice, all in one transaction; once,
//! however often it is sent.
use billing::{InvoiceId, invoice::of_deposit};
use catalog::item::Kind as ItemKind;
use customers::CustomerId;
use jiff::Timestamp;
use kernel::{Error, Result, TenantTx, Uuid, secret::hash, sql};
use work::{
    WorkOrder, WorkOrderId,
    line::{
        MOST,
        agreed::{Agreed, agreed},
    },
    order,
};

use super::{DecisionId, Kind, Via, newest};
use crate::{
    EstimateId, EstimateLineId, OptionId,
    estimate::{Head, Status, hold},
    revision::{
        self,
        content::{Choice, Content},
    },
};

/// Who says yes to what.
#[derive(Debug, Clone)]
pub struct Approval {
    /// The one they saw.
    pub revision: i32,
    pub option: OptionId,
    pub ticked: Vec<EstimateLineId>,
    /// The hash that stood on the page; none where the office was told.
    pub shown: Option<String>,
    pub name: String,
    pub signature: Option<String>,
    pub via: Via,
    pub told: Option<String>,
    pub address: Option<String>,
    pub agent: Option<String>,
}

sql! {
    fn insert(id: DecisionId, estimate: EstimateId, revision: i32, option: OptionId, ticked: Vec<Uuid>, total_minor: i64, deposit_minor: i64, shown: String, seal: String,
              name: String, signature: Option<String>, via: Via, told: Option<String>, address: Option<String>, agent: Option<String>, at: Timestamp, by: Option<Uuid>) = "
        insert into estimate_decision (tenant_id, id, estimate_id, revision, kind, option_id, ticked, total_minor, deposit_minor, shown_hash, seal, name, signature, via, told, address, agent, created_at, created_by)
        values ($1, $2, $3, $4, 'approved', $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)";
    fn store(id: EstimateId, order: WorkOrderId, deposit: Option<InvoiceId>, total_minor: i64, at: Timestamp) -> u64 = "
        update estimate set status = 'approved', made_order_id = $3, deposit_invoice_id = $4, total_minor = $5, decided_at = $6,
                            viewed_at = coalesce(viewed_at, $6), updated_at = $6, version = version + 1
        where tenant_id = $1 and id = $2 and status in ('sent', 'viewed')";
}

kernel::event! {
    /// The customer has agreed; the job is made, and the deposit asked for.
    pub struct EstimateApproved = "estimate.approved", seen by crate::permissions::EstimatesRead {
        estimate: EstimateId, customer: CustomerId, number: String, revision: i32, total_minor: i64, currency: String,
        work_order: WorkOrderId, deposit_invoice: Option<InvoiceId>,
    }
}

/// Sent twice it is one approval: the second is told that all is well.
pub async fn approve(tx: &mut TenantTx, id: EstimateId, yes: &Approval) -> Result<()> {
    let found = hold(tx, id, None).await?;
    let (said, kept) = tx.run((newest(id), revision::of(id, yes.revision))).await?;
    if found.status == Status::Approved {
        let same = said.is_some_and(|said| {
            let ticked: Vec<Uuid> = said.ticked;
            said.kind == Kind::Approved
                && (said.revision, said.option_id) == (yes.revision, Some(yes.option))
                && ticked.len() == yes.ticked.len()
                && yes.ticked.iter().all(|line| ticked.contains(&line.0))
        });
        return match same {
            true => Ok(()),
            false => Err(Error::refused(format!("{} was approved already, with another choice.", found.called()))),
        };
    }
    let kept = kept.ok_or(Error::NotFound)?;
    let content = kept.content()?;
    may_approve(tx, &found, &content).await?;
    let choice = content.choose(yes.option, &yes.ticked, &kept.hash)?;
    if yes.shown.as_ref().is_some_and(|shown| *shown != choice.hash) {
        let says = "What you saw is not what this estimate says now; nothing is agreed yet. Look at it once more.";
        return Err(Error::refused(says));
    }
    let order = job(tx, &found, &content, &choice).await?;
    let deposit = match choice.deposit_minor {
        0 => None,
        minor => {
            let (what, amount) = (format!("{}, {}", content.number, content.title), content.money(minor));
            let today = tx.today();
            Some(of_deposit::ask(tx, found.customer_id, order.id, what, amount, today).await?)
        }
    };
    let (now, by) = (tx.now(), tx.user());
    let signed = yes.signature.as_deref().unwrap_or_default();
    let seal = hash(format!("{}\n{}\n{signed}\n{now}", choice.hash, yes.name));
    let total = choice.sums.total_minor;
    let insert = insert(
        DecisionId::new(),
        id,
        yes.revision,
        yes.option,
        choice.ticked.iter().map(|line| line.0).collect(),
        total,
        choice.deposit_minor,
        choice.hash.clone(),
        seal,
        yes.name.clone(),
        yes.signature.clone(),
        yes.via,
        yes.told.clone(),
        yes.address.clone(),
        yes.agent.clone(),
        now,
        by,
    );
    let ((), stored) = tx.run((insert, store(id, order.id, deposit, total, now))).await?;
    if stored != 1 {
        return Err(Error::Stale(Some(found.version)));
    }
    tx.tell(&EstimateApproved {
        estimate: id,
        customer: found.customer_id,
        number: content.number.clone(),
        revision: yes.revision,
        total_minor: total,
        currency: content.currency.clone(),
        work_order: order.id,
        deposit_invoice: deposit,
    });
    Ok(())
}

/// Refuses in words for the customer, with what is new.
pub(crate) async fn may_approve(tx: &mut TenantTx, found: &Head, content: &Content) -> Result<()> {
    let called = &content.number;
    let over = found.valid_until.is_some_and(|day| day < tx.today());
    let says = match found.status {
        Status::Draft => {
            format!("{called} is being changed right now; nothing is agreed yet. The new one comes by letter.")
        }
        Status::Approved => format!("{called} was approved already."),
        Status::Declined => format!("{called} was declined. Call us if that has changed."),
        Status::Withdrawn => format!("{called} was withdrawn. Call us and we write a new one."),
        Status::Expired => format!("{called} is no longer good. Call us and we write a new one."),
        Status::Sent | Status::Viewed if found.revision != content.revision => {
            let newer = tx.run(revision::of(found.id, found.revision)).await?.ok_or(Error::NotFound)?.content()?;
            let language = tx.company().map_or_else(|| "en".to_owned(), |company| company.locale.language.clone());
            let news = newer.news(content, &language);
            format!("There is a newer version of {called}; nothing is agreed yet. {}", news.join(" "))
        }
        Status::Sent | Status::Viewed if over => format!("{called} is no longer good. Call us and we write a new one."),
        Status::Sent | Status::Viewed => return Ok(()),
    };
    Err(Error::refused(says))
}

/// The job it belongs to, as long as that is open and has room; otherwise a new one.
async fn job(tx: &mut TenantTx, found: &Head, content: &Content, choice: &Choice<'_>) -> Result<WorkOrder> {
    let mut lines: Vec<Agreed> = choice
        .lines
        .iter()
        .map(|line| Agreed {
            item: line.item_id,
            kind: line.kind,
            description: line.description.clone(),
            quantity_milli: line.quantity_milli,
            price_minor: line.unit_price_minor,
            taxes: line.taxes.clone(),
            tax: line.tax_rate_id,
        })
        .collect();
    lines.extend(choice.sums.spread.iter().map(|(taxed, part)| Agreed {
        item: None,
        kind: ItemKind::Service,
        description: format!("Discount, {}", content.number),
        quantity_milli: 1000,
        price_minor: -part,
        taxes: taxed.taxes.clone(),
        tax: taxed.by,
    }));
    let theirs = match found.work_order_id {
        Some(id) => Some(order::hold(tx, id).await?),
        None => None,
    };
    let has_room = |order: &WorkOrder| !order.status.is_over() && order.lines + lines.len() as i64 <= MOST;
    let order = match theirs.filter(has_room) {
        Some(order) => order,
        None => {
            let chosen = match content.options.len() {
                1 => String::new(),
                _ => format!(": {}", choice.option.name),
            };
            let scope = [Some(format!("As approved with estimate {}{chosen}.", content.number)), found.note.clone()];
            let new = order::New {
                customer_id: Some(found.customer_id),
                location_id: found.location_id,
                title: Some(content.title.clone()),
                scope: Some(scope.into_iter().flatten().collect::<Vec<_>>().join("\n\n")),
                ..order::New::default()
            };
            order::create(tx, new, &content.currency).await?
        }
    };
    agreed(tx, &order, lines).await?;
    Ok(order)
}
