//! All settings on one page, each with what it is for.
use kernel::{Access, Result, http::Page};
use maud::html;
use ui::icon;

use super::PLACES;
use crate::{
    SettingsRead,
    shell::{self, Frame},
};

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    let places = PLACES.iter().filter(|place| access.may(place.4));
    let body = html! {
        ul."grid"."gap-3"."sm:grid-cols-2" {
            @for (label, href, says, sign, _) in places {
                li { a.card."p-4"."flex"."gap-3"."items-start" href=(href) {
                    (icon(sign)) span { b.strong { (label) } br; span.soft.t13 { (says) } }
                } }
            }
        }
    };
    Ok(shell::page(&access, Frame { title: "Settings".into(), active: "/settings", body, ..Frame::default() }))
}
