//! Two colours as fax machines send them: each row as lengths of white and black in turn.

use std::convert::Infallible;

use fax::{BitReader, ByteReader, decoder::decode_g4, decoder::pels, maps};

/// Rows in which every row has its own lengths, with marks between them or each at the start of a byte. Stops where it makes no sense.
pub(super) fn rows(packed: &[u8], width: u32, rows: u32, aligned: bool) -> Vec<u8> {
    let Ok(width) = u16::try_from(width) else { return Vec::new() };
    // The reader looks ahead of what it takes; zeros are no code.
    let bytes = packed.iter().copied().chain([0; 4]).map(Result::<u8, Infallible>::Ok);
    let Ok(mut reader) = ByteReader::new(bytes);
    let mut out = Vec::new();
    for _ in 0..rows {
        if !aligned {
            // A mark is eleven zeros and a one, with zeros before it to fill up.
            while reader.peek(11) == Some(0) {
                while reader.peek(1) == Some(0) {
                    let Ok(()) = reader.consume(1);
                }
                let Ok(()) = reader.consume(1);
            }
        }
        let (mut at, mut black, mut edges) = (0_u16, false, Vec::new());
        while at < width {
            let Some(length) = length(&mut reader, black) else { return out };
            at = at.saturating_add(length);
            edges.push(at.min(width));
            black = !black;
        }
        put(&edges, width, &mut out);
        if aligned {
            let Ok(()) = reader.consume(reader.bits_to_byte_boundary());
        }
    }
    out
}

/// One length, of several parts if it is long.
fn length(reader: &mut impl BitReader, black: bool) -> Option<u16> {
    let mut sum = 0_u16;
    loop {
        let part = if black { maps::black::decode(reader) } else { maps::white::decode(reader) }?;
        sum = sum.checked_add(part)?;
        if part < 64 {
            return Some(sum);
        }
    }
}

/// Rows that are told by what is different from the row before.
pub(super) fn differences(packed: &[u8], width: u32, rows: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let (Ok(width), Ok(rows)) = (u16::try_from(width), u16::try_from(rows)) else { return out };
    // What it could not read is missing in the result.
    let _ = decode_g4(packed.iter().copied(), width, Some(rows), |edges| put(edges, width, &mut out));
    out
}

/// One row, eight pixels to a byte, black as one.
fn put(edges: &[u16], width: u16, out: &mut Vec<u8>) {
    let mut row = vec![0_u8; usize::from(width).div_ceil(8)];
    for (at, color) in pels(edges, width).enumerate() {
        if let Some(byte) = row.get_mut(at / 8).filter(|_| color == fax::Color::Black) {
            *byte |= 0x80 >> (at % 8);
        }
    }
    out.extend(row);
}
