//! Undoes the compression of a body while it arrives, within limits.

use std::io::{self, Write};

use brotli_decompressor::DecompressorWriter;
use flate2::write::MultiGzDecoder;

use crate::{
    http::message::{inflate::Inflate, zstd::Zstd},
    words::{Phrase, exact_size, phrase},
};

/// What may come out whatever went in …
const FREE: u64 = 64 << 20;
/// … and how many times as much as went in beyond that. Real data of that size stays far below.
const RATIO: u64 = 200;
/// Bytes that are unpacked at once; not even the best of bombs makes [`FREE`] of them.
const PIECE: usize = 32 << 10;
/// Compressions one after the other.
const LAYERS: usize = 3;

/// Takes a packed body and gives it unpacked.
#[derive(Debug)]
pub struct Unpacker {
    name: String,
    layers: Vec<Layer>,
    taken: u64,
    given: u64,
}

/// One compression. Gzip and brotli write what comes out into a [`Bounded`].
enum Layer {
    Gzip(Box<MultiGzDecoder<Bounded>>),
    /// `deflate`: with the head of zlib or without; the first byte tells.
    Unsure,
    Deflate(Box<Inflate>),
    Brotli(Box<DecompressorWriter<Bounded>>),
    Zstd(Box<Zstd>),
}

impl std::fmt::Debug for Layer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Layer")
    }
}

/// Memory that takes so much and no more before it is emptied.
#[derive(Debug, Default)]
pub(super) struct Bounded {
    bytes: Vec<u8>,
    room: u64,
}

impl Write for Bounded {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if bytes.len() as u64 > self.room.saturating_sub(self.bytes.len() as u64) {
            return Err(io::ErrorKind::StorageFull.into());
        }
        self.bytes.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

impl Unpacker {
    /// What undoes the compressions that a `Content-Encoding` names; `None` when it names none, an error in words when
    /// one of them is not known.
    ///
    /// # Errors
    ///
    /// In words, when a compression is not known.
    pub fn new(encoding: &str) -> Result<Option<Self>, Phrase> {
        let names: Vec<&str> =
            encoding.split(',').map(str::trim).filter(|name| !matches!(*name, "" | "identity")).collect();
        if names.len() > LAYERS {
            return Err(phrase!(
                "the body is compressed {count} times over; it is shown as it came",
                count = names.len()
            ));
        }
        // The last one was applied last.
        let layers: Result<Vec<Layer>, Phrase> = names.iter().rev().map(|name| Layer::new(name)).collect();
        let layers = layers?;
        let some = !layers.is_empty();
        Ok(some.then(|| Self { name: names.join(", "), layers, taken: 0, given: 0 }))
    }

    /// The compressions, as they were named.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// How many bytes were given to it.
    #[must_use]
    pub fn taken(&self) -> u64 {
        self.taken
    }

    /// Takes packed bytes; what can be said of the body by then goes to the end of `out`. After an error, which says in
    /// words what is wrong, nothing more comes.
    ///
    /// # Errors
    ///
    /// In words, when the bytes make no sense or become too many.
    pub fn feed(&mut self, packed: &[u8], out: &mut Vec<u8>) -> Result<(), Phrase> {
        // In pieces, so that what may come out does not depend on how much came in at once.
        packed.chunks(PIECE).try_for_each(|piece| self.pass(Some(piece), out))
    }

    /// The body has ended; an error when it was not whole.
    ///
    /// # Errors
    ///
    /// In words, when something is missing.
    pub fn finish(&mut self, out: &mut Vec<u8>) -> Result<(), Phrase> {
        self.pass(None, out)
    }

    fn pass(&mut self, packed: Option<&[u8]>, out: &mut Vec<u8>) -> Result<(), Phrase> {
        let limit = FREE.max(self.taken.saturating_mul(RATIO));
        self.taken += packed.map_or(0, <[u8]>::len) as u64;
        let room = limit.saturating_sub(self.given);
        let mut bytes = packed.unwrap_or_default().to_vec();
        let mut result = Ok(());
        for layer in &mut self.layers {
            let mut unpacked = Vec::new();
            let fed = layer.feed(&bytes, room, &mut unpacked);
            let ended =
                if packed.is_none() && fed.is_ok() { layer.finish(room, &mut unpacked).map_err(cut) } else { Ok(()) };
            result = result.and(fed).and(ended);
            bytes = unpacked;
        }
        self.given += bytes.len() as u64;
        out.append(&mut bytes);
        result.map_err(|error| match error.kind() {
            io::ErrorKind::StorageFull => phrase!(
                "{packed} of {name} unpack to more than {limit}: it looks like a trap, and the rest is left packed",
                packed = exact_size(self.taken),
                name = self.name,
                limit = exact_size(limit)
            ),
            io::ErrorKind::UnexpectedEof => {
                phrase!("the {name} of the body breaks off before its end, or is damaged", name = self.name)
            }
            _ => phrase!(
                "the body is not sound {name} after {given}; the rest is left out",
                name = self.name,
                given = exact_size(self.given)
            ),
        })
    }
}

impl Layer {
    fn new(name: &str) -> Result<Self, Phrase> {
        match name.to_ascii_lowercase().as_str() {
            "gzip" | "x-gzip" => Ok(Self::Gzip(Box::new(MultiGzDecoder::new(Bounded::default())))),
            "deflate" => Ok(Self::Unsure),
            "br" => Ok(Self::Brotli(Box::new(DecompressorWriter::new(Bounded::default(), 4096)))),
            "zstd" => Ok(Self::Zstd(Box::default())),
            other => Err(phrase!(
                "Content-Encoding “{name}” is not known here; the body is shown as it came",
                name = crate::http::message::head::quoted(other)
            )),
        }
    }

