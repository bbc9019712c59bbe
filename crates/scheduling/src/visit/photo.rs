//! Photos that a customer adds by the link: whoever goes there sees before what is broken.
use jiff::Timestamp;
use kernel::{
    Access, Error, Paged, Result, Scope, TenantTx, Visitor,
    http::{Download, Either, Json, Page, Path, Redirect, Repeatable, Typed, Upload},
    row, sql,
};
use maud::{Markup, html};
use std::collections::HashMap;
use tenancy::{
    files::{self, FileId},
    shell,
};
use ui::{Filled, button, field, form};

use super::{
    link,
    show::{Visit, draw, of},
};
use crate::{
    appointment::{self, AppointmentId, AppointmentPhotographed},
    permissions::BoardRead,
};

kernel::id!(VisitPhotoId);

/// Bytes of one as it is sent.
pub const MOST_BYTES: usize = 10 << 20;
const MOST: usize = 6;

row! {
    #[derive(Debug, Clone, serde::Serialize, schemars::JsonSchema)]
    pub struct VisitPhoto {
        pub id: VisitPhotoId,
        /// Bytes.
        pub size: i32,
        pub created_at: Timestamp,
    }
}

sql! {
    pub fn photos(visit: AppointmentId) -> Vec<VisitPhoto> = "
        select id, size, created_at from visit_photo where tenant_id = $1 and appointment_id = $2 order by id limit 50";
    fn find(visit: AppointmentId, id: VisitPhotoId) -> Option<VisitPhoto> = "
        select id, size, created_at from visit_photo where tenant_id = $1 and appointment_id = $2 and id = $3";
    fn insert(id: VisitPhotoId, visit: AppointmentId, size: i32, at: Timestamp, by: Option<kernel::Uuid>) = "
        insert into visit_photo (tenant_id, id, appointment_id, size, created_at, created_by) values ($1, $2, $3, $4, $5, $6)";
    fn delete(visit: AppointmentId, id: VisitPhotoId) -> u64 = "
        delete from visit_photo where tenant_id = $1 and appointment_id = $2 and id = $3";
}

