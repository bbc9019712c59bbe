//! One person in several companies: each has its own address and its own session, so that no tab mixes them. Here is the
//! way from one to the others, for addresses that are proved on both sides.
use jiff::Timestamp;
use kernel::{Access, Error, Event, Result, Scope, job::SubscriberEntry, row, secret::hex, sql};
use uuid::Uuid;

use crate::{
    AccountOwn, MemberId,
    company::Keyring,
    member::{MemberDeactivated, MemberJoined, MemberReactivated},
    sign_in::{EmailChanged, EmailVerified, PasswordReset},
};

row! { struct Proved { email_key: String } }
row! {
    pub(super) struct Company {
        pub slug: String,
        pub name: String,
    }
}

sql! {
    fn proved(id: MemberId) -> Option<Proved> = "
        select email_key from member
        where tenant_id = $1 and id = $2 and active and role <> 'customer' and email_verified_at is not null";
}
sql! {
    #![control]
    fn keep(tenant_id: Uuid, member_id: MemberId, email_hash: String, at: Timestamp) -> u64 = "
        insert into ctl.membership (tenant_id, member_id, email_hash, updated_at) values ($1, $2, $3, $4)
        on conflict (tenant_id, member_id) do update set email_hash = excluded.email_hash, updated_at = excluded.updated_at";
    fn forget(tenant_id: Uuid, member_id: MemberId) -> u64 = "
        delete from ctl.membership where tenant_id = $1 and member_id = $2";
    fn others(tenant_id: Uuid, member_id: MemberId) -> Vec<Company> = "
        select t.slug, t.name from ctl.membership mine
        join ctl.membership m on m.email_hash = mine.email_hash and m.tenant_id <> mine.tenant_id
        join ctl.tenant t on t.id = m.tenant_id and t.status in ('trial', 'active')
        where mine.tenant_id = $1 and mine.member_id = $2
        order by t.name, t.slug limit 50";
}

/// Hears of all that proves or ends an address, and writes down how it stands now.
pub(crate) fn subscriber() -> SubscriberEntry {
    let kinds = vec![
        EmailVerified::KIND,
        EmailChanged::KIND,
        PasswordReset::KIND,
        MemberJoined::KIND,
        MemberDeactivated::KIND,
        MemberReactivated::KIND,
    ];
    SubscriberEntry::of_kinds("tenancy.companies", kinds, |scope, told| async move {
        refresh(&scope, MemberId(told.subject)).await
    })
}

async fn refresh(scope: &Scope, id: MemberId) -> Result<()> {
    let (tenant, desk) = (scope.tenant().id, scope.house().control());
    match scope.read(proved(id)).await? {
        Some(proved) => desk.run(keep(tenant, id, hash(scope, &proved.email_key)?, scope.now())).await?,
        None => desk.run(forget(tenant, id)).await?,
    };
    Ok(())
}

/// Keyed with the installation's secret: the registry holds nobody's address.
fn hash(scope: &Scope, email_key: &str) -> Result<String> {
    let keyring = scope.house().kept::<Keyring>();
    let keyring = keyring.ok_or_else(|| Error::Bug("the house was not started with its keyring".into()))?;
    Ok(hex(&keyring.secrets.derive(&format!("companies of {email_key}"))))
}

/// The others of whoever asks, by name and the address where one signs in.
pub(super) async fn elsewhere(access: &Access<AccountOwn>, id: MemberId) -> Result<Vec<(String, String)>> {
    let found = access.house().control().run(others(access.tenant().id, id)).await?;
    let href = |company: &Company| access.house().url(Some(&company.slug), "/");
    Ok(found.into_iter().map(|company| (company.name.clone(), href(&company))).collect())
}
