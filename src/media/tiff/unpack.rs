//! The bytes of a strip or tile, out of what they are packed in. Never more than a strip or tile has room for.

use std::{io::Read, rc::Rc};

use flate2::read::ZlibDecoder;
use image::{ImageDecoder, codecs::webp::WebPDecoder};
use ruzstd::decoding::StreamingDecoder;
use weezl::{BitOrder, LzwStatus, decode::Configuration};
use zune_jpeg::{
    JpegDecoder,
    zune_core::{colorspace::ColorSpace, options::DecoderOptions},
};

use super::{
    directory::{Directory, tag},
    fax,
    method::Method,
    pixels::{Kind, Samples},
};
use crate::{
    media::effort::{Effort, Metered, MeteredJpeg, Paced},
    words::text,
};

/// Bytes that are unpacked between two questions how long it may still take.
const PIECE: usize = 1 << 20;

/// How the strips or tiles of a picture are packed.
pub(super) struct Packing<'a> {
    pub(super) method: Method,
    /// Each sample is the difference to the one before it, or bytes of floating point numbers stand apart.
    predictor: u64,
    /// The first pixel is in the lowest bit of a byte.
    reversed: bool,
    tables: &'a [u8],
}

/// A strip or tile, of one plane.
pub(super) struct Chunk {
    /// In pixels.
    pub(super) size: (u32, u32),
    /// When it is unpacked.
    pub(super) bytes: usize,
    /// Bytes of a row.
    pub(super) line: usize,
    pub(super) big_endian: bool,
}

impl<'a> Packing<'a> {
    /// `None` for what nothing here unpacks.
    pub(super) fn of(directory: &Directory<'a>, number: u64) -> Option<Self> {
        let field = |tag, usual| directory.numbers(tag).first().copied().unwrap_or(usual);
        let method = match number {
            1 => Method::Plain,
            2 => Method::FaxRows,
            // Rows that are told by the row before, among others that are not, are left to others.
            3 if field(tag::FAX_OPTIONS, 0) & 1 == 0 => Method::Fax3,
            4 => Method::Fax4,
            5 => Method::Lzw,
            6 => Method::OldJpeg,
            7 => Method::Jpeg,
            8 | 32_946 => Method::Deflate,
            32_773 => Method::PackBits,
            50_000 => Method::Zstd,
            50_001 => Method::WebP,
            _ => return None,
        };
        let reversed = field(tag::FILL_ORDER, 1) == 2 && method != Method::Jpeg;
        Some(Self { method, predictor: field(tag::PREDICTOR, 1), reversed, tables: directory.bytes(tag::JPEG_TABLES) })
    }

    /// The one JPEG that is the whole picture, as old writers put it in.
    pub(super) fn whole_jpeg(&self, data: &'a [u8], directory: &Directory<'_>, strips: &[u64]) -> Option<&'a [u8]> {
        if self.method != Method::OldJpeg {
            return None;
        }
        let named = directory.numbers(tag::OLD_JPEG);
        let rest = |at: &u64| data.get(usize::try_from(*at).ok()?..).filter(|rest| rest.starts_with(&[0xFF, 0xD8]));
        let jpeg = named.first().and_then(rest).or_else(|| strips.first().and_then(rest))?;
        let length = directory.numbers(tag::OLD_JPEG_LENGTH).first().and_then(|length| usize::try_from(*length).ok());
        // Some writers name the head only, and the pixels follow it.
        let whole = length.and_then(|length| jpeg.get(..length)).filter(|jpeg| jpeg.ends_with(&[0xFF, 0xD9]));
        Some(whole.unwrap_or(jpeg))
    }

    /// What comes out, as far as it goes, and what is wrong.
    pub(super) fn unpack(
        &self,
        packed: &[u8],
        chunk: &Chunk,
        samples: &Samples,
        effort: &Rc<Effort>,
    ) -> (Vec<u8>, Option<String>) {
        let turned: Vec<u8>;
        let packed = if self.reversed {
            turned = packed.iter().map(|byte| byte.reverse_bits()).collect();
            &turned
        } else {
            packed
        };
        let (width, height) = chunk.size;
        let (mut bytes, trouble) = match self.method {
            Method::Plain => (packed.get(..chunk.bytes).unwrap_or(packed).to_vec(), None),
            Method::FaxRows => (fax::rows(packed, width, height, true), None),
            Method::Fax3 => (fax::rows(packed, width, height, false), None),
            Method::Fax4 => (fax::differences(packed, width, height), None),
            Method::Lzw => lzw(packed, chunk.bytes, effort),
            Method::PackBits => (pack_bits(packed, chunk.bytes), None),
            Method::Deflate => read(ZlibDecoder::new(packed), chunk.bytes, effort),
            Method::Zstd => match StreamingDecoder::new(packed) {
                Ok(decoder) => read(decoder, chunk.bytes, effort),
                Err(error) => (Vec::new(), Some(error.to_string())),
            },
            Method::WebP => result(webp(packed, chunk, effort)),
            Method::Jpeg => result(self.tables_and(packed, chunk, samples, effort)),
            Method::OldJpeg => (Vec::new(), Some(text!("its JPEG is split up in an old way").to_owned())),
        };
        if matches!(self.method, Method::Lzw | Method::Deflate | Method::Zstd) {
            match self.predictor {
                2 => add_up(&mut bytes, chunk, samples),
                3 => bring_together(&mut bytes, chunk, samples),
                _ => {}
            }
        }
        (bytes, trouble)
    }

    /// The tables that all strips share stand before each of them.
    fn tables_and(
        &self,
        packed: &[u8],
        chunk: &Chunk,
        samples: &Samples,
        effort: &Rc<Effort>,
    ) -> Result<Vec<u8>, String> {
        let to_rgb = samples.from_ycc;
        match (self.tables.strip_suffix(&[0xFF, 0xD9]), packed.strip_prefix(&[0xFF, 0xD8])) {
            (Some(tables), Some(rest)) => jpeg(&[tables, rest].concat(), chunk, to_rgb, effort),
            _ => jpeg(packed, chunk, to_rgb, effort),
        }
    }
}

