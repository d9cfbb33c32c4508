//! One candidate and the parser of its kind: the only place that knows them all.

use super::{
    bmp::Bmp,
    boxes::Boxes,
    dds::Dds,
    gif::Gif,
    hdr::Hdr,
    ico::Ico,
    jpeg::Jpeg,
    jxl::{Jxl, prove},
    parse::{Facts, LONGEST_START, Lookout, Step},
    png::Png,
    pnm::Pnm,
    qoi::Qoi,
    svg::Svg,
    tiff::Tiff,
    webp::WebP,
};
use crate::media::Format;

/// One candidate's way through its bytes.
#[derive(Debug)]
pub(in crate::media) struct Parser {
    /// By the first bytes.
    pub(in crate::media) format: Format,
    /// What is known so far.
    pub(in crate::media) facts: Facts,
    body: Body,
    lookout: Lookout,
}

#[derive(Debug)]
enum Body {
    Png(Png),
    Jpeg(Jpeg),
    Gif(Gif),
    WebP(WebP),
    Bmp(Bmp),
    Ico(Ico),
    Tiff(Tiff),
    Pnm(Pnm),
    Qoi(Qoi),
    Hdr(Hdr),
    Dds(Dds),
    Svg(Svg),
    Boxes(Boxes),
    Jxl(Jxl),
    /// A kind that is known by its name only.
    Named,
}

impl Parser {
    /// For bytes that start with `start`, of which the first few matter.
    pub(in crate::media) fn new(format: Format, start: &[u8]) -> Self {
        let body = match format {
            Format::Png => Body::Png(Png::default()),
            Format::Jpeg => Body::Jpeg(Jpeg::default()),
            Format::Gif => Body::Gif(Gif::default()),
            Format::WebP => Body::WebP(WebP::default()),
            Format::Bmp => Body::Bmp(Bmp::default()),
            Format::Ico => Body::Ico(Ico::default()),
            Format::Tiff => Body::Tiff(Tiff::default()),
            Format::Pnm => Body::Pnm(Pnm::default()),
            Format::Qoi => Body::Qoi(Qoi::default()),
            Format::Hdr => Body::Hdr(Hdr::default()),
            Format::Dds => Body::Dds(Dds::default()),
            Format::Svg => Body::Svg(Svg::default()),
            Format::Jxl if start.first() == Some(&0xFF) => Body::Jxl(Jxl::default()),
            Format::Jxl | Format::Avif => Body::Boxes(Boxes::default()),
            Format::Tga => Body::Named,
        };
        Self { format, facts: Facts::default(), body, lookout: Lookout::default() }
    }

    /// Goes as far as `data` (everything since the first byte) allows.
    pub(in crate::media) fn advance(&mut self, data: &[u8]) -> Step {
        let facts = &mut self.facts;
        let answer = match &mut self.body {
            Body::Png(it) => it.advance(data, facts),
            Body::Jpeg(it) => it.advance(data, facts),
            Body::Gif(it) => it.advance(data, facts),
            Body::WebP(it) => it.advance(data, facts),
            Body::Bmp(it) => it.advance(data, facts),
            Body::Ico(it) => it.advance(data, facts),
            Body::Tiff(it) => it.advance(data, facts),
            Body::Pnm(it) => it.advance(data, facts),
            Body::Qoi(it) => it.advance(data, facts),
            Body::Hdr(it) => it.advance(data, facts),
            Body::Dds(it) => it.advance(data, facts),
            Body::Svg(it) => it.advance(data, facts),
            Body::Boxes(it) => it.advance(data, facts),
            Body::Jxl(it) => it.advance(data, facts),
            Body::Named => Ok(Step::No),
        };
        let (Ok(step) | Err(step)) = answer;
        // The others look out for themselves, where they know that it is pixels they pass over, or hold pictures of right.
        if matches!(self.format, Format::Pnm | Format::Qoi | Format::Hdr | Format::Dds) && facts.proven {
            let end = match step {
                Step::Complete(end) | Step::Broken(end) => end,
                _ => data.len(),
            };
            if let Some(other) = self.lookout.find(data, LONGEST_START, end) {
                return Step::Cut(other);
            }
        }
        step
    }

    /// Whether a candidate whose bytes end before its header is still surely a picture, by a signature too long for chance.
    pub(in crate::media) fn is_sure(&mut self, data: &[u8]) -> bool {
        if let Body::Jxl(_) = &self.body {
            prove(data, &mut self.facts);
        }
        self.facts.proven
            || match self.format {
                // `advance` has checked these signatures as soon as they were there.
                Format::Png => data.len() >= 8,
                Format::WebP => data.len() >= 16,
                Format::Jpeg => has_name(data),
                // A colour table is announced by a bit that no text has.
                Format::Gif => data.get(10).is_some_and(|flags| flags & 0x80 != 0),
                Format::Hdr => data.len() >= 11,
                _ => false,
            }
    }
}

/// A JPEG whose first segment carries a name: 10 fixed bytes.
fn has_name(data: &[u8]) -> bool {
    let name = data.get(6..11);
    data.starts_with(&[0xFF, 0xD8, 0xFF]) && (name == Some(b"JFIF\0") || name == Some(b"Exif\0"))
}
