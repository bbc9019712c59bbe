//! The company's logo: a small picture, known by its first bytes.
use jiff::Timestamp;
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{Redirect, Upload},
    sql,
};
use maud::{Markup, html};
use ui::{Filled, button, field, form};
use uuid::Uuid;

use super::company::SettingsChanged;
use crate::{SettingsWrite, files};

pub(crate) const MOST: usize = 2 << 20;

sql! {
    #![control]
    fn set_logo(id: Uuid, logo: Option<Uuid>, at: Timestamp) -> u64 = "
        update ctl.tenant set logo_file = $2, updated_at = $3 where id = $1";
}

pub async fn post(access: Access<SettingsWrite>, upload: Upload) -> Result<Redirect> {
    let file = upload.file("logo").ok_or_else(|| Error::field("/logo", "required", "Choose a picture first."))?;
    let media_type = files::checked_picture(&file.bytes, MOST, "logo")?;
    let (house, tenant) = (access.house(), access.tenant().id);
    let id = access
        .write_with(async |tx: &mut TenantTx| {
            let id = files::keep(house, tx, &file.name, media_type, "logo", &file.bytes).await?;
            tx.tell(&SettingsChanged { tenant, what: vec!["logo".into()] });
            Ok(id)
        })
        .await?;
    house.control().run(set_logo(tenant, Some(id.0), access.now())).await?;
    house.tenants().forget();
    Ok(Redirect::to("/settings/company").toast("Logo saved."))
}

pub async fn remove(access: Access<SettingsWrite>) -> Result<Redirect> {
    let tenant = access.tenant().id;
    access.house().control().run(set_logo(tenant, None, access.now())).await?;
    access.house().tenants().forget();
    access.write(SettingsChanged { tenant, what: vec!["logo".into()] }, ()).await?;
    Ok(Redirect::to("/settings/company").toast("Logo removed."))
}

pub(super) fn part(scope: &Scope, logo: Option<Uuid>) -> Markup {
    if !scope.can::<SettingsWrite>() {
        return html! {};
    }
    html! {
        (form::form_with_files("/settings/company/logo", &Filled::default(), html! {
            (form::part("Logo", "PNG, JPEG or WebP, at most 2 MB; square works best.", html! {
                @if let Some(logo) = logo { p { img.logo src={ "/brand/logo?v=" (logo.simple()) } alt="The logo now" width="48" height="48"; } }
                (field::file(&Filled::default(), "logo", "Picture", "image/png,image/jpeg,image/webp", MOST as u64).label_hidden())
            }))
            (form::actions(html! { (button("Save logo")) }))
        }))
        @if logo.is_some() { (form::verb_form("/settings/company/logo/remove", html! { (button("Remove logo").quiet()) })) }
    }
}
