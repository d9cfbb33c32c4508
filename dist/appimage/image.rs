//! Reads the file system behind a program: squashfs 4.0 as `mksquashfs -comp xz -no-fragments -no-xattrs` writes it.

use std::{
    ffi::OsString,
    fs::File,
    io::{self, Cursor, Error, Read},
    os::unix::{ffi::OsStringExt, fs::FileExt},
    sync::atomic::{AtomicUsize, Ordering},
    thread,
};
use xz4rust::XzReader;

/// Most bytes in one block of folders and inodes.
const METADATA: usize = 8192;
/// Stands for "not packed" in the size of a block of a file.
const PLAIN: u32 = 1 << 24;
const XZ: u16 = 4;

/// An opened file system. Places in it are what squashfs calls references to inodes.
pub(crate) struct Image {
    file: File,
    start: u64,
    block: u64,
    root: u64,
    inodes: u64,
    folders: u64,
}

/// What one path names.
pub(crate) enum Node {
    Folder(Vec<(OsString, u64)>),
    File(Content),
    Link(OsString),
}

/// Where the bytes of a file are.
pub(crate) struct Content {
    pub(crate) mode: u32,
    size: u64,
    /// Place and size of each block, as packed.
    blocks: Vec<(u64, u32)>,
}

impl Image {
    /// The file system that begins where this program ends.
    pub(crate) fn behind(file: File) -> io::Result<Self> {
        let mut header = [0; 64];
        file.read_exact_at(&mut header, 0)?;
        let mut fields = Fields(header.get(0x28..).unwrap_or_default());
        let sections = fields.u64()?;
        let mut fields = Fields(header.get(0x3a..).unwrap_or_default());
        // A program for Linux ends with the list of its sections.
        let start = sections + u64::from(fields.u16()?) * u64::from(fields.u16()?);
        Self::at(file, start)
    }

    /// The file system that begins at this byte.
    pub(crate) fn at(file: File, start: u64) -> io::Result<Self> {
        let mut head = [0; 96];
        file.read_exact_at(&mut head, start)?;
        let mut fields = Fields(&head);
        let (magic, _inodes, _time, block) = (fields.u32()?, fields.u32()?, fields.u32()?, fields.u32()?);
        let (fragments, packing) = (fields.u32()?, fields.u16()?);
        let (_log, _flags, _owners, version) = (fields.u16()?, fields.u16()?, fields.u16()?, fields.u32()?);
        let (root, _size, _owners, _attributes) = (fields.u64()?, fields.u64()?, fields.u64()?, fields.u64()?);
        if magic != u32::from_le_bytes(*b"hsqs") || version != 4 || packing != XZ || fragments != 0 || block == 0 {
            return Err(Error::other("there is no file system that this program knows in it"));
        }
        Ok(Self { file, start, block: block.into(), root, inodes: fields.u64()?, folders: fields.u64()? })
    }

    /// How many bytes stand before it.
    pub(crate) fn offset(&self) -> u64 {
        self.start
    }

    /// The place of the folder that holds everything.
    pub(crate) fn root(&self) -> u64 {
        self.root
    }

    /// What a path names; links are not followed.
    pub(crate) fn find(&self, path: &str) -> io::Result<Node> {
        let mut node = self.node(self.root)?;
        for name in path.split('/') {
            let Node::Folder(entries) = node else { return Err(missing(path)) };
            let (_, place) = entries.iter().find(|(entry, _)| entry == name).ok_or_else(|| missing(path))?;
            node = self.node(*place)?;
        }
        Ok(node)
    }

    /// What is at a place.
    pub(crate) fn node(&self, place: u64) -> io::Result<Node> {
        let mut inode = self.metadata(self.inodes + (place >> 16), place & 0xffff)?;
        let kind = inode.u16()?;
        let mode = u32::from(inode.u16()?);
        inode.skip(12)?; // owner, group, time, number
        match kind {
            1 => {
                let (block, _links, size, offset) = (inode.u32()?, inode.u32()?, inode.u16()?, inode.u16()?);
                self.folder(block.into(), offset.into(), size.into()).map(Node::Folder)
            }
            8 => {
                let (_links, size, block, _parent) = (inode.u32()?, inode.u32()?, inode.u32()?, inode.u32()?);
                let (_index, offset) = (inode.u16()?, inode.u16()?);
                self.folder(block.into(), offset.into(), size.into()).map(Node::Folder)
            }
            2 => {
                let (from, _fragment, _offset, size) = (inode.u32()?, inode.u32()?, inode.u32()?, inode.u32()?);
                self.content(&mut inode, mode, from.into(), size.into()).map(Node::File)
            }
            9 => {
                let (from, size) = (inode.u64()?, inode.u64()?);
                inode.skip(24)?; // holes, links, fragment, attributes
                self.content(&mut inode, mode, from, size).map(Node::File)
            }
            3 => {
                let (_links, size) = (inode.u32()?, inode.u32()?);
                Ok(Node::Link(inode.text(size.into())?))
            }
            _ => Err(Error::other("a special file")),
        }
    }

