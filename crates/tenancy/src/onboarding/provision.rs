//! Sets the company up while the page looks on.
use kernel::{Error, House, Outside, Result, http::Redirect};
use std::{collections::HashMap, sync::Mutex};
use uuid::Uuid;

use super::draft::{self, Draft, Signup};
use crate::company::{Company, Keyring, NewCompany, create_company};

/// Put into the house at the start. Companies made here in the last minutes, for the page of whoever made them: key and link
/// are kept nowhere else, and shown once.
#[derive(Default)]
pub struct Fresh(Mutex<HashMap<Uuid, Company>>);

impl Fresh {
    pub fn take(house: &House, signup: Uuid) -> Option<Company> {
        let fresh = house.kept::<Self>()?;
        fresh.0.lock().unwrap_or_else(|e| e.into_inner()).remove(&signup)
    }

    fn put(house: &House, signup: Uuid, company: Company) {
        let Some(fresh) = house.kept::<Self>() else { return };
        fresh.0.lock().unwrap_or_else(|e| e.into_inner()).insert(signup, company);
        tokio::spawn(async move {
            tokio::time::sleep(std::time::Duration::from_secs(600)).await;
            fresh.0.lock().unwrap_or_else(|e| e.into_inner()).remove(&signup);
        });
    }
}

/// Begins, unless another request has begun. The answer does not wait for the end.
pub async fn begin(outside: &Outside, signup: Signup) -> Result<()> {
    if draft::claim(outside, signup.id).await? {
        let house = outside.house.clone();
        tokio::spawn(async move {
            if let Err(error) = run(&house, &signup).await {
                tracing::error!(%error, "a sign-up could not even be marked as failed");
            }
        });
    }
    Ok(())
}

/// Once more, after it failed or its process ended in the middle.
pub async fn again(outside: Outside) -> Result<Redirect> {
    super::nobodys(&outside)?;
    if let Some(signup) = draft::current(&outside).await?
        && signup.draft.step() == 4
    {
        outside.house.limits().careful("sign-up", &outside.peer)?;
        begin(&outside, signup).await?;
    }
    Ok(Redirect::to("/onboarding"))
}

async fn run(house: &House, signup: &Signup) -> Result<()> {
    match make(house, signup).await {
        Ok(company) => {
            let outcome =
                serde_json::json!({ "slug": company.slug, "name": signup.draft.company.as_ref().map(|c| &c.name) });
            Fresh::put(house, signup.id, company);
            let _ = tokio::fs::remove_file(draft::logo_path(house, signup.id)).await;
            draft::done(house, signup.id, outcome).await
        }
        // The address went to somebody else between the question and now: it is asked again.
        Err(Error::Invalid(errors)) if errors.iter().any(|e| e.pointer == "/slug") => {
            let draft = Draft { slug: None, ..signup.draft.clone() };
            let sentence = errors.iter().map(|e| e.message.as_str()).collect::<Vec<_>>().join(" ");
            draft::failed(house, signup.id, &draft, &sentence).await
        }
        Err(error) => {
            tracing::error!(%error, "a company could not be set up");
            draft::failed(house, signup.id, &signup.draft, "Something broke on our side. Nothing was made; try again.")
                .await
        }
    }
}

async fn make(house: &House, signup: &Signup) -> Result<Company> {
    let unfinished = || Error::Bug("a sign-up was begun before its last question".into());
    let draft = signup.draft.clone();
    let (company, you) = (draft.company.ok_or_else(unfinished)?, draft.you.ok_or_else(unfinished)?);
    let country = super::country::of(&company.country);
    let keyring =
        house.kept::<Keyring>().ok_or_else(|| Error::Bug("the house was not started with its keyring".into()))?;
    let logo = match company.logo {
        Some(media_type) => {
            tokio::fs::read(draft::logo_path(house, signup.id)).await.ok().map(|bytes| (media_type, bytes.into()))
        }
        None => None,
    };
    let new = NewCompany {
        name: company.name,
        slug: draft.slug.ok_or_else(unfinished)?,
        plan: draft.plan.ok_or_else(unfinished)?,
        industry: Some(company.industry),
        website_url: company.website,
        owner_name: you.name,
        owner_email: you.email,
        owner_phone: you.phone,
        owner_password_hash: Some(you.password_hash),
        time_zone: Some(company.time_zone),
        currency: Some(country.currency.to_owned()),
        language: Some(country.language.to_owned()),
        country: Some(country.code.to_owned()),
        logo,
        ..Default::default()
    };
    create_company(house, &keyring.dsns, &keyring.secrets, new).await
}
