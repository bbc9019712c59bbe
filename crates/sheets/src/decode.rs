//! A file of unknown encoding as UTF-8, a piece at a time.
use encoding_rs::{CoderResult, Decoder, Encoding, UTF_8, UTF_16BE, UTF_16LE, WINDOWS_1252};
use std::io::{Error, ErrorKind, Read, Result};

const PIECE: usize = 64 * 1024;

/// By its mark, else UTF-8 if it is, else UTF-16 if every other byte is empty, else as Windows writes the West.
pub(crate) fn encoding(mut file: impl Read) -> Result<&'static Encoding> {
    let (mut raw, mut scratch) = (vec![0; PIECE], String::with_capacity(PIECE * 4));
    let mut utf8 = UTF_8.new_decoder_without_bom_handling();
    let (mut at, mut empty, mut is_utf8) = (0_usize, [0_usize; 2], true);
    loop {
        let read = filled(&mut file, &mut raw)?;
        let piece = &raw[..read];
        if let Some((encoding, _)) = Encoding::for_bom(piece).filter(|_| at == 0) {
            return Ok(encoding);
        }
        scratch.clear();
        let (.., broken) = utf8.decode_to_string(piece, &mut scratch, read < PIECE);
        is_utf8 &= !broken;
        for (n, byte) in piece.iter().enumerate() {
            empty[(at + n) % 2] += usize::from(*byte == 0);
        }
        at += read;
        if read < PIECE {
            break;
        }
    }
    let mostly = |count: usize| count * 10 > at.div_ceil(2).max(1) * 6;
    Ok(match empty {
        [0, 0] if is_utf8 => UTF_8,
        [_, odd] if mostly(odd) => UTF_16LE,
        [even, _] if mostly(even) => UTF_16BE,
        _ => WINDOWS_1252,
    })
}

/// As much as fits, or all that is left.
fn filled(file: &mut impl Read, buffer: &mut [u8]) -> Result<usize> {
    let mut held = 0;
    while held < buffer.len() {
        match file.read(&mut buffer[held..]) {
            Ok(0) => break,
            Ok(read) => held += read,
            Err(e) if e.kind() == ErrorKind::Interrupted => {}
            Err(e) => return Err(e),
        }
    }
    Ok(held)
}

/// Reads as text; what is none is an error of the kind `InvalidData`.
pub(crate) struct Decoded<R> {
    file: R,
    decoder: Decoder,
    strict: bool,
    raw: Vec<u8>,
    held: (usize, usize),
    last: bool,
    text: Vec<u8>,
    ready: (usize, usize),
    done: bool,
}

impl<R: Read> Decoded<R> {
    pub fn new(file: R, encoding: &'static Encoding) -> Self {
        Self {
            file,
            decoder: encoding.new_decoder_with_bom_removal(),
            strict: encoding != WINDOWS_1252,
            raw: vec![0; PIECE],
            held: (0, 0),
            last: false,
            text: vec![0; PIECE],
            ready: (0, 0),
            done: false,
        }
    }

    fn refill(&mut self) -> Result<()> {
        while self.ready.0 == self.ready.1 && !self.done {
            if self.held.0 == self.held.1 && !self.last {
                let read = filled(&mut self.file, &mut self.raw)?;
                self.held = (0, read);
                self.last = read < self.raw.len();
            }
            let piece = &self.raw[self.held.0..self.held.1];
            let (result, read, written, broken) = self.decoder.decode_to_utf8(piece, &mut self.text, self.last);
            if (broken && self.strict) || self.text[..written].contains(&0) {
                return Err(Error::new(ErrorKind::InvalidData, "no text"));
            }
            self.held.0 += read;
            self.ready = (0, written);
            self.done = self.last && result == CoderResult::InputEmpty;
        }
        Ok(())
    }
}

impl<R: Read> Read for Decoded<R> {
    fn read(&mut self, buffer: &mut [u8]) -> Result<usize> {
        self.refill()?;
        let count = buffer.len().min(self.ready.1 - self.ready.0);
        buffer[..count].copy_from_slice(&self.text[self.ready.0..self.ready.0 + count]);
        self.ready.0 += count;
        Ok(count)
    }
}
