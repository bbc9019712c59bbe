//! The people of a company: who they are, the role they hold, and who may change that.
mod add;
mod change;
mod deactivate;
mod invite;
mod list;
mod page;

use jiff::Timestamp;
use kernel::{Error, Result, Role, Scope, TenantTx, http::Versioned, row, sql};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::{
    MembersRead,
    company::plan,
    role::{self, RoleName},
    team::TeamId,
};

pub use add::{Added, New, add, api as add_api};
pub use change::{Change, api as change_api, change};
pub use deactivate::{deactivate, deactivate_api, reactivate, reactivate_api};
pub(crate) use invite::withdraw;
pub use invite::{api as invite_api, invite};
pub use list::{get_api, list_api};
pub use page::{add_page, add_post, deactivate_post, edit_page, edit_post, invite_post, list_page, reactivate_post};

kernel::id!(MemberId, InvitationId);

row! {
    /// Somebody who works here.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Member {
        pub id: MemberId,
        pub email: String,
        pub name: String,
        pub phone: Option<String>,
        pub role: RoleName,
        /// What people call the role.
        pub role_label: String,
        pub team_id: Option<TeamId>,
        pub active: bool,
        /// Invited, and has not chosen a password yet.
        pub invited: bool,
        /// Signing in asks for a code beside the password.
        pub second_factor: bool,
        /// To the minute.
        pub last_seen_at: Option<Timestamp>,
        pub version: i64,
        pub created_at: Timestamp,
    }
}
impl Versioned for Member {
    fn version(&self) -> i64 {
        self.version
    }
}

kernel::event! {
    pub struct MemberCreated = "member.created", seen by MembersRead { member: MemberId, role: RoleName }
}
kernel::event! {
    /// Took up the invitation.
    pub struct MemberJoined = "member.joined", seen by MembersRead { member: MemberId }
}
kernel::event! {
    pub struct MemberChanged = "member.changed", seen by MembersRead { member: MemberId, role: RoleName }
}
kernel::event! {
    pub struct MemberDeactivated = "member.deactivated", seen by MembersRead { member: MemberId }
}
kernel::event! {
    pub struct MemberReactivated = "member.reactivated", seen by MembersRead { member: MemberId }
}

kernel::promise! {
    "member_email_once": "/email", "Somebody here has this e-mail address already; perhaps their access was ended and can be given back.";
}

row! {
    /// Somebody to choose from.
    pub struct Named {
        pub id: MemberId,
        pub name: String,
    }
}

sql! {
    /// Who works here now, by name.
    pub fn colleagues() -> Vec<Named> = "
        select id, name from member where tenant_id = $1 and active and role <> 'customer' order by name, id limit 500";
    pub fn find(id: MemberId) -> Option<Member> = "
        select m.id, m.email, m.name, m.phone, m.role, (select r.label from role r where r.tenant_id = $1 and r.name = m.role) as role_label, m.team_id, m.active, m.password_hash is null as invited,
          exists(select from second_factor f where f.tenant_id = $1 and f.member_id = m.id and f.confirmed_at is not null) as second_factor,
          m.last_seen_at, m.version, m.created_at
        from member m where m.tenant_id = $1 and m.id = $2";
    fn people_lock() -> Uuid = "select id from role where tenant_id = $1 and name = 'owner' for update";
    fn owners_but(id: MemberId) -> i64 = "
        select count(*) from member where tenant_id = $1 and role = 'owner' and active and id <> $2";
    fn users() -> i64 = "select count(*) from member where tenant_id = $1 and active and role <> 'customer'";
}

/// E-mail addresses are compared in one form.
pub fn email_key(email: &str) -> String {
    email.trim().to_lowercase()
}

/// How many people there are and who owns the company is decided one change at a time.
pub(crate) async fn one_at_a_time(tx: &mut TenantTx) -> Result<()> {
    tx.run(people_lock()).await.map(drop)
}

async fn within_plan(scope: &Scope, tx: &mut TenantTx) -> Result<()> {
    let plan = plan::of(&scope.tenant().plan);
    let Some(most) = plan.users else { return Ok(()) };
    if tx.run(users()).await? >= most {
        return Err(Error::Conflict {
            code: "plan_limit",
            message: format!(
                "The {} plan is for {most} people, and there are {most}. End somebody's access, or move to a larger plan under Settings, Plan.",
                plan.label
            ),
        });
    }
    Ok(())
}

async fn an_owner_stays(tx: &mut TenantTx, without: MemberId) -> Result<()> {
    match tx.run(owners_but(without)).await? {
        0 => Err(Error::Conflict {
            code: "last_owner",
            message: "This is the last owner. Make somebody else an owner first.".into(),
        }),
        _ => Ok(()),
    }
}

/// Nobody gives what they do not hold: a role may be given or taken only by those who hold all of its permissions, and
/// an owner only made or changed by an owner.
pub(crate) async fn may_deal_with(scope: &Scope, tx: &mut TenantTx, role: &RoleName) -> Result<()> {
    role::by_name(tx, role).await?.given_by(scope)
}

/// The same of a role of the house, by the program's catalogue.
pub(crate) fn may_give_of_house(scope: &Scope, role: Role) -> Result<()> {
    let Some(principal) = scope.principal() else { return Ok(()) };
    let owner = principal.roles.iter().any(|held| held == Role::Owner.as_str());
    let holds_all = role::permissions_of(role).iter().all(|name| principal.granted.has(name));
    match role {
        Role::Owner if !owner => Err(Error::refused("Only an owner can make, change or remove an owner.")),
        Role::Customer => Err(Error::field("/role", "role", "Choose one of the roles for people who work here.")),
        _ if !holds_all => Err(Error::refused(format!(
            "{} may do things that you may not, so you cannot give or take that role.",
            role.label()
        ))),
        _ => Ok(()),
    }
}
