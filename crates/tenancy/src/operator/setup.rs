//! The link that works once: a password and the second step, together or not at all.
use jiff::Timestamp;
use kernel::{
    Checks, Error, Input, Outside, Result, TenantTx,
    http::{Form, Page, Query},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, button, card, field, form, link_button, note};
use uuid::Uuid;

use super::{frame, sign_in::step_of};
use crate::{
    onboarding::nobodys,
    password,
    seal::Seal,
    second_factor::{authenticator, code_field, codes, to_scan},
    secret, shell,
};

row! {
    struct New {
        id: Uuid,
        name: String,
        email: String,
        sealed: String,
    }
}

sql! {
    #![control]
    fn waiting(setup_hash: String, now: Timestamp) -> Option<New> = "
        select id, name, email, sealed from ctl.operator where setup_hash = $1 and setup_until > $2 and disabled_at is null";
    fn ready(id: Uuid, setup_hash: String, password_hash: String, step: i64, at: Timestamp) -> u64 = "
        update ctl.operator set password_hash = $3, last_step = $4, confirmed_at = $5, setup_hash = null, setup_until = null, updated_at = $5
        where id = $1 and setup_hash = $2 and setup_until > $5 and disabled_at is null";
    fn drop_codes(operator_id: Uuid) -> u64 = "delete from ctl.operator_code where operator_id = $1";
    fn keep_codes(operator_id: Uuid, code_hashes: Vec<String>) -> u64 = "
        insert into ctl.operator_code (operator_id, code_hash) select $1, h.hash from unnest($2::text[]) as h(hash)";
}

#[derive(Deserialize, JsonSchema)]
pub struct Asked {
    /// The secret of the link.
    t: Option<String>,
}

async fn find(outside: &Outside, token: &str) -> Result<New> {
    nobodys(outside)?;
    outside.house.limits().careful("operator-setup", &outside.peer)?;
    let over = || Error::Conflict {
        code: "link_used",
        message: "This link was used or is too old. `tradewind operator reset` makes another.".into(),
    };
    let now = outside.house.clock().now();
    outside.house.control().run(waiting(secret::hash(token), now)).await?.ok_or_else(over)
}

/// Looking at the link uses nothing up.
pub async fn page(outside: Outside, Query(asked): Query<Asked>) -> Result<Page> {
    let token = asked.t.unwrap_or_default();
    let new = find(&outside, &token).await?;
    draw(&outside, &new, &token, &Filled::default())
}

fn draw(outside: &Outside, new: &New, token: &str, filled: &Filled) -> Result<Page> {
    let secret = Seal::of(&outside.house)?.open((Uuid::nil(), new.id), &new.sealed)?;
    let picture = to_scan(&authenticator(secret, "Tradewind", &new.email)?)?;
    let fields = html! {
        (field::hidden("t", token))
        p."mb-2" { "Hello " (new.name) ". You sign in as " b { (new.email) } ", with a password and a code." }
        input type="hidden" name="username" autocomplete="username" value=(new.email) disabled;
        (field::password(filled, "password", "Password", "new-password").required().hint("At least 10 characters; a few words in a row are fine"))
        div { (picture) }
        (code_field(filled, "The six digits it shows now"))
        (form::actions(html! { (button("Set up").primary().large()) }))
    };
    Ok(frame::card(outside, "Set up your sign-in", form::form("/operator/setup", filled, fields), html! {}))
}

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Setup {
    /// Read before the rest is checked: without a good link there is no form to show again.
    #[serde(rename = "t")]
    _t: Option<String>,
    #[serde(default)]
    password: String,
    #[serde(default)]
    code: String,
}
impl Input for Setup {
    fn check(&mut self, checks: &mut Checks) {
        password::check(checks, "password", &self.password);
        checks.text("code", &mut self.code, 40, "the six digits that the authenticator shows");
    }
}

pub async fn post(outside: Outside, form: Form<Setup>) -> Result<Page> {
    let token = form.value("t").unwrap_or_default().to_owned();
    let new = find(&outside, &token).await?;
    let outcome = form
        .then(async |input: Setup| {
            let wrong = || {
                Error::field(
                    "/code",
                    "mismatch",
                    "That is not what it shows now. Look again; the clock of the phone must be right.",
                )
            };
            let step = step_of(&outside, new.id, &new.sealed, &input.code)?.ok_or_else(wrong)?;
            let hash = password::hash(input.password).await?;
            let codes: Vec<String> = (0..10).map(|_| codes::draw()).collect();
            let hashes: Vec<String> = codes.iter().map(|code| codes::hash(code)).collect();
            let at = outside.house.clock().now();
            outside
                .house
                .control()
                .with(async |tx: &mut TenantTx| {
                    if tx.run(ready(new.id, secret::hash(&token), hash.clone(), step, at)).await? != 1 {
                        return Err(Error::refused("This link was just used. Sign in instead."));
                    }
                    tx.run((drop_codes(new.id), keep_codes(new.id, hashes.clone()))).await
                })
                .await?;
            Ok(codes)
        })
        .await?;
    match outcome {
        Ok(codes) => {
            let body = html! {
                (note("info", html! { p { "You are set up. Keep these codes where you keep other important papers: each lets you in once when the phone is lost. They are shown this once." } }))
                div."mt-6" { (card::copy_lines(&codes, "the recovery codes")) }
                p."mt-6" { (link_button("Sign in", "/operator/sign-in").primary()) }
            };
            Ok(frame::card(&outside, "Your recovery codes", body, html! {}))
        }
        Err(typed) => Ok(Page { status: 422, ..draw(&outside, &new, &token, &shell::faults(typed))? }),
    }
}
