//! Whether the company keeps where photos of its jobs were taken. It does not, until it says so.
use jiff::Timestamp;
use kernel::{
    Access, Error, Input, Result, Scope, TenantTx, Uuid,
    http::{Form, IfMatch, Json, One, Page, Redirect, Repeatable, Typed, Versioned},
    row, sql,
};
use maud::html;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use tenancy::{
    SettingsRead, SettingsWrite,
    shell::{self, Frame},
};
use ui::{Filled, button, field, form};

use crate::permissions::WorkRead;

kernel::id!(PhotoTermsId);
kernel::event! { pub struct PhotoTermsChanged = "photo_terms.changed", seen by WorkRead { terms: PhotoTermsId } }
kernel::heard! { "photo_terms." by everybody }
kernel::promise! { "photo_terms_once": "", "Somebody else saved this at the same moment. Load the page again." }

row! { struct Kept { id: PhotoTermsId, keeps_place: bool, version: i64 } }

sql! {
    fn kept() -> Option<Kept> = "select id, keeps_place, version from photo_terms where tenant_id = $1";
    pub(super) fn keeps_place() -> bool = "
        select exists (select 1 from photo_terms where tenant_id = $1 and keeps_place) as keeps";
    fn keep(id: PhotoTermsId, keeps_place: bool, seen: i64, at: Timestamp, by: Option<Uuid>) -> u64 = "
        insert into photo_terms as t (tenant_id, id, keeps_place, created_at, updated_at, created_by) values ($1, $2, $3, $5, $5, $6)
        on conflict (tenant_id) do update set keeps_place = $3, updated_at = $5, version = t.version + 1 where t.version = $4";
}

#[derive(Debug, Clone, Serialize, JsonSchema)]
#[schemars(rename = "PhotoTerms")]
pub struct Terms {
    /// Where a photo of a job was taken is kept beside it, if the camera says so. The picture itself never holds it.
    pub keeps_place: bool,
    /// Zero as long as nothing was said.
    pub version: i64,
}
impl Versioned for Terms {
    fn version(&self) -> i64 {
        self.version
    }
}
impl From<Option<Kept>> for Terms {
    fn from(kept: Option<Kept>) -> Self {
        kept.map_or(Self { keeps_place: false, version: 0 }, |kept| Self {
            keeps_place: kept.keeps_place,
            version: kept.version,
        })
    }
}

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PhotoTermsChange")]
pub struct Change {
    /// A box that is not ticked is not sent: left out, it is not kept.
    pub keeps_place: Option<bool>,
}
impl Input for Change {
    fn check(&mut self, _: &mut kernel::Checks) {
        // Yes or no, or it is not read at all.
    }
}

async fn change(tx: &mut TenantTx, seen: i64, change: &Change) -> Result<Terms> {
    let found = tx.run(kept()).await?;
    let id = found.as_ref().map_or_else(PhotoTermsId::new, |kept| kept.id);
    let mut now = Terms::from(found);
    if now.version != seen {
        return Err(Error::Stale(Some(now.version)));
    }
    now.keeps_place = change.keeps_place == Some(true);
    if tx.run(keep(id, now.keeps_place, seen, tx.now(), tx.user())).await? != 1 {
        return Err(Error::Stale(None));
    }
    tx.tell(&PhotoTermsChanged { terms: id });
    now.version += 1;
    Ok(now)
}

pub async fn api(access: Access<SettingsRead>) -> Result<One<Terms>> {
    Ok(One(access.read(kept()).await?.into()))
}

pub async fn change_api(
    access: Access<SettingsWrite>,
    version: IfMatch,
    Json(input): Json<Change>,
) -> Result<One<Terms>> {
    let seen = version.required()?;
    access.retrying(async |tx: &mut TenantTx| change(tx, seen, &input).await).await.map(One)
}

pub async fn page(access: Access<SettingsRead>) -> Result<Page> {
    let scope: &Scope = &access;
    let terms = Terms::from(scope.read(kept()).await?);
    let filled = Filled::of([("keeps_place", terms.keeps_place.to_string())]);
    let body = form::form(
        "/settings/photos",
        &filled,
        html! {
            (field::hidden("version", terms.version.to_string()))
            (form::part("Photos of jobs", "Every photo is drawn anew when it comes: nothing that a camera writes into it is left, so whoever gets it, a customer too, does not learn where it was taken.", html! {
                (field::checkbox(&filled, "keeps_place", "Keep where a photo was taken").hint("Beside the photo, for the office alone, where the camera says it. It counts for photos that come from now on; your people should know of it."))
            }))
            @if scope.can::<SettingsWrite>() { (form::actions(html! { (button("Save").primary()) })) }
        },
    );
    let crumbs = vec![("Settings".into(), "/settings".into())];
    let frame = Frame { title: "Photos of jobs".into(), active: "/settings", crumbs, body, ..Frame::default() };
    Ok(shell::page(scope, frame))
}

pub async fn post(access: Access<SettingsWrite>, form: Form<Change>) -> Result<Repeatable<Redirect>> {
    let seen = form.version()?;
    let work = async |input: Change| {
        access
            .once(async |tx: &mut TenantTx| {
                change(tx, seen, &input).await?;
                Ok(Redirect::to("/settings/photos").toast("Saved"))
            })
            .await
    };
    form.then(work).await?.map_err(Typed::refused)
}
