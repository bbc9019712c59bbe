//! Looks for holes in the walls: every finding is a reason not to serve.

use crate::{Result, connect, error::doing};
use serde::Serialize;
use std::fmt;
use tokio_postgres::GenericClient;

/// Functions that may run with their owner's rights: each filters by the bound tenant itself, and has an attack test.
/// Written `name(arguments)` without the schema, which for a dedicated tenant is its own.
const ALLOWED_DEFINERS: &[&str] = &[];

/// One hole, where it is, and what closes it.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Finding {
    /// The number and what it forbids: `R01 table without row-level security`.
    pub rule: String,
    pub object: String,
    pub fix: String,
}

impl Finding {
    /// R20 and R32 can be closed by a superuser alone, whom a managed PostgreSQL may not lend.
    pub fn needs_superuser(&self) -> bool {
        self.rule.starts_with("R20") || self.rule.starts_with("R32")
    }
}

impl fmt::Display for Finding {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}. {}", self.rule, self.object, self.fix)
    }
}

pub async fn check(admin: &str) -> Result<Vec<Finding>> {
    check_on(&connect(admin).await?).await
}

/// `check` on a connection, or inside a transaction, of the administrator's.
pub async fn check_on(client: &impl GenericClient) -> Result<Vec<Finding>> {
    // Names are told with their schemas whatever the administrator's search_path is. PostgreSQL knows nothing of the size
    // of what `with` gathers; with a hundred dedicated tenants nested loops took a minute where hashing takes seconds.
    let rows = async {
        client.batch_execute("set search_path = pg_catalog; set enable_nestloop = off; set jit = off").await?;
        let rows = client.query(include_str!("sql/lint.sql"), &[&ALLOWED_DEFINERS]).await;
        client.batch_execute("reset search_path; reset enable_nestloop; reset jit").await?;
        rows
    };
    let rows = rows.await.map_err(doing("looking for holes in the walls"))?;
    Ok(rows.iter().map(|row| finding(row.get(0), row.get(1))).collect())
}

fn finding(rule: &str, object: String) -> Finding {
    let unknown = ("a rule without words", "Read src/sql/lint.sql.");
    let (what, fix) = RULES.iter().find(|(number, ..)| *number == rule).map_or(unknown, |(_, what, fix)| (what, fix));
    Finding { rule: format!("{rule} {what}"), object, fix: fix.to_string() }
}

const UP: &str = "Run `tradewind migrate up`, which walls every table it makes; if the table was made by hand, drop it and write a migration.";
const REVOKE: &str =
    "Revoke it; the runner grants what the directives of the migrations say and nothing else is needed.";
const START: &str =
    "Start tradewind, or run `tradewind migrate up`: both set this again. If it comes back, find who changes it.";

const RULES: &[(&str, &str, &str)] = &[
    ("R01", "table without row-level security", UP),
    ("R02", "table whose owner passes the policies", UP),
    (
        "R03",
        "table without tenant_id uuid not null",
        "Begin the table with `tenant_id uuid not null default wall.current_tenant()`.",
    ),
    ("R04", "row-level security without a policy", UP),
    (
        "R05",
        "policy that is not the tenant's predicate",
        "Drop the policy; `tenant_isolation` is the only one a tenant's table has.",
    ),
    ("R06", "policy for everybody", "Drop the policy and name the roles it is for."),
    (
        "R07",
        "unique index that does not begin with tenant_id",
        "Make it (tenant_id, …): otherwise one tenant can probe for, or block, another's values.",
    ),
    ("R08", "exclusion constraint without tenant_id with =", "Add `tenant_id with =` to the constraint."),
    (
        "R09",
        "foreign key that does not carry tenant_id",
        "Make it `foreign key (tenant_id, other_id) references other (tenant_id, id)`.",
    ),
    (
        "R10",
        "foreign key that sets columns or follows updates",
        "Use the default, restrict or cascade on delete: set null would empty tenant_id too.",
    ),
    ("R11", "view with its owner's rights", "Create it `with (security_invoker = true)`."),
    ("R12", "materialized view or foreign table", "Use a table: policies do not hold for these."),
    (
        "R13",
        "security definer function outside the list",
        "Make it security invoker; or let tw_auth own it, set its search_path, add it to ALLOWED_DEFINERS, and attack it in a test.",
    ),
    ("R14", "function that everybody may execute", "Revoke execute from public."),
    ("R15", "relation granted to everybody", "Revoke it from public."),
    ("R16", "runtime role that owns something", "Alter its owner to tw_owner: an owner can drop policies."),
    ("R17", "role with more rights than it needs", START),
    ("R18", "runtime role that can become another", "Revoke the membership."),
    ("R19", "right that no session needs", REVOKE),
    (
        "R20",
        "set_config within reach",
        "Let a superuser run: revoke execute on function pg_catalog.set_config(text, text, boolean) from public.",
    ),
    (
        "R21",
        "role that may create in the database",
        "Revoke create and temporary on the database from public and from the role.",
    ),
    (
        "R22",
        "role that may create in a schema",
        "Revoke create on the schema: what a session can create, others can be led to call.",
    ),
    ("R23", "registry within reach of a tenant's session", "Revoke it; only tw_control reads the registry."),
    (
        "R24",
        "audit that can be rewritten",
        "Revoke update and delete; what may leave the audit when it has been archived passes the trigger `let_go` (migration 0088): run `tradewind migrate up`, or create the trigger again.",
    ),
    (
        "R25",
        "key or origin of a row that can be rewritten",
        "Revoke update of the column; name the others in a `--! grant` line.",
    ),
    (
        "R26",
        "sequence in a tenant's schema",
        "Let the program make the ids; a sequence tells one tenant how busy the others are.",
    ),
    ("R27", "extension that reaches out of the database", "Drop the extension."),
    ("R28", "role that reaches into another's schema", REVOKE),
    ("R29", "partition without row-level security", UP),
    ("R30", "rule, or trigger that is not plainly on", "Drop the rule; enable the trigger."),
    (
        "R31",
        "server older than the fixes to row-level security",
        "Update PostgreSQL to 15.19 or newer (Debian: apt-get update && apt-get install postgresql-15), then start again.",
    ),
    (
        "R32",
        "other sessions' statements within reach",
        "Let a superuser run what start-up names: revoke select on pg_stat_activity from public, and its functions.",
    ),
    ("R33", "foreign key without an index", "Create an index that begins with the columns of the key."),
    ("R34", "dedicated table open to a second tenant", UP),
    ("R35", "policy for a role of another place", "Drop the policy and run `tradewind migrate up`."),
    ("R36", "table granted to a role of another place", REVOKE),
    (
        "R37",
        "object that does not belong to tw_owner, or not in the wall",
        "Alter its owner to tw_owner; in schema wall keep the two functions only.",
    ),
    (
        "R38",
        "queue that does not ask a dedicated role's name",
        "Create the restrictive policy own_name again as in migrations/control/0001.",
    ),
    ("R39", "role without its search_path", START),
    ("R40", "role that brings a tenant or a role along", "Run `alter role … reset` for the setting."),
];
