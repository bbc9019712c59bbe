//! What a paper says: plain owned data, every amount and date already written in the reader's language and format.

/// One paper. Empty strings and lists are left out of the page.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Document {
    pub paper: Paper,
    /// BCP 47, such as `en-US`: screen readers take their voice from it.
    pub language: String,
    pub brand: Brand,
    /// Large at the top right, and the title of the file: "Invoice INV-0001".
    pub title: String,
    /// Small below the title: "Number is given at issue".
    pub subtitle: String,
    /// Who it is for and where: "Bill to", "Service location".
    pub parties: Vec<Party>,
    /// Pairs beside the parties: issued, due, terms.
    pub facts: Vec<Fact>,
    pub tables: Vec<Table>,
    /// Where to pay or approve; a link in the PDF.
    pub link: Option<Link>,
    pub notes: Vec<Note>,
    pub signatures: Vec<Signature>,
    /// At the foot of every page. More than four lines of it become the last note.
    pub footer: String,
    /// Large and pale behind the text of every page: "Draft", "Void".
    pub watermark: String,
    pub labels: Labels,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Paper {
    #[default]
    A4,
    Letter,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Brand {
    pub name: String,
    pub address: Vec<String>,
    pub phone: String,
    pub email: String,
    /// Licence or tax number: "IL licence 055-041188".
    pub registration: String,
    /// The bytes of a PNG, JPEG or WebP, at most 4096 pixels a side.
    pub logo: Option<Vec<u8>>,
    /// Red, green, blue: colours the rules, and, darkened until it reads on white, links.
    pub accent: [u8; 3],
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Party {
    pub label: String,
    pub lines: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Fact {
    pub label: String,
    pub value: String,
}

/// Rows under a header that repeats on every page; its totals stay with the last rows.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Table {
    pub caption: String,
    pub columns: Vec<Column>,
    /// Which column takes the width the others leave, and carries the descriptions.
    pub main: usize,
    pub rows: Vec<Row>,
    pub totals: Vec<Total>,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Column {
    pub heading: String,
    pub align: Align,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Align {
    #[default]
    Left,
    Right,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Row {
    /// One for each column; the main one is the name.
    pub cells: Vec<String>,
    /// Small below the name; may have several lines.
    pub description: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Total {
    pub label: String,
    pub value: String,
    pub emphasis: Emphasis,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Emphasis {
    #[default]
    Plain,
    /// Heavier, under a line: the total.
    Strong,
    /// Large, under the accent line: what is due.
    Due,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Link {
    pub label: String,
    /// `https:`, `http:`, `mailto:` or `tel:`; anything else is refused.
    pub url: String,
}

#[derive(Clone, Debug, Default, PartialEq)]
pub struct Note {
    pub heading: String,
    pub text: String,
}

/// How wide and how high the field is in which a pen signs.
pub const FIELD: (u16, u16) = (1000, 400);

/// A line to sign on, or what was signed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Signature {
    /// Below the line: "Customer signature".
    pub label: String,
    /// Who signed and when: "Carmen Lopez, 24 Jun 2026".
    pub signed: String,
    /// The bytes of a PNG, JPEG or WebP, drawn on the line.
    pub image: Option<Vec<u8>>,
    /// Or what a pen drew: strokes of points in a field of [`FIELD`].
    pub strokes: Vec<Vec<(u16, u16)>>,
}

/// The words the layout itself writes.
#[derive(Clone, Debug, PartialEq)]
pub struct Labels {
    /// `{page}` and `{pages}` are replaced: "Seite {page} von {pages}".
    pub page_of: String,
}

impl Default for Labels {
    fn default() -> Self {
        Self { page_of: "Page {page} of {pages}".to_owned() }
    }
}
