//! Photos in pieces from the phone: the same as by the API, at one of my jobs.
use kernel::{
    Access, Result, TenantTx,
    http::{Created, Json, Path, Repeatable, Upload},
};

use super::{member, mine, own_order};
use crate::{
    AppointmentId,
    order::WorkOrderId,
    permissions::WorkOwn,
    photo::{
        Photo,
        pieces::{self, New, PhotoUploadId, Progress},
    },
};

async fn order_of(access: &Access<WorkOwn>, visit: AppointmentId) -> Result<WorkOrderId> {
    let mine = access.read(mine(member(access)?, visit)).await?;
    mine.and_then(|visit| visit.order_id).ok_or(kernel::Error::NotFound)
}

pub async fn begin(
    access: Access<WorkOwn>,
    Path(visit): Path<AppointmentId>,
    Json(new): Json<New>,
) -> Result<Repeatable<Created<Progress>>> {
    access
        .once(async |tx: &mut TenantTx| {
            let order = own_order(tx, &access, visit).await?;
            let body = pieces::begin(tx, order.id, &new).await?;
            Ok(Created { location: format!("/tech/jobs/{visit}/uploads/{}", body.id), body })
        })
        .await
}

pub async fn progress(
    access: Access<WorkOwn>,
    Path((visit, id)): Path<(AppointmentId, PhotoUploadId)>,
) -> Result<Json<Progress>> {
    pieces::progress(&access, order_of(&access, visit).await?, id).await.map(Json)
}

pub async fn piece(
    access: Access<WorkOwn>,
    Path((visit, id)): Path<(AppointmentId, PhotoUploadId)>,
    upload: Upload,
) -> Result<Json<Progress>> {
    let order = order_of(&access, visit).await?;
    access.retrying(async |tx: &mut TenantTx| pieces::piece(tx, order, id, &upload).await).await.map(Json)
}

pub async fn finish(
    access: Access<WorkOwn>,
    Path((visit, id)): Path<(AppointmentId, PhotoUploadId)>,
) -> Result<Repeatable<Created<Photo>>> {
    pieces::finish(&access, order_of(&access, visit).await?, id).await
}
