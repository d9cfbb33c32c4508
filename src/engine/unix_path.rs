//! A listener at a path: never removes what is no socket, and leaves no socket file behind.

use std::{
    io,
    os::unix::fs::{FileTypeExt, MetadataExt},
    path::{Path, PathBuf},
};

use socket2::{Domain, SockAddr, Socket, Type};
use tokio::net::{UnixListener, UnixStream, unix};

use crate::{
    model::{Failure, Name, Operation},
    words::text,
};

/// A bound and listening Unix socket whose file is removed with it.
#[derive(Debug)]
pub(super) struct UnixPath {
    listener: UnixListener,
    path: PathBuf,
    /// Which file is ours, in case another one takes its place.
    file: Option<(u64, u64)>,
}

impl UnixPath {
    /// Binds `path`. A socket file that nobody listens at any more is removed first.
    pub(super) async fn bind(path: &Path, backlog: u32) -> Result<Self, Failure> {
        let shown = path.display();
        let result = match listen(path, backlog) {
            Err((_, error)) if error.kind() == io::ErrorKind::AddrInUse => {
                let is_socket = std::fs::symlink_metadata(path).is_ok_and(|facts| facts.file_type().is_socket());
                if !is_socket {
                    return Err(Failure::new(Operation::Bind, shown, &error)
                        .with_message(text!("there is a file at that path, and it is not a socket"))
                        .with_hint(text!("choose another path; the file was left alone")));
                }
                // Only a refusal proves that nobody is there: a full queue or a missing right does not.
                let refused = UnixStream::connect(path)
                    .await
                    .is_err_and(|error| matches!(error.kind(), io::ErrorKind::ConnectionRefused));
                if !refused {
                    return Err(Failure::new(Operation::Bind, shown, &error)
                        .with_message(text!("another program listens at that path")));
                }
                std::fs::remove_file(path).map_err(|error| Failure::new(Operation::Bind, &shown, &error))?;
                listen(path, backlog)
            }
            result => result,
        };
        let listener = result.map_err(|(operation, error)| Failure::new(operation, &shown, &error))?;
        Ok(Self { listener, path: path.to_owned(), file: file_at(path) })
    }

    pub(super) fn socket(&self) -> &UnixListener {
        &self.listener
    }

    pub(super) fn name(&self) -> Name {
        Name::Text(self.path.display().to_string().into())
    }
}

impl Drop for UnixPath {
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

fn listen(path: &Path, backlog: u32) -> Result<UnixListener, (Operation, io::Error)> {
    let bind = |error| (Operation::Bind, error);
    let socket = Socket::new(Domain::UNIX, Type::STREAM, None).map_err(|error| (Operation::Socket, error))?;
    socket.bind(&SockAddr::unix(path).map_err(bind)?).map_err(bind)?;
    socket.listen(i32::try_from(backlog).unwrap_or(i32::MAX)).map_err(|error| (Operation::Listen, error))?;
    socket.set_nonblocking(true).map_err(bind)?;
    UnixListener::from_std(std::os::fd::OwnedFd::from(socket).into()).map_err(bind)
}

/// The name of a Unix peer: its path, or nothing for a client that never bound one.
pub(super) fn name(address: &unix::SocketAddr) -> Name {
    address.as_pathname().map_or(Name::Unnamed, |path| Name::Text(path.display().to_string().into()))
}