fn result(result: Result<Vec<u8>, String>) -> (Vec<u8>, Option<String>) {
    match result {
        Ok(bytes) => (bytes, None),
        Err(why) => (Vec::new(), Some(why)),
    }
}

fn read(source: impl Read, most: usize, effort: &Effort) -> (Vec<u8>, Option<String>) {
    let mut out = Vec::new();
    let error = Paced { inner: source, effort }.take(most as u64).read_to_end(&mut out).err();
    (out, error.map(|error| error.to_string()))
}

fn lzw(packed: &[u8], most: usize, effort: &Effort) -> (Vec<u8>, Option<String>) {
    // The first writers had the bits the other way round.
    let old = packed.first() == Some(&0) && packed.get(1).is_some_and(|byte| byte & 1 == 1);
    let mut decoder = if old {
        Configuration::new(BitOrder::Lsb, 8).build()
    } else {
        Configuration::with_tiff_size_switch(BitOrder::Msb, 8).build()
    };
    let mut out = vec![0; most];
    let (mut from, mut to) = (0, 0);
    let trouble = loop {
        if !effort.step() {
            break Some(text!("it takes too long").to_owned());
        }
        let end = most.min(to + PIECE);
        let answer =
            decoder.decode_bytes(packed.get(from..).unwrap_or_default(), out.get_mut(to..end).unwrap_or_default());
        from += answer.consumed_in;
        to += answer.consumed_out;
        match answer.status {
            Ok(LzwStatus::Ok) if answer.consumed_in + answer.consumed_out > 0 && to < most => {}
            Ok(_) => break None,
            Err(error) => break Some(error.to_string()),
        }
    };
    out.truncate(to);
    (out, trouble)
}

fn pack_bits(packed: &[u8], most: usize) -> Vec<u8> {
    let mut out = Vec::new();
    let mut rest = packed;
    while let Some((&head, tail)) = rest.split_first() {
        if out.len() >= most {
            break;
        }
        match head {
            0..=127 => {
                let length = (usize::from(head) + 1).min(tail.len());
                let (run, behind) = tail.split_at(length);
                out.extend_from_slice(run);
                rest = behind;
            }
            128 => rest = tail,
            129.. => {
                let Some((&byte, behind)) = tail.split_first() else { break };
                out.extend(std::iter::repeat_n(byte, 257 - usize::from(head)));
                rest = behind;
            }
        }
    }
    out.truncate(most);
    out
}

fn webp(packed: &[u8], chunk: &Chunk, effort: &Rc<Effort>) -> Result<Vec<u8>, String> {
    let decoder = WebPDecoder::new(Metered::new(packed, effort)).map_err(|error| error.to_string())?;
    if decoder.total_bytes() != chunk.bytes as u64 {
        return Err(text!("a part of it has another size").to_owned());
    }
    let mut out = vec![0; chunk.bytes];
    decoder.read_image(&mut out).map_err(|error| error.to_string())?;
    Ok(out)
}