/// The pictures on the page of the visit, and the form that adds one.
pub(super) fn part(visit: &str, open: bool, photos: &[VisitPhoto], values: &Filled) -> Markup {
    let here = format!("{visit}/photos");
    html! {
        @if open || !photos.is_empty() { h2.strong."mt-8" #photos { "Photos" } }
        @if !photos.is_empty() {
            ul."visit-photos" { @for (n, photo) in photos.iter().enumerate() {
                li {
                    a href={ (here) "/" (photo.id) } { img src={ (here) "/" (photo.id) } alt={ "Photo " (n + 1) } loading="lazy"; }
                    @if open { (form::verb_form(&format!("{here}/{}/remove", photo.id), html! { (button("Remove").small().quiet()) })) }
                }
            } }
        }
        @if open && photos.len() < MOST {
            p.soft."mb-4" { "What is broken, where the way in is: a picture helps us come prepared." }
            (form::form_with_files(&here, values, html! {
                (field::file(values, "photo", "Add a photo", "image/jpeg,image/png,image/webp", MOST_BYTES as u64).required())
                (form::actions(html! { (button("Send photo").icon("camera")) }))
            }))
        }
    }
}

/// The same for the office and for whoever goes: `base` is where the pictures are.
pub fn strip(base: &str, photos: &[VisitPhoto]) -> Markup {
    html! {
        @if !photos.is_empty() {
            ul."visit-photos" { @for (n, photo) in photos.iter().enumerate() {
                li { a href={ (base) "/" (photo.id) } { img src={ (base) "/" (photo.id) } alt={ "The customer's photo " (n + 1) } loading="lazy"; } }
            } }
        }
    }
}

async fn keep(scope: &Scope, tx: &mut TenantTx, visit: &Visit, bytes: Vec<u8>) -> Result<()> {
    if tx.run(photos(visit.id)).await?.len() >= MOST {
        return Err(Error::refused(format!("There are {MOST} photos already. Remove one first.")));
    }
    let (id, size) = (VisitPhotoId::new(), bytes.len() as i32);
    files::put(scope.house(), scope.tenant().id, FileId(id.0), std::io::Cursor::new(bytes)).await?;
    tx.queue(insert(id, visit.id, size, tx.now(), tx.user()));
    tx.tell(&AppointmentPhotographed { appointment: visit.id });
    Ok(())
}

fn still_open(visit: &Visit) -> Result<()> {
    match visit.status.is_open() {
        true => Ok(()),
        false => Err(Error::refused("This visit is over. Write to us instead.")),
    }
}

pub async fn add(
    visitor: Visitor,
    Path(token): Path<String>,
    upload: Upload,
) -> Result<Either<Repeatable<Redirect>, Page>> {
    visitor.house().limits().careful("visit", &visitor.peer)?;
    let (visit, rules) = of(&visitor, &token).await?;
    still_open(&visit)?;
    let drawn = match upload.file("photo") {
        None => Err(Error::field("/photo", "required", "Choose a picture to send.")),
        Some(file) => files::drawn_anew(file.bytes.clone(), MOST_BYTES, "photo").await,
    };
    match drawn {
        Ok((bytes, _)) => {
            let done = visitor.once(async |tx| {
                keep(&visitor, tx, &visit, bytes.clone()).await?;
                Ok(Redirect::to(format!("/visit/{token}#photos")).toast("Your photo is with us"))
            });
            done.await.map(Either::Done)
        }
        Err(error) => {
            let values = shell::filled(Typed::of(HashMap::new(), error)?);
            let page = draw(&visitor, &visit, &rules, &values).await?;
            Ok(Either::Again(Page { status: 422, ..page }))
        }
    }
}

pub async fn remove(visitor: Visitor, Path((token, id)): Path<(String, VisitPhotoId)>) -> Result<Repeatable<Redirect>> {
    let (visit, _) = of(&visitor, &token).await?;
    still_open(&visit)?;
    visitor
        .once(async |tx| {
            if tx.run(delete(visit.id, id)).await? == 0 {
                return Err(Error::NotFound);
            }
            // Its bytes first: a row without bytes would be a picture that does not show.
            files::remove(visitor.house(), visitor.tenant().id, FileId(id.0)).await?;
            Ok(Redirect::to(format!("/visit/{token}#photos")))
        })
        .await
}

async fn picture(scope: &Scope, visit: AppointmentId, id: VisitPhotoId) -> Result<Download> {
    let photo = scope.read(find(visit, id)).await?.ok_or(Error::NotFound)?;
    let file = files::File {
        id: FileId(photo.id.0),
        name: "photo.jpg".into(),
        media_type: "image/jpeg".into(),
        size: photo.size.into(),
        purpose: "visit".into(),
        created_at: photo.created_at,
    };
    let bytes = files::open(scope.house(), scope.tenant().id, &file).await?;
    Ok(Download { name: file.name, media_type: file.media_type, bytes, inline: true })
}

pub async fn show(visitor: Visitor, Path((token, id)): Path<(String, VisitPhotoId)>) -> Result<Download> {
    picture(&visitor, link::read(&visitor, &token)?, id).await
}

pub async fn list_api(access: Access<BoardRead>, Path(visit): Path<AppointmentId>) -> Result<Json<Paged<VisitPhoto>>> {
    let (found, data) = access.read((appointment::find(visit), photos(visit))).await?;
    found.ok_or(Error::NotFound)?;
    Ok(Json(Paged { data, next_cursor: None }))
}

pub async fn get(
    access: Access<BoardRead>,
    Path((visit, id)): Path<(AppointmentId, VisitPhotoId)>,
) -> Result<Download> {
    picture(&access, visit, id).await
}

/// For whom the caller has seen to it that they may see the visit.
pub async fn of_own(scope: &Scope, visit: AppointmentId, id: VisitPhotoId) -> Result<Download> {
    picture(scope, visit, id).await
}
