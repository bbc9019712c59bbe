//! Permissions are types that handlers name, rows that roles hold, and sentences that people read.
use std::collections::HashSet;

crate::text_enum! {
    /// The roles every company starts with.
    pub enum Role {
        Owner = "owner": "Owner",
        Admin = "admin": "Admin",
        ServiceManager = "service_manager": "Service manager",
        Dispatcher = "dispatcher": "Dispatcher",
        Technician = "technician": "Technician",
        Member = "member": "Member",
        Viewer = "viewer": "Viewer",
        Customer = "customer": "Customer",
    }
}

/// A thing one may do. Named in the handler's signature, or the data stays shut.
pub trait Permission: Send + Sync + 'static {
    const NAME: &'static str;
}

/// Whether whoever holds it can change something; a name that ends in `.read` or `.see` says that it shows and
/// no more.
pub fn changes(name: &str) -> bool {
    !name.ends_with(".read") && !name.ends_with(".see")
}

/// “: see customers, their contacts, places and history”, for a sentence about it; nothing where it is not known.
pub(crate) fn said(name: &str) -> String {
    let words = PERMISSIONS.iter().find(|p| p.name == name).map(|p| p.sentence).unwrap_or_default();
    let mut signs = words.chars();
    signs.next().map(|first| format!(": {}{}", first.to_lowercase(), signs.as_str())).unwrap_or_default()
}

/// What an owner may let an operator change. Who works here and what each may do stays with the company; and whatever is
/// named otherwise is somebody's own, or keys, or sends, or takes much at once.
fn operators_change(name: &str) -> bool {
    name.ends_with(".write") && !name.starts_with("members.") && !name.starts_with("roles.")
}

/// One line of the catalogue (`golden/roles.txt`), and what a new company's roles are seeded with.
pub struct PermissionInfo {
    pub name: &'static str,
    pub sentence: &'static str,
    pub roles: &'static [Role],
    /// It shows the company as a whole, so it is nobody's who sees a part of it only.
    pub whole: bool,
}
#[linkme::distributed_slice]
pub static PERMISSIONS: [PermissionInfo];

/// `permission! { pub CustomersRead = "customers.read": "See customers", [Dispatcher, Technician]; }`.
/// Owner and admin hold every permission without being listed. `, whole` after the roles: only for those who see everything.
#[macro_export]
macro_rules! permission {
    ($($(#[$meta:meta])* $vis:vis $name:ident = $text:literal : $sentence:literal, [$($role:ident),* $(,)?] $(, $whole:ident)?;)+) => {$(
        $(#[$meta])*
        #[doc = $sentence]
        #[derive(Debug)]
        $vis struct $name;
        impl $crate::Permission for $name { const NAME: &'static str = $text; }
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::PERMISSIONS)]
            #[linkme(crate = $crate::__::linkme)]
            static INFO: $crate::permission::PermissionInfo = $crate::permission::PermissionInfo {
                name: $text, sentence: $sentence,
                roles: &[$crate::Role::Owner, $crate::Role::Admin $(, $crate::Role::$role)*],
                whole: $crate::permission!(@whole $($whole)?),
            };
        };
    )+};
    (@whole) => { false };
    (@whole whole) => { true };
}

/// The permissions one principal holds.
#[derive(Debug, Clone, Default)]
pub struct Granted(HashSet<&'static str>);

impl Granted {
    /// Names that this version does not know are left out: they can open nothing.
    pub fn of<'a>(names: impl IntoIterator<Item = &'a str>) -> Self {
        let known: HashSet<&'static str> = PERMISSIONS.iter().map(|p| p.name).collect();
        Self(names.into_iter().filter_map(|name| known.get(name).copied()).collect())
    }
    pub fn all() -> Self {
        Self(PERMISSIONS.iter().map(|p| p.name).collect())
    }
    /// For an operator who looks in: all that reads, and what may be changed if the owner says so.
    pub fn of_operator(writes: bool) -> Self {
        let given = |name: &str| !changes(name) || (writes && operators_change(name));
        Self(PERMISSIONS.iter().map(|p| p.name).filter(|name| given(name)).collect())
    }
    pub fn of_role(role: Role) -> Self {
        Self(PERMISSIONS.iter().filter(|p| p.roles.contains(&role)).map(|p| p.name).collect())
    }
    pub fn has(&self, name: &str) -> bool {
        self.0.contains(name)
    }
    pub fn names(&self) -> impl Iterator<Item = &'static str> {
        self.0.iter().copied()
    }
    /// Without what shows the company as a whole.
    #[must_use]
    pub fn in_part(mut self) -> Self {
        self.0.retain(|name| !PERMISSIONS.iter().any(|p| p.whole && p.name == *name));
        self
    }
    #[must_use]
    pub fn and(&self, other: &Self) -> Self {
        Self(self.0.intersection(&other.0).copied().collect())
    }
}
