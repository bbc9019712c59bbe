//! Reach: of some nouns one sees one's own rows, one's team's, or everybody's. PostgreSQL holds every statement to it (the
//! policy `reach` of a table), so that no list, count, search, export or join can forget it; here is what it is told.
//!
//! A new noun gets it in three places: `reach!` in its context, `ctl.within_reach` in its migration for its table and
//! all that hang on it, and `heard!` for its events. Tests of the house find what is missing.
use futures_util::future::BoxFuture;
use std::sync::Arc;
use uuid::Uuid;

use crate::{Result, Role, Scope};

crate::text_enum! {
    /// How far a role reaches among the rows of a noun.
    pub enum Reach {
        Own = "own": "Their own",
        Team = "team": "Their team's",
        All = "all": "Everybody's",
    }
}

/// A kind of record of which roles may reach some.
pub struct Noun {
    /// As in `wall.reach`.
    pub name: &'static str,
    pub label: &'static str,
    /// What each reach means, in words for who sets up a role.
    pub own: &'static str,
    pub team: &'static str,
    pub all: &'static str,
    /// Roles of the house that do not reach all.
    pub roles: &'static [(Role, Reach)],
    /// Who sees one of these sees a record of that noun with it: its reach is at least as wide.
    pub shows: &'static [&'static str],
}

impl Noun {
    pub fn find(name: &str) -> Option<&'static Self> {
        NOUNS.iter().find(|noun| noun.name == name)
    }
    pub fn of_role(&self, role: Role) -> Reach {
        self.roles.iter().find(|(known, _)| *known == role).map_or(Reach::All, |(_, reach)| *reach)
    }
    pub fn means(&self, reach: Reach) -> &'static str {
        match reach {
            Reach::Own => self.own,
            Reach::Team => self.team,
            Reach::All => self.all,
        }
    }
}

#[linkme::distributed_slice]
pub static NOUNS: [Noun];

/// `reach! { "customer" = "Customers": own "…", team "…", all "…", roles [Technician = Own], shows [] }`.
#[macro_export]
macro_rules! reach {
    ($name:literal = $label:literal: own $own:literal, team $team:literal, all $all:literal, roles [$($role:ident = $reach:ident),*], shows [$($shown:literal),*]) => {
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::reach::NOUNS)]
            #[linkme(crate = $crate::__::linkme)]
            static NOUN: $crate::reach::Noun = $crate::reach::Noun {
                name: $name, label: $label, own: $own, team: $team, all: $all,
                roles: &[$(($crate::Role::$role, $crate::reach::Reach::$reach)),*],
                shows: &[$($shown),*],
            };
        };
    };
}

/// Who, among those who do not reach all, hears events whose kind begins so.
pub struct Heard {
    pub begins: &'static str,
    pub by: By,
}
pub enum By {
    /// Whoever may: it is about no noun with reach.
    Everybody,
    /// Who sees the subject.
    WhoSees(fn(Scope, Uuid) -> BoxFuture<'static, Result<bool>>),
    /// Who sees the subject; the others hear that something happened and not to what, for it may have left their screen.
    AtLeastThat(fn(Scope, Uuid) -> BoxFuture<'static, Result<bool>>),
}
#[linkme::distributed_slice]
pub static HEARD: [Heard];

/// `heard! { "item." by everybody; "customer." by who sees seen; "appointment.moved" by who sees seen, or at least that }`,
/// where `seen(id: Uuid) -> Option<Uuid>` is a statement. The longest beginning counts.
#[macro_export]
macro_rules! heard {
    ($($begins:literal by $who:ident $(sees $seen:path)? $(, or $how:ident $($rest:ident)*)?);+ $(;)?) => {$(
        const _: () = {
            #[$crate::__::linkme::distributed_slice($crate::reach::HEARD)]
            #[linkme(crate = $crate::__::linkme)]
            static HEARD: $crate::reach::Heard =
                $crate::reach::Heard { begins: $begins, by: $crate::heard!(@by $who $(sees $seen)? $(, or $how)?) };
        };
    )+};
    (@by everybody) => { $crate::reach::By::Everybody };
    (@by who sees $seen:path) => {
        $crate::reach::By::WhoSees(|scope, id| Box::pin(async move { Ok(scope.read($seen(id)).await?.is_some()) }))
    };
    (@by who sees $seen:path, or at) => {
        $crate::reach::By::AtLeastThat(|scope, id| Box::pin(async move { Ok(scope.read($seen(id)).await?.is_some()) }))
    };
}

/// By what events of this kind are heard. Nothing known: by nobody who does not reach all.
pub fn heard_by(kind: &str) -> Option<&'static By> {
    let known = HEARD.iter().filter(|heard| kind.starts_with(heard.begins));
    known.max_by_key(|heard| heard.begins.len()).map(|heard| &heard.by)
}

/// What a principal reaches who does not reach all: of each noun named the rows of these members.
#[derive(Debug, Clone, PartialEq)]
pub struct Within {
    nouns: Vec<(String, Vec<Uuid>)>,
    told: String,
}

impl Within {
    /// From `noun=own` and `noun=team`; `team` are the members of one's own, oneself among them. `None` reaches all.
    pub fn of(reaches: &[String], me: Uuid, team: &[Uuid]) -> Option<Arc<Self>> {
        let nouns: Vec<(String, Vec<Uuid>)> = reaches
            .iter()
            .filter_map(|pair| pair.split_once('='))
            .map(|(noun, reach)| match reach {
                "team" if team.contains(&me) => (noun.to_owned(), team.to_vec()),
                // Who is in no team, or has a reach that this version does not know, reaches their own.
                _ => (noun.to_owned(), vec![me]),
            })
            .collect();
        let written = |(noun, members): &(String, Vec<Uuid>)| {
            let members: Vec<String> = members.iter().map(Uuid::to_string).collect();
            format!("{noun}={{{}}}", members.join(","))
        };
        let told = nouns.iter().map(written).collect::<Vec<_>>().join(" ");
        (!nouns.is_empty()).then(|| Arc::new(Self { nouns, told }))
    }

    /// As `wall.set_reach` takes it.
    pub fn told(&self) -> &String {
        &self.told
    }
    /// Whose rows of this noun; `None`: everybody's.
    pub fn members(&self, noun: &str) -> Option<&[Uuid]> {
        self.nouns.iter().find(|(name, _)| name == noun).map(|(_, members)| &**members)
    }
}

#[test]
fn whoever_is_in_no_team_reaches_their_own() {
    let (me, other) = (Uuid::now_v7(), Uuid::now_v7());
    let asked = ["customer=team".to_owned(), "appointment=own".to_owned()];
    let alone = Within::of(&asked, me, &[]).unwrap();
    assert_eq!(alone.members("customer"), Some(&[me][..]));
    let together = Within::of(&asked, me, &[me, other]).unwrap();
    assert_eq!(together.members("customer"), Some(&[me, other][..]));
    assert_eq!(together.members("appointment"), Some(&[me][..]));
    assert_eq!(together.members("lead"), None);
    assert_eq!(alone.told(), &format!("customer={{{me}}} appointment={{{me}}}"));
    assert!(Within::of(&[], me, &[]).is_none());
}