    fn feed(&mut self, bytes: &[u8], room: u64, out: &mut Vec<u8>) -> io::Result<()> {
        if matches!(self, Self::Unsure) {
            let Some(first) = bytes.first() else { return Ok(()) };
            // A zlib header names the method deflate in its low four bits; a raw stream almost never begins so.
            *self = Self::Deflate(Box::new(Inflate::new(first & 0x0f == 8)));
        }
        match self {
            Self::Gzip(decoder) => {
                decoder.get_mut().room = room;
                let result = decoder.write_all(bytes).and_then(|()| decoder.flush());
                take(decoder.get_mut(), result, out)
            }
            Self::Deflate(decoder) => decoder.feed(bytes, room, out),
            Self::Unsure => Ok(()),
            Self::Brotli(decoder) => {
                decoder.get_mut().room = room;
                let result = decoder.write_all(bytes);
                take(decoder.get_mut(), result, out)
            }
            Self::Zstd(decoder) => decoder.feed(bytes, room, out),
        }
    }

    fn finish(&mut self, room: u64, out: &mut Vec<u8>) -> io::Result<()> {
        match self {
            Self::Gzip(decoder) => {
                decoder.get_mut().room = room;
                let result = decoder.try_finish();
                take(decoder.get_mut(), result, out)
            }
            Self::Deflate(decoder) => decoder.finish(),
            Self::Unsure => Err(io::ErrorKind::UnexpectedEof.into()),
            Self::Brotli(decoder) => {
                decoder.get_mut().room = room;
                let result = decoder.close();
                take(decoder.get_mut(), result, out)
            }
            Self::Zstd(decoder) => decoder.finish(),
        }
    }
}

/// At the end every other fault is that something is missing, or that a checksum does not fit.
fn cut(error: io::Error) -> io::Error {
    if error.kind() == io::ErrorKind::StorageFull { error } else { io::ErrorKind::UnexpectedEof.into() }
}

/// Empties what came out, also before an error.
fn take(bounded: &mut Bounded, result: io::Result<()>, out: &mut Vec<u8>) -> io::Result<()> {
    out.append(&mut bounded.bytes);
    match result {
        // Bytes after the end of the packed data are none of it.
        Err(error) if error.kind() == io::ErrorKind::WriteZero => Ok(()),
        result => result,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn unpack(name: &str, packed: &[u8], size: usize) -> (Vec<u8>, Result<(), Phrase>) {
        let mut unpacker = Unpacker::new(name).unwrap().unwrap();
        let mut out = Vec::new();
        let mut result = Ok(());
        for piece in packed.chunks(size) {
            result = result.and_then(|()| unpacker.feed(piece, &mut out));
        }
        result = result.and_then(|()| unpacker.finish(&mut out));
        (out, result)
    }

    /// What programs that nobody here wrote have packed; tests/vectors/README.md says which.
    macro_rules! vector {
        ($name:literal) => {
            include_bytes!(concat!(env!("CARGO_MANIFEST_DIR"), "/tests/vectors/", $name)).as_slice()
        };
    }

    fn gzip(data: &[u8]) -> Vec<u8> {
        let mut packer = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        packer.write_all(data).unwrap();
        packer.finish().unwrap()
    }

    #[test]
    fn what_other_programs_pack_is_unpacked_and_a_cut_is_said() {
        let data: Vec<u8> = (0..20_000_u32).flat_map(|number| (number / 7).to_string().into_bytes()).collect();
        for (name, program, packed) in [
            ("gzip", "gzip", vector!("numbers.gz")),
            ("deflate", "zlib", vector!("numbers.zlib")),
            ("deflate", "zlib without its head", vector!("numbers.deflate")),
            ("br", "brotli", vector!("numbers.br")),
            ("zstd", "zstd", vector!("numbers.zst")),
        ] {
            for size in [1 << 20, 1000, 1] {
                let (out, result) = unpack(name, packed, size);
                assert_eq!(result, Ok(()), "{program}");
                assert!(out == data, "{program}: {} of {}", out.len(), data.len());
            }
            let (out, result) = unpack(name, &packed[..packed.len() / 2], 1000);
            // Zstandard keeps what it may still refer to until its frame is whole.
            assert!(data.starts_with(&out) && (name == "zstd" || !out.is_empty()), "{program}");
            assert!(
                result.as_ref().is_err_and(|error| error.to_string().contains("breaks off")),
                "{program}: {result:?}"
            );
            let mut broken = packed.to_vec();
            broken[0] ^= 0xff;
            assert!(unpack(name, &broken, 1000).1.is_err(), "{program}");
        }
        assert!(unpack("gzip, gzip", &gzip(vector!("numbers.gz")), 1000).0 == data);
        assert!(Unpacker::new("identity").unwrap().is_none());
        assert!(Unpacker::new("compress").unwrap_err().to_string().contains("compress"));
        assert!(Unpacker::new("br, br, br, br").unwrap_err().to_string().contains('4'));
    }

    #[test]
    fn a_bomb_is_stopped_with_its_numbers() {
        let zeros = gzip(&vec![0; 200 << 20]);
        for (name, packed) in [("gzip", &zeros[..]), ("br", vector!("zeros.br")), ("zstd", vector!("zeros.zst"))] {
            let (out, result) = unpack(name, packed, 4096);
            let words = result.unwrap_err().to_string();
            assert!(out.len() as u64 <= FREE.max(packed.len() as u64 * RATIO), "{name}: {}", out.len());
            assert!(words.contains("trap") && words.contains("67\u{2009}108\u{2009}864"), "{name}: {words}");
        }
    }
}
