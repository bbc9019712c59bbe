//! Numbers of customers: they count up within a company, and a burst of them does not queue for the counter.
use kernel::{Result, Scope, TenantTx, sql};
use std::{
    collections::HashMap,
    ops::Range,
    sync::{LazyLock, Mutex, PoisonError},
};
use uuid::Uuid;

const FIRST: i64 = 1001;
/// A process that ends leaves at most this many numbers unused: they are names of customers, not of invoices.
const MOST: i64 = 64;

sql! {
    fn bump(first: i64, count: i64) -> i64 = "
        insert into customer_counter (tenant_id, next) values ($1, $2::bigint + $3::bigint)
        on conflict (tenant_id) do update set next = customer_counter.next + $3
        returning next";
}

struct Block {
    left: Range<i64>,
    size: i64,
}
static BLOCKS: LazyLock<Mutex<HashMap<Uuid, Block>>> = LazyLock::new(Mutex::default);

/// The first of `count` numbers, in the caller's transaction: the counter's row stays locked until it commits.
pub(crate) async fn take(tx: &mut TenantTx, count: i64) -> Result<i64> {
    Ok(tx.run(bump(FIRST, count)).await? - count)
}

/// A number from this process's block. Blocks begin with one number and double with each refill, so that only companies
/// that add many get many.
pub(crate) async fn reserve(scope: &Scope) -> Result<i64> {
    let tenant = scope.tenant().id;
    let size = {
        let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
        if blocks.len() > 20_000 {
            blocks.clear();
        }
        let block = blocks.entry(tenant).or_insert(Block { left: 0..0, size: 1 });
        if let Some(number) = block.left.next() {
            return Ok(number);
        }
        block.size = (block.size * 2).min(MOST);
        block.size / 2
    };
    let first = scope.retrying(async |tx: &mut TenantTx| take(tx, size).await).await?;
    let mut blocks = BLOCKS.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some(block) = blocks.get_mut(&tenant).filter(|block| block.left.is_empty()) {
        block.left = first + 1..first + size;
    }
    Ok(first)
}

/// The counter and a block disagree, as after a restore or when PostgreSQL lost what it had acknowledged: the counter goes on behind
/// whatever a block could have given since.
pub(crate) async fn forget(scope: &Scope) -> Result<()> {
    scope.retrying(async |tx: &mut TenantTx| take(tx, MOST).await).await?;
    BLOCKS.lock().unwrap_or_else(PoisonError::into_inner).remove(&scope.tenant().id);
    Ok(())
}
