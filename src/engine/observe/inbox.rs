//! Datagrams that are taken from the system before their turn.
//!
//! The system has room for a few hundred and throws away the rest: a burst of a thousand peers is over before each of them
//! is met. So what comes without a pause is taken at once and waits here, within a bound. A datagram that comes alone goes
//! by; what is in here reaches nobody but through the [tap](super::datagram_tap).

use std::{collections::VecDeque, io};

use crate::engine::net::datagram_socket::{Arrival, Packets};

/// Room for the longest datagram, also on a path of this machine.
const LARGEST: usize = 1 << 20;
/// Datagrams in a row that did not have to be waited for, after which more are taken at once.
const IN_A_ROW: u32 = 4;
/// Datagrams that are taken before one has its turn.
const AT_ONCE: usize = 256;
/// Datagrams that may wait, and their bytes.
const DATAGRAMS: usize = 32 << 10;
const BYTES: usize = 8 << 20;

/// What was taken from one socket.
#[derive(Debug)]
pub(crate) struct Inbox {
    pub(super) buffer: Vec<u8>,
    waiting: VecDeque<(io::Result<Arrival>, Box<[u8]>)>,
    bytes: usize,
    in_a_row: u32,
}

impl Inbox {
    pub(crate) fn new() -> Self {
        Self { buffer: vec![0; LARGEST], waiting: VecDeque::new(), bytes: 0, in_a_row: 0 }
    }

    /// The next of what came, with its bytes at the beginning of the buffer. May be given up while it waits: nothing is lost.
    pub(super) async fn next(&mut self, socket: &Packets) -> io::Result<Arrival> {
        if !self.waiting.is_empty() || self.in_a_row >= IN_A_ROW {
            self.take(socket);
        }
        if let Some((arrival, bytes)) = self.waiting.pop_front() {
            self.bytes -= bytes.len();
            if let Some(place) = self.buffer.get_mut(..bytes.len()) {
                place.copy_from_slice(&bytes);
            }
            return arrival;
        }
        match socket.try_arrival(&mut self.buffer) {
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                self.in_a_row = 0;
                socket.arrival(&mut self.buffer).await
            }
            arrival => {
                self.in_a_row += 1;
                arrival
            }
        }
    }

    fn take(&mut self, socket: &Packets) {
        for _ in 0..AT_ONCE {
            if self.waiting.len() >= DATAGRAMS || self.bytes >= BYTES {
                return;
            }
            let arrival = socket.try_arrival(&mut self.buffer);
            let length = match &arrival {
                Err(error) if error.kind() == io::ErrorKind::WouldBlock => {
                    self.in_a_row = 0;
                    return;
                }
                Ok(Arrival::Datagram { length, .. }) => *length,
                Ok(Arrival::Undelivered(_)) | Err(_) => 0,
            };
            self.bytes += length;
            self.waiting.push_back((arrival, self.buffer.get(..length).unwrap_or_default().into()));
        }
    }
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;
    use crate::model::{ListenConfig, Transport};

    #[tokio::test]
    async fn a_burst_is_taken_in_order_and_within_its_bound() {
        let config =
            ListenConfig { transport: Transport::Udp, bind: "127.0.0.1".into(), port: 0, ..ListenConfig::default() };
        let (socket, _) = Packets::listen(&config).await.unwrap();
        let to = socket.local().inet().unwrap();
        let peer = UdpSocket::bind("127.0.0.1:0").unwrap();
        let mut inbox = Inbox::new();
        let (mut sent, mut seen, mut most) = (0_u32, 0_u32, 0);
        while seen < 5000 {
            // More than ten times as fast as they are looked at, for as long as the bounds are not reached.
            for _ in 0..if sent < 5000 { 12 } else { 0 } {
                peer.send_to(&sent.to_be_bytes(), to).unwrap();
                sent += 1;
            }
            let arrival = inbox.next(&socket).await.unwrap();
            let Arrival::Datagram { length: 4, .. } = arrival else { panic!("{arrival:?}") };
            assert_eq!(inbox.buffer[..4], seen.to_be_bytes(), "in their order");
            seen += 1;
            most = most.max(inbox.waiting.len());
        }
        assert!(most > 1000, "the system alone has no room for so many: {most}");
        while inbox.waiting.pop_front().is_some() {}
        inbox.bytes = BYTES;
        inbox.in_a_row = IN_A_ROW;
        peer.send_to(b"later", to).unwrap();
        inbox.take(&socket);
        assert!(inbox.waiting.is_empty(), "no more than the bound is taken");
    }
}
