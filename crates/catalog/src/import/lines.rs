//! What becomes of each line, for programs.
use kernel::{
    Access, Cursor, Paged, Result,
    http::{Json, Path, Query},
    page::limit,
};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{ItemImportId, Line, Outcome, find, lines_after, lines_of, seen};
use crate::permissions::CatalogWrite;

#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, default)]
pub struct LinesQuery {
    /// 1–200, 50 when not given.
    pub limit: Option<i64>,
    pub cursor: Option<String>,
    pub outcome: Option<Outcome>,
}

#[derive(Debug, Serialize, JsonSchema)]
pub struct ItemImportLine {
    /// As a spreadsheet counts: the heading is line 1.
    pub line: i32,
    pub cells: Vec<String>,
    pub outcome: Outcome,
    /// The heading of the column that the reason is about.
    pub column: Option<String>,
    /// Why it is refused, or what changes.
    pub reason: Option<String>,
}

impl From<Line> for ItemImportLine {
    fn from(line: Line) -> Self {
        Self { cells: line.cells(), line: line.line, outcome: line.outcome, column: line.about, reason: line.reason }
    }
}

pub async fn api(
    access: Access<CatalogWrite>,
    Path(id): Path<ItemImportId>,
    Query(query): Query<LinesQuery>,
) -> Result<Json<Paged<ItemImportLine>>> {
    let most = limit(query.limit)?;
    let after = Cursor::maybe::<i32>(query.cursor.as_deref())?.unwrap_or(0);
    let more = most as i64 + 1;
    let (import, rows) = match query.outcome {
        Some(outcome) => access.read((find(id), lines_of(id, outcome, after, more))).await?,
        None => access.read((find(id), lines_after(id, after, more))).await?,
    };
    seen(&access, import)?;
    let rows = rows.into_iter().map(ItemImportLine::from).collect();
    Ok(Json(Paged::of(rows, most, |line| line.line)))
}
