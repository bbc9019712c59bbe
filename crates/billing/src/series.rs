//! Numbers without gaps: one row for each series, locked until the transaction that took the number has ended.
use kernel::{Result, TenantTx, sql, tx::Statement};
use uuid::Uuid;

sql! {
    /// The next number. Whoever comes second waits; if the first rolls back, the second gets its number.
    fn take(id: Uuid, name: String) -> i64 = "
        insert into number_series (tenant_id, id, name, next) values ($1, $2, $3, 2)
        on conflict (tenant_id, name) do update set next = number_series.next + 1
        returning next - 1 as taken";
    fn begun(id: Uuid, name: String) -> u64 = "
        insert into number_series (tenant_id, id, name, next) values ($1, $2, $3, 1) on conflict (tenant_id, name) do nothing";
    fn held(name: String) -> Option<i64> = "
        select next from number_series where tenant_id = $1 and name = $2 for no key update";
}

/// The series of invoice numbers.
pub const INVOICES: &str = "invoice";
/// The series of credit notes' numbers.
pub const CREDIT_NOTES: &str = "credit_note";
/// The series of voucher numbers. Always taken after an invoice's, so that two writers never wait for each other.
pub const VOUCHERS: &str = "voucher";

pub fn next(series: &str) -> Statement<i64> {
    take(Uuid::now_v7(), series.to_owned())
}

/// To be run by what must not happen beside anybody who takes a number: nobody takes one until the transaction ends.
pub fn hold(series: &str) -> (Statement<u64>, Statement<Option<i64>>) {
    (begun(Uuid::now_v7(), series.to_owned()), held(series.to_owned()))
}

/// As people read it: INV-0007.
pub fn invoice_number(sequence: i64) -> String {
    format!("INV-{sequence:04}")
}

/// As people read it: CN-0007.
pub fn credit_note_number(sequence: i64) -> String {
    format!("CN-{sequence:04}")
}

/// Takes one number in the transaction.
pub async fn take_one(tx: &mut TenantTx, series: &str) -> Result<i64> {
    tx.run(next(series)).await
}
