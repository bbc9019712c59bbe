//! Reading what left the database, file by file, in the order of the seals.
use jiff::Timestamp;
use kernel::{Result, Scope};
use std::{collections::HashMap, sync::Arc};
use uuid::Uuid;

use super::{Archive, ArchiveId, Kept, Storage, holding};

/// What became of a row that is no longer in its table.
pub(in super::super) enum Fate {
    Kept(Kept),
    /// Its time was over, and its file was removed.
    Over,
    /// Its file is gone, or not what was put there.
    Unreadable(ArchiveId, String),
    Missing,
}

struct Open {
    archive: Archive,
    /// None: not what was put there.
    lines: Option<HashMap<Uuid, Kept>>,
}

/// Holds a few files open: rows were sealed nearly in the order in which they were archived.
pub(in super::super) struct Reader {
    storage: Arc<Storage>,
    open: Vec<Open>,
}

const FEW: usize = 2;

impl Reader {
    pub(in super::super) fn new(scope: &Scope) -> Result<Self> {
        Ok(Self { storage: Storage::of(scope.house())?, open: vec![] })
    }

    /// Lines about files can be made up by who has taken over the program; when a row was sealed cannot be changed by them.
    /// So that alone says whether its time is over.
    pub(in super::super) async fn find(
        &mut self,
        scope: &Scope,
        number: i64,
        sealed_at: Timestamp,
        row: Uuid,
    ) -> Result<Fate> {
        let held = |open: &mut Open| open.lines.as_mut().and_then(|lines| lines.remove(&row));
        if let Some(line) = self.open.iter_mut().find_map(held) {
            return Ok(Fate::Kept(line));
        }
        let long_ago = scope.now().saturating_sub(self.storage.kept).unwrap_or(scope.now());
        let mut otherwise = Fate::Missing;
        for archive in scope.read(holding(number)).await? {
            if archive.ended_at.is_some() {
                if sealed_at < long_ago && matches!(otherwise, Fate::Missing) {
                    otherwise = Fate::Over;
                }
                continue;
            }
            let known = self.open.iter().position(|open| open.archive.id == archive.id);
            let at = match known {
                Some(at) => at,
                None => self.take(scope, archive).await?,
            };
            let open = &mut self.open[at];
            match &mut open.lines {
                Some(lines) => match lines.remove(&row) {
                    Some(line) => return Ok(Fate::Kept(line)),
                    None => continue,
                },
                None => otherwise = Fate::Unreadable(open.archive.id, open.archive.path(scope)),
            }
        }
        Ok(otherwise)
    }

    async fn take(&mut self, scope: &Scope, archive: Archive) -> Result<usize> {
        let lines = archive.lines(scope, &self.storage).await?;
        let lines = lines.map(|lines| lines.into_iter().map(|line| (line.id, line)).collect());
        if self.open.len() == FEW {
            self.open.remove(0);
        }
        self.open.push(Open { archive, lines });
        Ok(self.open.len() - 1)
    }
}
