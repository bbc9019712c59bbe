//! The file itself, by its link, for whoever is signed in here and may read the list as it was written.
use kernel::{
    Access, Error, Result, TenantTx,
    http::{Path, Query, Streamed},
};
use schemars::JsonSchema;
use serde::Deserialize;
use tenancy::files;

use crate::{
    ExportId, ExportsCreate,
    export::{ExportDownloaded, find},
    link,
};

#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Token {
    /// Of the link that the export gives.
    pub token: String,
}

/// Each time is written down: it changes nothing of what is looked at.
pub async fn get(
    access: Access<ExportsCreate>,
    Path(id): Path<ExportId>,
    Query(asked): Query<Token>,
) -> Result<Streamed> {
    let export = access.read(find(id)).await?.ok_or(Error::NotFound)?;
    // What they may not read, they need not know of; who asked for it is told why it does not open.
    if !export.opens_to(&access) && access.actor().id() != Some(export.asker_id) {
        return Err(Error::NotFound);
    }
    let Some(file_id) = export.file_id.filter(|_| export.is_there(access.now())) else {
        return Err(Error::refused(match export.status.is_at_work() {
            true => "This file is not written yet. Look again when the export is ready.",
            false => "This file is not there any more. Export the list again.",
        }));
    };
    if !export.opens_to(&access) {
        return Err(Error::refused("What you may see has changed since this file was written. Export the list again."));
    }
    if !link::holds(&access, &export, &asked.token)? {
        return Err(Error::refused("This link has ended. Open the export and take its link from there."));
    }
    let file = files::read(access.house(), access.tenant().id, file_id).await?;
    let bytes = file.metadata().await.map_err(|e| Error::Bug(format!("reading a file: {e}")))?.len();
    let told = ExportDownloaded { export: id, list: export.list.clone(), rows: export.rows };
    access
        .write_with(async |tx: &mut TenantTx| {
            tx.tell(&told);
            Ok(())
        })
        .await?;
    let day = export.created_at.to_zoned(access.tenant().locale.zone.clone()).date();
    let name = format!("{} {day}.{}", export.label(), export.format.as_str());
    Ok(Streamed { name, media_type: export.format.media_type().into(), file, bytes })
}
