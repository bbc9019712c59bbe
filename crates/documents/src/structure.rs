//! The meaning of the page as a tree: headings, paragraphs, tables. It becomes the tags of the PDF.

#[derive(Clone, Debug, PartialEq)]
pub enum Kind {
    Title(String),
    Heading(String),
    Paragraph,
    Figure(String),
    Link(String),
    Table,
    TableHead,
    TableBody,
    TableRow,
    ColumnHeading,
    RowHeading,
    Cell,
}

#[derive(Clone, Debug)]
pub struct Node {
    pub kind: Kind,
    pub parent: Option<usize>,
}

/// Nodes in reading order; a parent always comes before its children.
#[derive(Clone, Debug, Default)]
pub struct Structure {
    pub nodes: Vec<Node>,
}

impl Structure {
    pub fn add(&mut self, kind: Kind) -> usize {
        self.put(kind, None)
    }

    pub fn within(&mut self, parent: usize, kind: Kind) -> usize {
        self.put(kind, Some(parent))
    }

    fn put(&mut self, kind: Kind, parent: Option<usize>) -> usize {
        self.nodes.push(Node { kind, parent });
        self.nodes.len() - 1
    }
}
