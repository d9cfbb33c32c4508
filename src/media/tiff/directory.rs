//! The fields of a directory, in either byte order, with offsets of 32 bits or 64.

/// The fields that matter, by their numbers.
pub(super) mod tag {
    pub(in super::super) const WIDTH: u16 = 0x100;
    pub(in super::super) const HEIGHT: u16 = 0x101;
    pub(in super::super) const BITS: u16 = 0x102;
    pub(in super::super) const COMPRESSION: u16 = 0x103;
    pub(in super::super) const COLORS: u16 = 0x106;
    pub(in super::super) const FILL_ORDER: u16 = 0x10A;
    pub(in super::super) const STRIP_OFFSETS: u16 = 0x111;
    pub(in super::super) const ORIENTATION: u16 = 0x112;
    pub(in super::super) const SAMPLES: u16 = 0x115;
    pub(in super::super) const ROWS: u16 = 0x116;
    pub(in super::super) const STRIP_LENGTHS: u16 = 0x117;
    pub(in super::super) const PLANES: u16 = 0x11C;
    pub(in super::super) const FAX_OPTIONS: u16 = 0x124;
    pub(in super::super) const PREDICTOR: u16 = 0x13D;
    pub(in super::super) const PALETTE: u16 = 0x140;
    pub(in super::super) const TILE_WIDTH: u16 = 0x142;
    pub(in super::super) const TILE_HEIGHT: u16 = 0x143;
    pub(in super::super) const TILE_OFFSETS: u16 = 0x144;
    pub(in super::super) const TILE_LENGTHS: u16 = 0x145;
    pub(in super::super) const EXTRA: u16 = 0x152;
    pub(in super::super) const SAMPLE_FORMAT: u16 = 0x153;
    pub(in super::super) const JPEG_TABLES: u16 = 0x15B;
    pub(in super::super) const OLD_JPEG: u16 = 0x201;
    pub(in super::super) const OLD_JPEG_LENGTH: u16 = 0x202;
    pub(in super::super) const SUBSAMPLING: u16 = 0x212;
    pub(in super::super) const PROFILE: u16 = 0x8773;
}

/// Numbers of one field that are read; a picture of 150 megapixels in tiles of 16 × 16 has fewer.
const MOST: u64 = 1 << 20;
/// Fields of a directory.
const FIELDS: u64 = 4096;

/// Where the fields of a directory stand.
pub(super) struct Directory<'a> {
    data: &'a [u8],
    pub(super) big_endian: bool,
    /// Offsets of 64 bits.
    wide: bool,
    fields: Vec<Field>,
}

#[derive(Clone, Copy)]
struct Field {
    tag: u16,
    kind: u16,
    count: u64,
    at: usize,
}

impl<'a> Directory<'a> {
    /// The first one of a file, with as many of its fields as are there.
    pub(super) fn first(data: &'a [u8]) -> Option<Self> {
        let big_endian = match data.get(..2)? {
            b"II" => false,
            b"MM" => true,
            _ => return None,
        };
        let mut directory = Self { data, big_endian, wide: false, fields: Vec::new() };
        directory.wide = directory.read(2, 2)? == 43;
        let (word, count, field) = if directory.wide { (8, 8, 20) } else { (4, 2, 12) };
        let at = usize::try_from(directory.read(if directory.wide { 8 } else { 4 }, word)?).ok()?;
        let fields = directory.read(at, count)?.min(FIELDS);
        for index in 0..usize::try_from(fields).ok()? {
            let Some(field) = directory.field(at.checked_add(count + index * field)?, word) else { break };
            directory.fields.push(field);
        }
        Some(directory)
    }

    fn field(&self, at: usize, word: usize) -> Option<Field> {
        let tag = u16::try_from(self.read(at, 2)?).ok()?;
        let kind = u16::try_from(self.read(at.checked_add(2)?, 2)?).ok()?;
        let count = self.read(at.checked_add(4)?, word)?;
        let value = at.checked_add(4 + word)?;
        let inline = count.checked_mul(size(kind) as u64)? <= word as u64;
        let at = if inline { value } else { usize::try_from(self.read(value, word)?).ok()? };
        Some(Field { tag, kind, count, at })
    }

    /// A number of this many bytes.
    fn read(&self, at: usize, length: usize) -> Option<u64> {
        let bytes = self.data.get(at..)?.get(..length)?;
        let add = |sum: u64, byte: &u8| sum << 8 | u64::from(*byte);
        Some(if self.big_endian { bytes.iter().fold(0, add) } else { bytes.iter().rev().fold(0, add) })
    }

    fn find(&self, tag: u16) -> Option<&Field> {
        self.fields.iter().find(|field| field.tag == tag)
    }

    /// The whole numbers of a field, as many as are there; those of other kinds are left out.
    pub(super) fn numbers(&self, tag: u16) -> Vec<u64> {
        let Some(field) = self.find(tag).filter(|field| matches!(field.kind, 1 | 3 | 4 | 13 | 16 | 18)) else {
            return Vec::new();
        };
        let size = size(field.kind);
        let numbers = (0..field.count.min(MOST)).map_while(|index| {
            let at = field.at.checked_add(usize::try_from(index).ok()?.checked_mul(size)?)?;
            self.read(at, size)
        });
        numbers.collect()
    }

    /// The bytes of a field, as many as are there.
    pub(super) fn bytes(&self, tag: u16) -> &'a [u8] {
        let Some(field) = self.find(tag) else { return &[] };
        let length = usize::try_from(field.count).unwrap_or(usize::MAX).saturating_mul(size(field.kind));
        let rest = self.data.get(field.at..).unwrap_or_default();
        rest.get(..length).unwrap_or(rest)
    }
}

/// Bytes of one value of a kind.
fn size(kind: u16) -> usize {
    match kind {
        3 | 8 => 2,
        4 | 9 | 11 | 13 => 4,
        5 | 10 | 12 | 16..=18 => 8,
        _ => 1,
    }
}
