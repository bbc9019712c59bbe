//! Why a paper could not be set, in sentences that say what to do.

#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("row {row} has {cells} cells for {columns} columns: give every row one cell for each column")]
    Cells { row: usize, cells: usize, columns: usize },
    #[error("the table's main column is number {main}, but it has {columns} columns: name one it has")]
    Main { main: usize, columns: usize },
    #[error("the picture \"{what}\" cannot be printed ({reason}): upload it again as PNG or JPEG")]
    Picture { what: String, reason: String },
    #[error("the link {0} cannot be printed: it must begin with https:, http:, mailto: or tel:")]
    Link(String),
    #[error("the fonts built into this binary cannot be read: build it again with the Inter fonts of the web build")]
    Fonts,
    #[error("the PDF could not be written: {0}")]
    Pdf(String),
}
