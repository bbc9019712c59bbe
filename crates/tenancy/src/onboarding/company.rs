//! First question: which company.
use kernel::{
    Checks, Error, Input, Outside, Result,
    http::{Either, Page, Redirect, Upload},
};
use maud::{Markup, html};
use schemars::JsonSchema;
use serde::Deserialize;
use ui::{Filled, field, form, onward, tile};

use super::{
    country,
    draft::{self, Company, Draft, Signup},
};
use crate::{files, settings};

#[derive(Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Asked {
    name: String,
    industry: String,
    website: Option<String>,
    phone: Option<String>,
    time_zone: String,
    country: String,
}
impl Input for Asked {
    fn check(&mut self, checks: &mut Checks) {
        checks.text("name", &mut self.name, 100, "your company's name");
        let trades = ["hvac", "plumbing", "electrical", "both"];
        checks.that(trades.contains(&self.industry.as_str()), "industry", "required", "Choose what you do.");
        checks.optional("website", &mut self.website, 200);
        if let Some(site) = &mut self.website {
            settings::website(checks, site);
        }
        checks.optional("phone", &mut self.phone, 30);
        if let Some(phone) = &self.phone {
            checks.that(settings::is_phone(phone), "phone", "phone", settings::PHONE);
        }
        settings::locale(checks, Some(&self.time_zone), None, None, None);
        checks.that(
            country::known(&self.country),
            "country",
            "country",
            "Choose a country of the list; it can be changed later.",
        );
    }
}

pub fn fields(filled: &Filled, logo: bool) -> Markup {
    let trades = [
        ("hvac", "snowflake", "Heating and cooling"),
        ("plumbing", "droplets", "Plumbing"),
        ("electrical", "zap", "Electrical"),
        ("both", "wrench", "Several of these"),
    ];
    let zone = if filled.value("time_zone").is_empty() { "America/Chicago" } else { filled.value("time_zone") };
    let countries: Vec<(&str, &str)> = country::ALL.iter().map(|one| (one.code, one.name)).collect();
    html! {
        (field::text(filled, "name", "Company name").required().most(100).autocomplete("organization").focus())
        fieldset.fld {
            legend.lbl { "What do you do?" }
            div."grid"."grid-cols-2"."gap-2"."mt-2" {
                @for (value, sign, label) in trades { (tile("industry", value, sign, label, "", filled.value("industry") == value, false)) }
            }
            @if let Some(wrong) = filled.error("industry") { p.says.is-bad { (wrong) } }
        }
        (form::pair(html! {
            (field::text(filled, "website", "Website").placeholder("acme-hvac.com").autocomplete("url"))
            (field::tel(filled, "phone", "Company phone"))
        }))
        (form::pair(html! {
            (field::select(filled, "time_zone", "Time zone", &settings::zones(zone)).value("America/Chicago"))
            (field::select(filled, "country", "Country", &countries).value("US").hint("Currency and formats follow; they can be changed later"))
        }))
        (field::file(filled, "logo", "Logo", "image/png,image/jpeg,image/webp", settings::LOGO_MOST as u64)
            .hint(if logo { "You have sent one; another takes its place." } else { "PNG, JPEG or WebP, at most 2 MB. It can wait." }))
        (onward(None, "Continue", html! {}))
    }
}

pub fn filled(draft: &Draft) -> Filled {
    let Some(company) = &draft.company else { return Filled::default() };
    Filled::of([
        ("name", company.name.clone()),
        ("industry", company.industry.clone()),
        ("website", company.website.clone().unwrap_or_default()),
        ("phone", company.phone.clone().unwrap_or_default()),
        ("time_zone", company.time_zone.clone()),
        ("country", company.country.clone()),
    ])
}

pub async fn post(outside: Outside, upload: Upload) -> Result<Either<Redirect, Page>> {
    super::nobodys(&outside)?;
    let (mut signup, cookie) = draft::current_or_new(&outside).await?;
    let values: Vec<(String, String)> = upload.fields.iter().filter(|(name, _)| name != "_key").cloned().collect();
    match answer(&outside, &mut signup, &upload).await {
        Ok(()) => {
            let onward = Redirect::to("/onboarding");
            Ok(Either::Done(match cookie {
                Some(cookie) => onward.cookie(cookie),
                None => onward,
            }))
        }
        Err(error) => {
            let page = super::page::draw(&outside, &signup.draft, 0, super::mendable(values, error)?).await?;
            Ok(Either::Again(Page { status: 422, cookies: cookie.into_iter().collect(), ..page }))
        }
    }
}

async fn answer(outside: &Outside, signup: &mut Signup, upload: &Upload) -> Result<()> {
    let own = |name: &str| upload.field(name).unwrap_or_default().to_owned();
    let asked = Asked {
        name: own("name"),
        industry: own("industry"),
        website: upload.field("website").map(str::to_owned).filter(|site| !site.trim().is_empty()),
        phone: upload.field("phone").map(str::to_owned),
        time_zone: own("time_zone"),
        country: own("country"),
    };
    let asked = asked.checked()?;
    let mut logo = signup.draft.company.as_ref().and_then(|company| company.logo.clone());
    if let Some(file) = upload.file("logo") {
        let media_type = files::checked_picture(&file.bytes, settings::LOGO_MOST, "logo")?;
        let path = draft::logo_path(&outside.house, signup.id);
        let failed = |e: std::io::Error| Error::Bug(format!("keeping a logo: {e}"));
        if let Some(folder) = path.parent() {
            tokio::fs::create_dir_all(folder).await.map_err(failed)?;
        }
        tokio::fs::write(&path, &file.bytes).await.map_err(failed)?;
        logo = Some(media_type.to_owned());
    }
    signup.draft.company = Some(Company {
        name: asked.name,
        industry: asked.industry,
        website: asked.website,
        phone: asked.phone,
        time_zone: asked.time_zone,
        country: asked.country,
        logo,
    });
    draft::keep(outside, signup).await
}
