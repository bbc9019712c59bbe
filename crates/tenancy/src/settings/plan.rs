//! What the company has, and how much of it is used.
use jiff::Timestamp;
use kernel::{Access, Result, http::Page, row, sql};
use maud::html;
use ui::card;
use uuid::Uuid;

use crate::{
    SettingsRead,
    company::plan,
    shell::{self, Frame},
};

row! {
    struct Standing {
        status: String,
        trial_ends_at: Option<Timestamp>,
    }
}

sql! {
    #![control]
    fn standing(id: Uuid) -> Standing = "select status, trial_ends_at from ctl.tenant where id = $1";
}
sql! {
    fn users() -> i64 = "select count(*) from member where tenant_id = $1 and active and role <> 'customer'";
}

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    let (standing, users) =
        (access.house().control().run(standing(access.tenant().id)).await?, access.read(users()).await?);
    let plan = plan::of(&access.tenant().plan);
    let most = |n: Option<i64>| n.map_or("without limit".to_owned(), |n| format!("of {n}"));
    let until = standing.trial_ends_at.filter(|_| standing.status == "trial");
    let until = until.map(|at| at.to_zoned(access.tenant().locale.zone.clone()).strftime("%-d %B %Y").to_string());
    let body = html! {
        (card::card(&format!("{} plan", plan.label), &format!("${} a month", plan.price), None, card::card_body(html! {
            (card::facts(&[
                ("People", html! { (users) " " (most(plan.users)) }),
                ("Included", html! { (plan.holds.join(" · ")) }),
            ]))
            @if let Some(until) = until { p.soft."mt-4" { "Your trial runs until " (until) ". Nothing is charged before." } }
        })))
    };
    let crumbs = vec![("Settings".into(), "/settings".into())];
    Ok(shell::page(&access, Frame { title: "Plan".into(), active: "/settings", crumbs, body, ..Frame::default() }))
}
