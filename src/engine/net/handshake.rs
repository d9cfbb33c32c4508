//! One `connect` over TCP that waits without blocking.
//!
//! A peer may reset a connection before anybody has looked at it. A program that waits in `connect` hears 0 then, and the
//! reset from the `recv` after it; so does whoever connects here, where the system tells the two apart.

use std::{io, net::SocketAddr};

use socket2::Socket;
use tokio::net::TcpStream;

/// Connects a socket that does not block.
///
/// # Errors
/// What the system says of a connection that was never established.
#[cfg(target_os = "linux")]
pub(super) async fn connect(socket: Socket, address: SocketAddr) -> io::Result<TcpStream> {
    match socket.connect(&address.into()) {
        Err(error) if error.raw_os_error() != Some(libc::EINPROGRESS) => return Err(error),
        _ => {}
    }
    let stream = TcpStream::from_std(socket.into())?;
    stream.writable().await?;
    // Whoever asks for the error takes it away from `recv`.
    if !was_established(&stream)
        && let Some(error) = stream.take_error()?
    {
        return Err(error);
    }
    Ok(stream)
}

/// True when the handshake is done, also of a connection that has ended since: only an answer to the SYN gives a round-trip
/// time, and a RST in its place none.
#[cfg(target_os = "linux")]
fn was_established(stream: &TcpStream) -> bool {
    stream.peer_addr().is_ok() || super::platform::kernel(stream).is_some_and(|kernel| kernel.rtt_micros > 0)
}

/// The same where a reset that came first is the error of `connect`.
#[cfg(not(target_os = "linux"))]
pub(super) async fn connect(socket: Socket, address: SocketAddr) -> io::Result<TcpStream> {
    tokio::net::TcpSocket::from_std_stream(socket.into()).connect(address).await
}

#[cfg(target_os = "linux")]
#[cfg(test)]
mod tests {
    use std::{future::poll_fn, net::TcpListener, task::Poll, time::Duration};

    use socket2::{Domain, Protocol, SockRef, Type};
    use tokio::io::AsyncReadExt as _;

    use super::*;

    fn socket() -> Socket {
        let socket = Socket::new(Domain::IPV4, Type::STREAM, Some(Protocol::TCP)).unwrap();
        socket.set_nonblocking(true).unwrap();
        socket
    }

    #[tokio::test]
    async fn a_reset_after_the_handshake_is_told_by_recv_and_no_byte_before_it_is_lost() {
        for last in ["", "last words"] {
            let listener = TcpListener::bind("127.0.0.1:0").unwrap();
            let address = listener.local_addr().unwrap();
            let connecting = connect(socket(), address);
            tokio::pin!(connecting);
            // The handshake is done by the system; nobody looks at it before the reset is there.
            assert!(poll_fn(|cx| Poll::Ready(connecting.as_mut().poll(cx).is_pending())).await);
            let (mut caller, _) = listener.accept().unwrap();
            std::io::Write::write_all(&mut caller, last.as_bytes()).unwrap();
            SockRef::from(&caller).set_linger(Some(Duration::ZERO)).unwrap();
            drop(caller);
            std::thread::sleep(Duration::from_millis(20));
            let mut stream = connecting.await.unwrap();
            assert!(stream.peer_addr().is_err(), "the reset came first");
            let mut received = Vec::new();
            let error = stream.read_to_end(&mut received).await.unwrap_err();
            assert_eq!((error.raw_os_error(), received.as_slice()), (Some(libc::ECONNRESET), last.as_bytes()));
        }
    }

    #[tokio::test]
    async fn a_refusal_is_the_error_of_connect() {
        let address = TcpListener::bind("127.0.0.1:0").unwrap().local_addr().unwrap();
        assert_eq!(connect(socket(), address).await.unwrap_err().raw_os_error(), Some(libc::ECONNREFUSED));
    }
}