/// A JPEG in rows of a strip or tile; as red, green and blue, or as the samples are.
pub(super) fn jpeg(bytes: &[u8], chunk: &Chunk, to_rgb: bool, effort: &Rc<Effort>) -> Result<Vec<u8>, String> {
    let words = |error: zune_jpeg::errors::DecodeErrors| error.to_string();
    let room = |side: u32| (side as usize).next_multiple_of(64);
    let options = DecoderOptions::default()
        .set_strict_mode(false)
        .set_max_width(room(chunk.size.0))
        .set_max_height(room(chunk.size.1));
    let mut decoder = JpegDecoder::new_with_options(MeteredJpeg::new(bytes, effort), options);
    decoder.decode_headers().map_err(words)?;
    let input = decoder.input_colorspace().unwrap_or(ColorSpace::YCbCr);
    let output = if to_rgb { ColorSpace::RGB } else { input };
    decoder.set_options(options.jpeg_set_out_colorspace(output));
    let pixels = decoder.decode().map_err(words)?;
    let (width, _) = decoder.dimensions().unwrap_or_default();
    let line = width * output.num_components();
    if line == chunk.line || line == 0 {
        return Ok(pixels);
    }
    let mut out = Vec::with_capacity(chunk.bytes);
    for row in pixels.chunks_exact(line).take(chunk.size.1 as usize) {
        out.extend_from_slice(row.get(..chunk.line).unwrap_or(row));
        out.resize(out.len() + chunk.line.saturating_sub(row.len()), 0);
    }
    Ok(out)
}

/// Samples out of their differences to the pixel before.
fn add_up(bytes: &mut [u8], chunk: &Chunk, samples: &Samples) {
    let (step, big) = (samples.beside, chunk.big_endian);
    if chunk.line == 0 {
        return;
    }
    for row in bytes.chunks_mut(chunk.line) {
        match samples.bits {
            8 => {
                for at in step..row.len() {
                    let before = row.get(at - step).copied().unwrap_or(0);
                    if let Some(byte) = row.get_mut(at) {
                        *byte = byte.wrapping_add(before);
                    }
                }
            }
            16 => {
                let words = row.as_chunks_mut::<2>().0;
                for at in step..words.len() {
                    let word = |bytes: [u8; 2]| if big { u16::from_be_bytes(bytes) } else { u16::from_le_bytes(bytes) };
                    let before = words.get(at - step).copied().map_or(0, word);
                    if let Some(bytes) = words.get_mut(at) {
                        let sum = word(*bytes).wrapping_add(before);
                        *bytes = if big { sum.to_be_bytes() } else { sum.to_le_bytes() };
                    }
                }
            }
            32 => {
                let words = row.as_chunks_mut::<4>().0;
                for at in step..words.len() {
                    let word = |bytes: [u8; 4]| if big { u32::from_be_bytes(bytes) } else { u32::from_le_bytes(bytes) };
                    let before = words.get(at - step).copied().map_or(0, word);
                    if let Some(bytes) = words.get_mut(at) {
                        let sum = word(*bytes).wrapping_add(before);
                        *bytes = if big { sum.to_be_bytes() } else { sum.to_le_bytes() };
                    }
                }
            }
            _ => {}
        }
    }
}

/// Floating point numbers out of rows that have all first bytes, then all second bytes, and so on, as differences.
fn bring_together(bytes: &mut [u8], chunk: &Chunk, samples: &Samples) {
    let size = usize::from(samples.bits / 8);
    if chunk.line == 0 || size == 0 || samples.kind == Kind::Palette {
        return;
    }
    for row in bytes.chunks_exact_mut(chunk.line) {
        for at in samples.beside..row.len() {
            let before = row.get(at - samples.beside).copied().unwrap_or(0);
            if let Some(byte) = row.get_mut(at) {
                *byte = byte.wrapping_add(before);
            }
        }
        let apart = row.to_vec();
        let count = row.len() / size;
        for (number, bytes) in row.chunks_exact_mut(size).enumerate() {
            for (place, byte) in bytes.iter_mut().enumerate() {
                // The parts stand from the highest byte on.
                let part = if chunk.big_endian { place } else { size - 1 - place };
                *byte = apart.get(part * count + number).copied().unwrap_or(0);
            }
        }
    }
}
