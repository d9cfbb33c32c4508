//! What the system has of a file in memory, so that using it waits for no disk. Only Linux tells.

#[cfg(target_os = "linux")]
mod linux {
    use std::{fs::File, io::IoSliceMut};

    use rustix::{
        fs::fstatfs,
        io::{ReadWriteFlags, preadv2},
    };

    /// How far apart the places are that are looked at: what is read ahead comes in pieces of this size at least.
    const STEP: u64 = 128 << 10;
    /// File systems whose next page may be on another machine that has gone, by their numbers in `statfs(2)`: NFS, SMB (three
    /// generations), FUSE, 9p, Coda, AFS, Ceph, vboxsf, OCFS2, GFS2.
    const REMOTE: &[u32] = &[
        0x6969,
        0x517b,
        0xfe53_4d42,
        0xff53_4d42,
        0x6573_5546,
        0x0102_1997,
        0x7375_7245,
        0x5346_414f,
        0x00c3_6400,
        0x786f_4256,
        0x7461_636f,
        0x0116_1970,
    ];

    /// Reads what needs no disk into `buffer`; `None` where it would, or there is nothing.
    pub(in crate::http::server) fn read(file: &File, buffer: &mut [u8], at: u64) -> Option<usize> {
        let mut parts = [IoSliceMut::new(buffer)];
        preadv2(file, &mut parts, at, ReadWriteFlags::NOWAIT).ok().filter(|read| *read > 0)
    }

    /// Whether `length` bytes are there, as far as the last byte of each [`STEP`] tells.
    pub(in crate::http::server) fn holds(file: &File, at: u64, length: u64) -> bool {
        let end = at + length;
        let step = usize::try_from(STEP).unwrap_or(usize::MAX);
        (at..end).step_by(step).all(|at| read(file, &mut [0], (at + STEP).min(end).saturating_sub(1)).is_some())
    }

    /// Whether the kernel may read the file by itself: a drive of this machine answers, slowly at worst.
    pub(in crate::http::server) fn is_local(file: &File) -> bool {
        fstatfs(file).is_ok_and(|facts| u32::try_from(facts.f_type).is_ok_and(|kind| !REMOTE.contains(&kind)))
    }
}

#[cfg(target_os = "linux")]
pub(in crate::http::server) use linux::{holds, is_local, read};

#[cfg(not(target_os = "linux"))]
mod elsewhere {
    use std::fs::File;

    pub(in crate::http::server) fn read(_: &File, _: &mut [u8], _: u64) -> Option<usize> {
        None
    }

    pub(in crate::http::server) fn holds(_: &File, _: u64, _: u64) -> bool {
        false
    }

    pub(in crate::http::server) fn is_local(_: &File) -> bool {
        false
    }
}
#[cfg(not(target_os = "linux"))]
pub(in crate::http::server) use elsewhere::{holds, is_local, read};
