//! Visits, the newest first; and one with what was looked at.
use jiff::Timestamp;
use kernel::{
    Access, Cursor, Error, Paged, Result, Scope,
    http::{Json, Path, Query},
    page, row, sql,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Visit, VisitId, find};
use crate::AuditRead;

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Asked {
    /// 1–200, 50 when not given.
    limit: Option<i64>,
    cursor: Option<String>,
}

row! {
    /// A page that was looked at; however often, once.
    #[derive(Debug, Clone, Serialize, JsonSchema)]
    pub struct Look {
        pub at: Timestamp,
        pub path: String,
        pub route: String,
    }
}

/// A visit with what was looked at.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct VisitInFull {
    #[serde(flatten)]
    pub visit: Visit,
    /// The first thousand, in order.
    pub looked_at: Vec<Look>,
}

sql! {
    fn before(id: VisitId, limit: i64) -> Vec<Visit> = "
        select id, operator_id, operator_name, reason, minutes, agreed_at, lapses_at, entered_at, until, writes, ended_at, ended_by, version, created_at
        from support_visit where tenant_id = $1 and id < $2 order by id desc limit $3";
    fn looks(visit_id: VisitId) -> Vec<Look> = "
        select at, path, route from support_look where tenant_id = $1 and visit_id = $2 order by at, path limit 1000";
}

pub(super) async fn visits(scope: &Scope, limit: Option<i64>, cursor: Option<&str>) -> Result<Paged<Visit>> {
    let limit = page::limit(limit)?;
    let from = Cursor::maybe(cursor)?.unwrap_or(VisitId::max());
    let rows = scope.read(before(from, limit as i64 + 1)).await?;
    Ok(Paged::of(rows, limit, |visit| visit.id))
}

pub(super) async fn in_full(scope: &Scope, id: VisitId) -> Result<VisitInFull> {
    let (visit, looked_at) = scope.read((find(id), looks(id))).await?;
    Ok(VisitInFull { visit: visit.ok_or(Error::NotFound)?, looked_at })
}

pub async fn list_api(access: Access<AuditRead>, Query(asked): Query<Asked>) -> Result<Json<Paged<Visit>>> {
    visits(&access, asked.limit, asked.cursor.as_deref()).await.map(Json)
}

pub async fn show_api(access: Access<AuditRead>, Path(id): Path<VisitId>) -> Result<Json<VisitInFull>> {
    in_full(&access, id).await.map(Json)
}
