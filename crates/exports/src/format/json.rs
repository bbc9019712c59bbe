//! JSON: one array, a row on each line.
use kernel::Result;
use std::path::Path;
use tokio::{
    fs::File,
    io::{AsyncWriteExt, BufWriter},
};

use super::full;

pub struct Array {
    file: BufWriter<File>,
    begun: bool,
}

impl Array {
    pub async fn begin(path: &Path) -> Result<Self> {
        let mut file = BufWriter::new(File::create(path).await.map_err(full)?);
        file.write_all(b"[").await.map_err(full)?;
        Ok(Self { file, begun: false })
    }
    pub async fn add(&mut self, rows: Vec<Vec<u8>>) -> Result<()> {
        for row in rows {
            let before: &[u8] = if std::mem::replace(&mut self.begun, true) { b",\n" } else { b"\n" };
            self.file.write_all(before).await.map_err(full)?;
            self.file.write_all(&row).await.map_err(full)?;
        }
        Ok(())
    }
    pub async fn finish(mut self) -> Result<()> {
        self.file.write_all(b"\n]\n").await.map_err(full)?;
        self.file.flush().await.map_err(full)?;
        self.file.get_ref().sync_all().await.map_err(full)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn an_array_of_none_of_one_and_of_several_is_json() {
        let folder = tempfile::tempdir().unwrap();
        for pages in [vec![], vec![vec!["1"]], vec![vec!["1", "2"], vec![], vec!["3"]]] {
            let path = folder.path().join("a.json");
            let mut array = Array::begin(&path).await.unwrap();
            for page in &pages {
                array.add(page.iter().map(|row| row.as_bytes().to_vec()).collect()).await.unwrap();
            }
            array.finish().await.unwrap();
            let read: Vec<i64> = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
            let rows: Vec<i64> = pages.concat().iter().map(|row| row.parse().unwrap()).collect();
            assert_eq!(read, rows);
        }
    }
}
