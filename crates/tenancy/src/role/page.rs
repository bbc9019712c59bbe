//! What each role may do, in sentences.
use kernel::{Access, PERMISSIONS, Result, http::Page, row, sql};
use maud::html;
use ui::{card, icon_class};

use super::STAFF;
use crate::{
    MembersRead,
    shell::{self, Frame},
};

row! {
    struct Held {
        role: String,
        permission: String,
    }
}

sql! {
    fn all() -> Vec<Held> = "select role, permission from role_permission where tenant_id = $1 order by role, permission";
}

pub async fn page(access: Access<MembersRead>) -> Result<Page> {
    let held = access.read(all()).await?;
    let sentences = |role: &str| -> Vec<&str> {
        let own = |name: &str| held.iter().any(|one| one.role == role && one.permission == name);
        PERMISSIONS.iter().filter(|p| own(p.name)).map(|p| p.sentence).collect()
    };
    let body = html! {
        p.soft."mb-6" { "Each person has one role, given under " a.link href="/settings/people" { "People" } ". An owner can do everything, and only an owner makes another." }
        div."grid"."gap-4"."sm:grid-cols-2" {
            @for role in STAFF {
                @let may = sentences(role.as_str());
                (card::card(role.label(), &format!("{} things", may.len()), None, card::card_body(html! {
                    ul."grid"."gap-1"."t13" { @for sentence in &may { li."flex"."gap-2" { (icon_class("check", "i-s")) span { (sentence) } } } }
                })))
            }
        }
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(shell::page(&access, Frame { title: "Roles".into(), active: "/settings", crumbs, body, ..Frame::default() }))
}