    fn folder(&self, block: u64, offset: u64, size: u64) -> io::Result<Vec<(OsString, u64)>> {
        let mut entries = Vec::new();
        // Three bytes more than there are stand for `.` and `..`.
        let mut left = size.saturating_sub(3);
        let mut list = self.metadata(self.folders + block, offset)?;
        while left > 0 {
            let (count, inodes, _number) = (list.u32()?, list.u32()?, list.u32()?);
            left = left.saturating_sub(12);
            for _ in 0..=count {
                let (offset, _number, _kind, length) = (list.u16()?, list.u16()?, list.u16()?, list.u16()?);
                let length = u64::from(length) + 1;
                entries.push((list.text(length)?, u64::from(inodes) << 16 | u64::from(offset)));
                left = left.saturating_sub(8 + length);
            }
        }
        Ok(entries)
    }

    fn content(&self, inode: &mut Metadata, mode: u32, mut from: u64, size: u64) -> io::Result<Content> {
        let mut blocks = Vec::new();
        for _ in 0..size.div_ceil(self.block) {
            let packed = inode.u32()?;
            blocks.push((from, packed));
            from += u64::from(packed & !PLAIN);
        }
        Ok(Content { mode, size, blocks })
    }

    /// Unpacks a file, on all processors.
    pub(crate) fn unpack(&self, content: &Content, to: &File) -> io::Result<()> {
        to.set_len(content.size)?;
        let next = AtomicUsize::new(0);
        let work = || {
            loop {
                let number = next.fetch_add(1, Ordering::Relaxed);
                let Some(&(from, packed)) = content.blocks.get(number) else { return Ok(()) };
                // A block of no size is all zeros.
                if packed != 0 {
                    let bytes = self.bytes(from, (packed & !PLAIN) as usize)?;
                    let bytes = if packed & PLAIN == 0 { unpacked(bytes, self.block)? } else { bytes };
                    to.write_all_at(&bytes, number as u64 * self.block)?;
                }
            }
        };
        let hands = thread::available_parallelism().map_or(1, usize::from).min(content.blocks.len());
        thread::scope(|scope| {
            let others: Vec<_> = (1..hands).map(|_| scope.spawn(work)).collect();
            let own = work();
            others.into_iter().fold(own, |so_far, other| {
                so_far.and(other.join().unwrap_or_else(|_| Err(Error::other("unpacking failed"))))
            })
        })
    }

    fn metadata(&self, block: u64, offset: u64) -> io::Result<Metadata<'_>> {
        let mut metadata = Metadata { image: self, next: block, block: Cursor::default() };
        metadata.skip(offset)?;
        Ok(metadata)
    }

    fn bytes(&self, from: u64, size: usize) -> io::Result<Vec<u8>> {
        let mut bytes = vec![0; size];
        self.file.read_exact_at(&mut bytes, self.start + from)?;
        Ok(bytes)
    }
}

fn missing(path: &str) -> Error {
    Error::other(format!("there is no {path} in it"))
}

fn unpacked(bytes: Vec<u8>, limit: u64) -> io::Result<Vec<u8>> {
    let mut plain = Vec::new();
    XzReader::new(Cursor::new(bytes)).take(limit + 1).read_to_end(&mut plain)?;
    if plain.len() as u64 > limit { Err(Error::other("a block is too large")) } else { Ok(plain) }
}

/// Folders and inodes: small blocks one after the other, read as one stream.
struct Metadata<'a> {
    image: &'a Image,
    next: u64,
    block: Cursor<Vec<u8>>,
}

impl Read for Metadata<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.block.position() >= self.block.get_ref().len() as u64 {
            let size = Fields(&self.image.bytes(self.next, 2)?).u16()?;
            let bytes = self.image.bytes(self.next + 2, usize::from(size & 0x7fff))?;
            self.next += 2 + bytes.len() as u64;
            self.block = Cursor::new(if size & 0x8000 == 0 { unpacked(bytes, METADATA as u64)? } else { bytes });
        }
        self.block.read(into)
    }
}

/// The bytes of a header that was read already.
struct Fields<'a>(&'a [u8]);

impl Read for Fields<'_> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        self.0.read(into)
    }
}

/// Numbers, lowest byte first, and names.
trait Numbers: Read + Sized {
    fn array<const N: usize>(&mut self) -> io::Result<[u8; N]> {
        let mut bytes = [0; N];
        self.read_exact(&mut bytes)?;
        Ok(bytes)
    }
    fn u16(&mut self) -> io::Result<u16> {
        self.array().map(u16::from_le_bytes)
    }
    fn u32(&mut self) -> io::Result<u32> {
        self.array().map(u32::from_le_bytes)
    }
    fn u64(&mut self) -> io::Result<u64> {
        self.array().map(u64::from_le_bytes)
    }
    fn skip(&mut self, count: u64) -> io::Result<()> {
        let skipped = io::copy(&mut self.by_ref().take(count), &mut io::sink())?;
        if skipped == count { Ok(()) } else { Err(io::ErrorKind::UnexpectedEof.into()) }
    }
    fn text(&mut self, count: u64) -> io::Result<OsString> {
        let mut bytes = Vec::new();
        self.by_ref().take(count).read_to_end(&mut bytes)?;
        Ok(OsString::from_vec(bytes))
    }
}

impl<R: Read> Numbers for R {}
