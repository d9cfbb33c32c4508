//! Undoes the compression of an answer, and takes a body as it is where its head says too much.

use crate::{
    http::message::unpack::Unpacker,
    words::{Phrase, phrase},
};

/// How much may come in before anything comes out, so that it can still be shown as it came.
const KEPT: usize = 64 << 10;

/// The compression of one body, if it has any.
#[derive(Debug, Default)]
pub(super) struct Unpacking {
    unpacker: Option<Unpacker>,
    /// What the unpacker took before anything came out of it.
    packed: Vec<u8>,
}

/// What came out.
#[derive(Debug)]
pub(super) struct Unpacked {
    pub data: Vec<u8>,
    /// The compression and the bytes that it took; `None` where it was none.
    pub packed: Option<(String, u64)>,
    /// What is wrong, in words.
    pub fault: Option<Phrase>,
    /// Something is missing, and nothing more comes.
    pub is_broken: bool,
}

impl Unpacking {
    /// Of what a `Content-Encoding` says.
    pub(super) fn of(encoding: &str) -> Result<Self, Phrase> {
        Ok(Self { unpacker: Unpacker::new(encoding)?, packed: Vec::new() })
    }

    /// What is to be said where it is not undone.
    pub(super) fn left_undone(&self) -> Option<Phrase> {
        let name = self.unpacker.as_ref()?.name();
        Some(phrase!("the body is compressed with {name} and left so: decompressing was not asked for", name = name))
    }

    pub(super) fn is_needed(&self) -> bool {
        self.unpacker.is_some()
    }

    /// Takes compressed body, or its end; `is_first` until something has come out. `None` where there is nothing to undo.
    pub(super) fn feed(&mut self, packed: Option<Vec<u8>>, is_first: bool) -> Option<Unpacked> {
        let unpacker = self.unpacker.as_mut()?;
        let mut data = Vec::new();
        let result = match &packed {
            Some(packed) => unpacker.feed(packed, &mut data),
            None => unpacker.finish(&mut data),
        };
        if unpacker.taken() == 0 {
            return None;
        }
        let is_first = is_first && data.is_empty() && self.packed.len() < KEPT;
        let name = (unpacker.name().to_owned(), unpacker.taken());
        match result {
            Ok(()) => {
                if is_first {
                    self.packed.extend(packed.unwrap_or_default());
                } else {
                    self.packed.clear();
                }
                Some(Unpacked { data, packed: Some(name), fault: None, is_broken: false })
            }
            Err(_) if is_first => {
                // It never was what the head says.
                self.unpacker = None;
                let mut data = std::mem::take(&mut self.packed);
                data.extend(packed.unwrap_or_default());
                let fault = phrase!("the head says {name}, and the body is not; it is shown as it came", name = name.0);
                Some(Unpacked { data, packed: None, fault: Some(fault), is_broken: false })
            }
            Err(words) => Some(Unpacked { data, packed: Some(name), fault: Some(words), is_broken: true }),
        }
    }
}
