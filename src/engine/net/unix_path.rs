//! A listener at a path: never removes what is no socket, and leaves no socket file behind.

use std::{
    io,
    os::{
        fd::OwnedFd,
        unix::fs::{FileTypeExt, MetadataExt},
    },
    path::{Path, PathBuf},
    time::Duration,
};

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{UnixListener, UnixStream};

#[cfg(target_os = "linux")]
use crate::engine::net::seqpacket::Seqpacket;
use crate::{
    engine::net::{names::unix_name, offload::offload, platform, wire::BoxWire},
    model::{Errno, Failure, Name, Operation, Reason},
};

/// How long the file system may take to find a path.
const PATIENCE: Duration = Duration::from_secs(5);

/// Bytes that a path may have: its field in the address of a socket, without the zero at its end.
const LONGEST: usize = if cfg!(target_os = "linux") { 107 } else { 103 };

/// Why a call on a socket at a path failed, in words for a path.
pub(crate) fn failure(operation: Operation, path: &Path, error: &io::Error) -> Failure {
    let length = path.as_os_str().len();
    let reason = match Errno::of(error) {
        _ if length > LONGEST => {
            let failure = Failure::named(operation, path.display(), Errno::ENAMETOOLONG);
            return failure.because(Reason::PathTooLong { length, longest: LONGEST });
        }
        Errno::ECONNREFUSED => Reason::NobodyAtPath,
        Errno::ENOENT if path.as_os_str().as_encoded_bytes().starts_with(b"@") => Reason::AbstractName,
        Errno::EACCES | Errno::EPERM => Reason::PathDenied,
        Errno::EPROTOTYPE => Reason::OtherKindAtPath,
        _ => return Failure::new(operation, path.display(), error),
    };
    Failure::new(operation, path.display(), error).because(reason)
}

/// A bound and listening Unix socket whose file is removed with it.
#[derive(Debug)]
pub(crate) struct UnixPath {
    listener: UnixListener,
    #[cfg_attr(not(target_os = "linux"), expect(dead_code, reason = "only Linux has more than one type"))]
    kind: Type,
    claim: Claim,
}

/// A socket file of ours; dropping it removes the file.
#[derive(Debug)]
pub(crate) struct Claim {
    path: PathBuf,
    /// Which file is ours, in case another one takes its place.
    file: Option<(u64, u64)>,
}

impl UnixPath {
    /// Binds `path` for streams or for records. A socket file that nobody listens at any more is removed first.
    pub(crate) async fn bind(path: &Path, kind: Type, backlog: u32) -> Result<Self, Failure> {
        let (socket, claim) = Claim::bind(path, kind, Some(backlog)).await?;
        let failed = |error: io::Error| failure(Operation::Bind, path, &error);
        let listener = UnixListener::from_std(std::os::fd::OwnedFd::from(socket).into()).map_err(failed)?;
        Ok(Self { listener, kind, claim })
    }

    pub(crate) fn descriptor(&self) -> Option<i64> {
        platform::descriptor(&self.listener)
    }

    /// The next caller and its name: its path, or nothing for one that never bound one.
    pub(crate) async fn accept(&self) -> io::Result<(BoxWire, Name)> {
        let (stream, peer) = self.listener.accept().await?;
        let peer = unix_name(&peer.into());
        #[cfg(target_os = "linux")]
        if self.kind == Type::SEQPACKET {
            return Ok((Box::new(Seqpacket::new(stream)), peer));
        }
        Ok((Box::new(stream), peer))
    }

    /// As the system has it.
    pub(crate) fn name(&self) -> Name {
        match self.listener.local_addr().map(|name| unix_name(&name.into())) {
            Ok(name) if !name.is_unnamed() => name,
            _ => Name::Text(self.claim.path.display().to_string().into()),
        }
    }
}

impl Claim {
    /// Binds a socket of a type to `path`, and listens where there is a `backlog`. A socket file whose owner has gone is
    /// removed first.
    pub(crate) async fn bind(path: &Path, kind: Type, backlog: Option<u32>) -> Result<(Socket, Self), Failure> {
        let (asked, late) = (path.to_owned(), no_disk(Operation::Bind, path));
        offload(PATIENCE, move || Self::bind_now(&asked, kind, backlog)).await.unwrap_or(Err(late))
    }

    fn bind_now(path: &Path, kind: Type, backlog: Option<u32>) -> Result<(Socket, Self), Failure> {
        let shown = path.display();
        let result = match open(path, kind, backlog) {
            Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse => {
                let is_socket = std::fs::symlink_metadata(path).is_ok_and(|facts| facts.file_type().is_socket());
                if !is_socket {
                    return Err(Failure::new(Operation::Bind, shown, &error).because(Reason::NotASocket));
                }
                // Only a refusal proves that nobody is there: a full queue or a missing right does not.
                if !call(path, kind).is_err_and(|error| error.kind() == io::ErrorKind::ConnectionRefused) {
                    return Err(Failure::new(Operation::Bind, shown, &error).because(Reason::ListenerAtPath));
                }
                std::fs::remove_file(path).map_err(|error| failure(Operation::Bind, path, &error))?;
                open(path, kind, backlog)
            }
            result => result,
        };
        let socket = result.map_err(|(operation, error)| failure(operation, path, &error))?;
        Ok((socket, Self { path: path.to_owned(), file: file_at(path) }))
    }

    pub(crate) fn path(&self) -> &Path {
        &self.path
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        if self.file.is_some() && file_at(&self.path) == self.file {
            let _ = std::fs::remove_file(&self.path);
        }
    }
}

/// Device and number of the socket file at `path`.
fn file_at(path: &Path) -> Option<(u64, u64)> {
    let facts = std::fs::symlink_metadata(path).ok()?;
    facts.file_type().is_socket().then(|| (facts.dev(), facts.ino()))
}

fn open(path: &Path, kind: Type, backlog: Option<u32>) -> Result<Socket, (Operation, io::Error)> {
    let bind = |error| (Operation::Bind, error);
    let socket = Socket::new(Domain::UNIX, kind, None).map_err(|error| (Operation::Socket, error))?;
    socket.bind(&SockAddr::unix(path).map_err(bind)?).map_err(bind)?;
    if let Some(backlog) = backlog {
        socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX)).map_err(|error| (Operation::Listen, error))?;
    }
    socket.set_nonblocking(true).map_err(bind)?;
    Ok(socket)
}

/// A client's socket of that type at `path`, connected at once or not at all: `WouldBlock` when the listener's queue is full.
/// The outer error is a file system that does not answer.
pub(crate) async fn connect_at(path: &Path, kind: Type) -> Result<io::Result<UnixStream>, Failure> {
    let (asked, late) = (path.to_owned(), no_disk(Operation::Connect, path));
    let called = offload(PATIENCE, move || call(&asked, kind)).await.map_err(|_| late)?;
    Ok(called.and_then(|socket| UnixStream::from_std(OwnedFd::from(socket).into())))
}

fn call(path: &Path, kind: Type) -> io::Result<Socket> {
    let socket = Socket::new(Domain::UNIX, kind, None)?;
    socket.set_nonblocking(true)?;
    socket.connect(&SockAddr::unix(path)?)?;
    Ok(socket)
}

fn no_disk(operation: Operation, path: &Path) -> Failure {
    Failure::named(operation, path.display(), Errno::ETIMEDOUT).because(Reason::NoDisk)
}
