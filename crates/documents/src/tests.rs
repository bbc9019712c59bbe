//! The layout, looked at before it is PDF.
