//! Which addresses of ours the peers of one socket speak to: what ICMP says of a datagram names the peer alone.

use std::{collections::VecDeque, net::SocketAddr};

use crate::engine::net::{datagram_socket::Address, presence::Local};

/// Addresses that are remembered: a machine may have all of 127.0.0.0/8.
const MOST: usize = 64;

/// The addresses, the newest first; none where the socket has one only.
#[derive(Debug, Default)]
pub(super) struct Ours(VecDeque<Local>);

impl Ours {
    /// Takes note of a peer that is new.
    pub(super) fn note(&mut self, peer: &Address) {
        let Some(local) = peer.local().filter(|local| self.0.front() != Some(local)) else { return };
        self.0.retain(|known| *known != local);
        self.0.truncate(MOST - 1);
        self.0.push_front(local);
    }

    /// The peer at an address that is there; of several, one that speaks to the newest address of ours.
    pub(super) fn find(&self, to: SocketAddr, is_there: impl Fn(&Address) -> bool) -> Option<Address> {
        let ours = self.0.iter().map(|local| Some(*local)).chain([None]);
        ours.map(|local| Address::Inet(to, local)).find(is_there)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_peer_is_found_by_its_address_alone() {
        let local = |number: usize| Local { ip: [127, 0, 1, u8::try_from(number).unwrap()].into(), zone: 0 };
        let to: SocketAddr = "127.0.0.1:9".parse().unwrap();
        let mut ours = Ours::default();
        assert_eq!(ours.find(to, |_| true), Some(Address::Inet(to, None)), "a socket with one address");
        for number in [0, 1, 0] {
            ours.note(&Address::Inet(to, Some(local(number))));
        }
        assert_eq!(ours.find(to, |_| true), Some(Address::Inet(to, Some(local(0)))));
        let only = Address::Inet(to, Some(local(1)));
        assert_eq!(ours.find(to, |address| *address == only), Some(only));
        assert_eq!(ours.find(to, |_| false), None);
        for number in 0..MOST + 9 {
            ours.note(&Address::Inet(to, Some(local(number))));
        }
        assert_eq!(ours.0.len(), MOST);
    }
}
