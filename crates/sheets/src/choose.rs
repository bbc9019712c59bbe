//! The file of a form as lines of text, ready to be kept.
use encoding_rs::UTF_8;
use kernel::{
    Error, Result,
    http::{Spool, Spooled},
};

use crate::{
    read::{Numbered, Sheet, look, weight},
    workbook,
};

/// What is asked of each line while the file is looked through.
pub type Each<'a> = &'a mut dyn FnMut(&[String]);

/// The file as text, once looked through by `work`, which is handed what looks. That takes seconds for a large one, so it is
/// done on a thread that may be blocked.
pub async fn chosen<T: Send + 'static>(
    upload: Spooled,
    work: impl FnOnce(&dyn Fn(Each<'_>) -> Result<Sheet>) -> Result<T> + Send + 'static,
) -> Result<(Spool, T)> {
    let file = upload.file.filter(|file| file.field == "file" && file.bytes > 0);
    let file = file.ok_or_else(|| Error::field("/file", "required", "Choose a file."))?;
    let looking = tokio::task::spawn_blocking(move || match workbook::is_one(file.open()) {
        true => {
            let text = workbook::as_text(|| file.open(), || file.beside())?;
            let file = file.rewritten(text)?;
            work(&|each| look(|| file.open(), Some((UTF_8, b',')), each)).map(|found| (file, found))
        }
        false => work(&|each| look(|| file.open(), None, each)).map(|found| (file, found)),
    });
    looking.await.map_err(|e| Error::Bug(format!("looking through a file: {e}")))?
}

/// As JSON in a column of text, by which nothing is filtered.
pub fn as_json<T: serde::Serialize>(value: &T) -> String {
    serde_json::to_string(value).unwrap_or_else(|_| "[]".into())
}

/// So many lines travel in one statement, or so much of what they say.
const MOST: usize = 5000;
const HEAVIEST: usize = 8 << 20;

/// Lines that travel together: their numbers, and their cells as JSON.
#[derive(Debug, Default)]
pub struct Part {
    pub numbers: Vec<i32>,
    pub cells: Vec<String>,
}

impl Part {
    pub fn all(mut lines: impl Iterator<Item = Numbered>) -> impl Iterator<Item = Result<Self>> {
        std::iter::from_fn(move || Self::next(&mut lines).transpose())
    }

    fn next(lines: &mut impl Iterator<Item = Numbered>) -> Result<Option<Self>> {
        let (mut part, mut held) = (Self::default(), 0);
        while part.numbers.len() < MOST && held < HEAVIEST {
            let Some((number, cells)) = lines.next().transpose()? else { break };
            held += weight(&cells);
            part.numbers.push(number);
            part.cells.push(as_json(&cells));
        }
        Ok(Some(part).filter(|part| !part.numbers.is_empty()))
    }
}
