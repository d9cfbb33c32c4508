//! Whom a datagram socket remembers: found by address, the one that was silent longest forgotten first.

use std::{
    cmp::Reverse,
    collections::{BinaryHeap, HashMap},
};

use crate::engine::net::datagram_socket::Address;

/// A bounded table. Finding a peer and noting that it was heard of take no longer however many there are; forgetting one
/// takes the logarithm of that.
#[derive(Debug)]
pub(super) struct Peers<T> {
    most: usize,
    map: HashMap<Address, Kept<T>>,
    pinned: usize,
    /// One entry for each peer: a moment at which it was heard of, which later ones that stand in the map alone outdate;
    /// when it came; and where it is.
    silent: BinaryHeap<Reverse<(u64, u64, Address)>>,
    now: u64,
}

#[derive(Debug)]
struct Kept<T> {
    peer: T,
    came: u64,
    heard: u64,
    /// Never forgotten for another.
    pinned: bool,
}

impl<T> Peers<T> {
    /// Room for so many, pinned ones besides.
    pub(super) fn new(most: usize) -> Self {
        Self { most, map: HashMap::new(), pinned: 0, silent: BinaryHeap::new(), now: 0 }
    }

    pub(super) fn contains(&self, address: &Address) -> bool {
        self.map.contains_key(address)
    }

    /// The peer at an address.
    pub(super) fn get(&mut self, address: &Address) -> Option<&mut T> {
        self.map.get_mut(address).map(|kept| &mut kept.peer)
    }

    /// The same, which is heard of just now.
    pub(super) fn heard(&mut self, address: &Address) -> Option<&mut T> {
        self.now += 1;
        let kept = self.map.get_mut(address)?;
        kept.heard = self.now;
        Some(&mut kept.peer)
    }

    /// Takes note of a peer; gives the one that is forgotten for it.
    pub(super) fn insert(&mut self, address: Address, peer: T, pinned: bool) -> Option<T> {
        let is_full = self.map.len() - self.pinned >= self.most;
        let forgotten = if !pinned && is_full { self.forget() } else { None };
        self.now += 1;
        if pinned {
            self.pinned += 1;
        } else {
            self.silent.push(Reverse((self.now, self.now, address.clone())));
        }
        self.map.insert(address, Kept { peer, came: self.now, heard: self.now, pinned });
        forgotten
    }

    pub(super) fn remove(&mut self, address: &Address) -> Option<T> {
        let kept = self.map.remove(address)?;
        self.pinned -= usize::from(kept.pinned);
        // Entries of those who left by themselves are cleared away before they are more than those of who is there.
        if self.silent.len() > 2 * self.map.len() + 64 {
            let entry = |(address, kept): (&Address, &Kept<T>)| Reverse((kept.heard, kept.came, address.clone()));
            self.silent = self.map.iter().filter(|(_, kept)| !kept.pinned).map(entry).collect();
        }
        Some(kept.peer)
    }

    /// Takes out the one that was silent longest.
    fn forget(&mut self) -> Option<T> {
        while let Some(Reverse((moment, came, address))) = self.silent.pop() {
            match self.map.get(&address) {
                Some(kept) if kept.came == came && kept.heard > moment => {
                    self.silent.push(Reverse((kept.heard, came, address)));
                }
                Some(kept) if kept.came == came => return self.map.remove(&address).map(|kept| kept.peer),
                // It has left, and perhaps come back under another entry.
                _ => {}
            }
        }
        None
    }

    /// Takes all out.
    pub(super) fn drain(&mut self) -> impl Iterator<Item = T> + '_ {
        self.silent.clear();
        self.pinned = 0;
        self.map.drain().map(|(_, kept)| kept.peer)
    }
}

#[cfg(test)]
mod tests {
    use std::time::{Duration, Instant};

    use super::*;

    fn at(number: u32) -> Address {
        Address::Inet((std::net::Ipv4Addr::from(number), 9).into(), None)
    }

    #[test]
    fn the_one_that_was_silent_longest_is_forgotten_and_a_pinned_one_never() {
        let mut peers = Peers::new(3);
        assert_eq!(peers.insert(at(0), 0, true), None);
        for number in 1..=3 {
            assert_eq!(peers.insert(at(number), number, false), None);
        }
        peers.heard(&at(1));
        assert_eq!(peers.insert(at(4), 4, false), Some(2));
        assert_eq!(peers.insert(at(5), 5, false), Some(3));
        assert_eq!(peers.insert(at(6), 6, false), Some(1));
        // One that left and came back counts from then on, and leaves room meanwhile.
        assert_eq!(peers.remove(&at(4)), Some(4));
        assert_eq!(peers.insert(at(4), 40, false), None);
        assert_eq!(peers.insert(at(7), 7, false), Some(5));
        assert_eq!(peers.insert(at(8), 8, false), Some(6));
        assert_eq!(peers.insert(at(9), 9, false), Some(40));
        assert!(peers.contains(&at(0)));
        assert_eq!(peers.drain().count(), 4);
    }

    #[test]
    fn those_who_come_and_go_leave_nothing_behind() {
        let mut peers = Peers::new(1000);
        for number in 0..100_000 {
            peers.insert(at(number), (), false);
            peers.remove(&at(number));
        }
        assert!(peers.silent.len() <= 100, "{}", peers.silent.len());
    }

    #[test]
    fn a_new_peer_costs_the_same_when_the_table_is_full() {
        let each = |most: usize, from: u32| {
            let mut peers = Peers::new(most);
            for number in 0..u32::try_from(most).unwrap() {
                peers.insert(at(number), (), false);
            }
            let began = Instant::now();
            for number in from..from + 20_000 {
                peers.heard(&at(number - 7));
                peers.insert(at(number), (), false);
            }
            began.elapsed()
        };
        let (few, many) = (each(64, 1 << 20), each(16_384, 1 << 20));
        // A look at every peer would be 256 times as much.
        assert!(many < few * 20 + Duration::from_millis(50), "{few:?} {many:?}");
    }
}
