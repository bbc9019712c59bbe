//! The way in: an address is asked for, and a letter goes to it if it is anybody's. Whoever asks is told the same, after the same
//! work, whether it is or not.
use kernel::{
    Checks, Input, Result, TenantTx, Visitor,
    http::{Form, Page},
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::shell::{self, filled};
use ui::{Filled, button, field, form, link_button};

use crate::{
    link::{self, MINUTES, PortalRequestId, SendLink},
    terms,
};

#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Who {
    #[serde(default)]
    email: String,
}
impl Input for Who {
    fn check(&mut self, checks: &mut Checks) {
        checks.must_be_email("email", &mut self.email, "Give the e-mail address that we have of you.");
    }
}

pub async fn page(visitor: Visitor) -> Result<Page> {
    terms::open(&visitor).await?;
    Ok(draw(&visitor, &Filled::default()))
}

fn draw(visitor: &Visitor, values: &Filled) -> Page {
    let fields = html! {
        p.soft { "Your visits, estimates and invoices at " (visitor.tenant().name) ". We send a link to your e-mail address; there is no password." }
        (field::email(values, "email", "Email").required().autocomplete("email").hint("The one that our letters come to."))
        (form::actions(html! { (button("Send me a link").primary().large()) }))
    };
    let foot = html! { "You work here? " a.link href="/sign-in" { "Sign in here" } };
    shell::card(visitor, "Your pages", form::form("/portal/sign-in", values, fields), foot)
}

pub async fn post(visitor: Visitor, form: Form<Who>) -> Result<Page> {
    terms::open(&visitor).await?;
    let outcome = form
        .then(async |input: Who| {
            visitor.house().limits().careful("portal", &visitor.peer)?;
            visitor
                .write_with(async |tx: &mut TenantTx| {
                    let (request, at) = (PortalRequestId::new(), tx.now());
                    tx.queue(link::ask(request, input.email, at));
                    tx.enqueue(&SendLink { request });
                    Ok(())
                })
                .await
        })
        .await?;
    Ok(match outcome {
        Ok(()) => {
            let says = html! {
                p { "If we know this address, a letter with a link is on its way to it. The link is good once and for " (MINUTES) " minutes." }
                p.soft."mt-4" { "Nothing there after a few minutes? Look among the junk, try another address of yours, or call " (visitor.tenant().name) "." }
                p."mt-6" { (link_button("Try another address", "/portal/sign-in")) }
            };
            shell::card(&visitor, "Look into your mail", says, html! {})
        }
        Err(typed) => Page { status: 422, ..draw(&visitor, &filled(typed)) },
    })
}
