//! A photo as the answer to a question: kept among the photos of the job, with the question as its caption.
use kernel::{
    Access, Error, Result, Scope, TenantTx,
    http::{One, Path, Repeatable, Upload},
};

use super::{Asked, JobQuestionId, Kept, Kind, answer::keep, find};
use crate::{
    order::{WorkOrderId, hold_open},
    permissions::WorkWrite,
    photo::{self, Picture},
};

pub async fn answer(
    scope: &Scope,
    tx: &mut TenantTx,
    order: WorkOrderId,
    id: JobQuestionId,
    picture: &Picture,
) -> Result<Asked> {
    let order = hold_open(tx, order).await?;
    let was = tx.run(find(order.id, id)).await?.ok_or(Error::NotFound)?;
    let asked = Asked::from(was.clone());
    if asked.question.kind != Kind::Photo {
        return Err(Error::field("/photo", "kind", "This question is not answered with a photo."));
    }
    let caption = asked.question.words.chars().take(80).collect();
    let photo = photo::keep(scope, tx, order.id, &Picture { caption, ..picture.clone() }).await?;
    keep(scope, tx, &was, Kept { photo_id: Some(photo.id), ..was.clone() }).await?;
    tx.run(find(order.id, id)).await?.map(Asked::from).ok_or(Error::NotFound)
}

pub async fn api(
    access: Access<WorkWrite>,
    Path((order, id)): Path<(WorkOrderId, JobQuestionId)>,
    upload: Upload,
) -> Result<Repeatable<One<Asked>>> {
    let picture = Picture::sent(&upload).await?;
    access.once(async |tx: &mut TenantTx| answer(&access, tx, order, id, &picture).await.map(One)).await
}
